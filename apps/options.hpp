// What the command line can ask for, as data: filled by apps/command_line, read by the programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

// Which kind of link a private world is built on.
enum class LinkChoice : std::uint8_t {
  kAuto,    // the first of the following that works here
  kTap,     // a TAP device: Ethernet frames straight from the kernel
  kVeth,    // a virtual Ethernet pair, our end read as raw frames
  kMemory,  // no kernel at all: a second stack of ours is the other host
};

enum class VnetChoice : std::uint8_t { kAuto, kOn, kOff };

// How ladders are drawn.
struct LookOptions {
  bool ascii = false;         // also where the locale has better
  std::optional<bool> color;  // nothing: on a terminal, unless NO_COLOR is set
  std::size_t width = 100;    // columns
};

// Where a program's stack stands: on a TAP device, on an interface, or in a private world when neither is named.
struct AttachOptions {
  std::string tap;
  std::string raw;
  LinkChoice link = LinkChoice::kAuto;
  VnetChoice vnet_header = VnetChoice::kAuto;
  Ipv4Prefix address{Ipv4Address::from_octets(10, 0, 0, 4), 24};
  std::optional<Ipv4Address> gateway;
  std::optional<MacAddress> mac;
  std::size_t mtu = 0;  // 0: as the link has it
  std::string pcap;     // file for what passes; "": none
  bool ladder = false;
  LookOptions look;
  std::string events;                // file for the event log; "": none
  std::string recorder;              // NAME of the flight recorder's files; "": none
  std::string wire;                  // impairment rules; "": a clean wire
  std::vector<std::string> command;  // what stood after `--`

  // Not on the command line: how long closed connections may go on delivering after the program has ended.
  Duration drain = std::chrono::seconds(2);

  [[nodiscard]] bool is_private() const { return tap.empty() && raw.empty(); }
};

struct DemoOptions {
  AttachOptions attach;
  Port port = 80;
  bool web = false;   // and a page in the browser that shows it live, until a signal
  Port web_port = 0;  // of that page; 0: any
};

struct ServeOptions {
  AttachOptions attach;
  Port port = 80;
  std::string folder;
  std::string upload_folder;  // "": a PUT or POST is read and thrown away
  bool metrics = false;       // counters at /metrics
};

struct EchoOptions {
  AttachOptions attach;
  Port port = 7;
  bool datagrams = false;  // a UDP echo too
};

struct PerfServerOptions {
  AttachOptions attach;
  Port port = 5009;  // discard; the source is ten above, the echo two below
};

struct NcOptions {
  AttachOptions attach;
  bool listen = false;
  bool datagrams = false;
  bool half_close = false;  // FIN after end of file on standard input
  bool verbose = false;
  std::string host;
  Port port = 0;
  Port source_port = 0;
};

struct PingOptions {
  AttachOptions attach;
  Ipv4Address host;
  std::uint32_t count = 4;
  std::uint32_t payload_bytes = 56;
  Duration interval = std::chrono::seconds(1);
  Duration patience = std::chrono::seconds(1);
};

// netstat, ss, stat and ip ask the programs that run.
struct ListingOptions {
  bool tcp = false;
  bool udp = false;
  bool raw = false;
  bool all = false;  // of stat: rows of zero, too
  bool listening = false;
  bool timers = false;
  bool information = false;
  bool programs = false;
  bool numeric = false;   // always so; taken because everybody types it
  bool extended = false;  // with user and inode
  bool json = false;
  std::string filter;  // of ss; checked
  pid_t pid = 0;       // 0: all running programs
};

// What netstat shows instead of sockets.
struct NetstatViews {
  bool routes = false;
  bool interfaces = false;
  bool statistics = false;
  bool continuous = false;  // again each second
};

// The flight recorder of a running program.
struct DumpOptions {
  pid_t pid = 0;
  std::string out = "dump";  // NAME of NAME.txt and NAME.pcapng
};

struct DrillOptions {
  std::vector<std::string> scripts;                // files, and folders of *.pkt
  std::map<std::string, std::string> definitions;  // -D NAME=VALUE
  bool strict = false;
  bool trace = false;
  LookOptions look;
  bool json = false;
  std::string pcap;                              // "": none
  std::string stack;                             // settings of the laboratory: "rcvbuf=65536,sack=0"
  std::size_t jobs = 0;                          // scripts at once; 0: as many as there are processors
  Duration patience = std::chrono::seconds(10);  // of real time, for one script
};

// Whose place our stack takes in a recorded conversation.
enum class RoleChoice : std::uint8_t { kBoth, kClient, kServer };

struct ReplayOptions {
  std::vector<std::string> files;  // captures; "-": standard input
  RoleChoice role = RoleChoice::kBoth;
  std::optional<std::uint32_t> stream;  // only this conversation, counted from 0; none: all
  std::string sidecar;                  // what the applications did; "": infer it
  std::string html;                     // "": no page
  std::string pcap;                     // "": our side is not written
  bool json = false;
  bool strict = false;        // what diverged or stalled is a failure too
  bool elastic_acks = false;  // the player may acknowledge by itself
  bool rules = false;         // list the rules instead
};

struct RecordOptions {
  AttachOptions attach;           // the link, the wire and the command
  std::string out = "recording";  // NAME of NAME.pcap and NAME.app.json
  std::string server;             // a shell's command line for the other host; "": our stack
  bool both_ends = false;         // with a server: NAME.client.pcap and NAME.server.pcap
};

// Two ends with foreign stacks behind them, and a bad path between.
struct WireOptions {
  std::string a;  // TAP devices or interfaces; both empty: two private networks
  std::string b;
  std::string rules;                  // a text or a file
  std::optional<std::uint64_t> seed;  // instead of the rules'
  Duration duration{};                // 0: until a signal, or the command's end
  std::string pcap;                   // what passes the first end; "": none
  std::string pcap_b;                 // what passes the second end, behind the bad wire
  bool print = false;                 // only say the rules in their standard form
  LinkChoice link = LinkChoice::kAuto;
  VnetChoice vnet_header = VnetChoice::kAuto;
  std::size_t mtu = 0;               // 0: as the devices have it
  std::string far_command;           // for the shell, in the second network
  std::vector<std::string> command;  // in the first

  [[nodiscard]] bool is_private() const { return a.empty() && b.empty(); }
};

// Two of our stacks on a simulated wire, to be looked at.
struct LabOptions {
  std::string scenario;         // "5"; "": the first
  std::string side = "server";  // whose ladder `text` shows
  Port port = 0;                // of the page; 0: any
  bool list = false;
  bool text = false;   // in the terminal instead of the page
  bool check = false;  // only whether the lab does what it promises
};

// Says to a command of `fourtuple wire` where the second network is.
inline constexpr const char* kFarNetworkVariable = "FOURTUPLE_FAR_NETWORK";

struct CaptureLadderOptions {
  std::string file;  // a capture; "-": standard input
  std::optional<std::uint32_t> stream;
  LookOptions look;
  bool every_row = false;
  bool json = false;
};

struct ExplainOptions {
  std::vector<std::string> words;  // empty: list what can be asked
  std::size_t width = 100;         // columns
  bool json = false;
};

// Worlds from seeds.
struct SimulateOptions {
  std::uint64_t seed = 1;      // the first
  std::uint64_t runs = 1;      // 0: as many as there is time for
  Duration patience{};         // of real time; 0: no limit
  std::string mode = "swarm";  //
  std::string replay;          // a plan in a file, instead of a seed
  std::string pcap;            // what was sent, of one run; "": none
  std::size_t jobs = 1;        // threads
  bool print = false;          // only say the plan
  bool shrink = false;         // make what fails as small as it gets
  std::string out;             // NAME of NAME.sim, NAME.pcap and NAME_test.cpp; "": simulate-SEED
};

struct InWorldOptions {
  pid_t pid = 0;     // 0: the only one that runs
  bool far = false;  // the second network of the `fourtuple wire` that we are a command of
  std::vector<std::string> command;
};

}  // namespace fourtuple::apps
