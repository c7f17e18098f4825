// A packet script, read: the syntax tree of the packetdrill language (docs/drill.md), before anybody asks what it
// means.
//
// Nothing here knows sockets or constants: "SOCK_STREAM", "EAGAIN" and "MSG_PEEK" are symbols, looked up by whoever
// runs the script. Every node keeps the place where it began, so that a message about it can point there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::packet_script {

// Both count from 1; columns count octets.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend constexpr auto operator<=>(Position, Position) = default;
};

// When an event happens.
//   0.100   .5   +0   +.1   +.1~+.3   0.1~0.3   *            and for blocking calls  0.1...0.2   +0...0.2
struct When {
  enum class Kind : std::uint8_t {
    kAbsolute,  // since the script's beginning
    kRelative,  // since the last event
    kAny,       // `*`: whenever it comes
  };
  Kind kind = Kind::kAbsolute;
  Duration at{};
  std::optional<Duration> latest;  // a~b: anywhere between `at` and this, counted as `at` is
  std::optional<Duration> end;     // a...b: when the call returns, counted as `at` is
  Position position;
};

// An argument or a result.
struct Expression {
  enum class Kind : std::uint8_t {
    kInteger,   // 5, -1, 0x1f: `number`
    kSymbol,    // SOCK_STREAM, NULL: `text`
    kString,    // "abc": `text`, escapes resolved
    kEllipsis,  // ...
    kList,      // [a, b]: `parts`
    kStruct,    // {name=value, name(size)=value}: `fields`; {a, b} has fields without names
    kCall,      // htons(8080): `text` and `parts`
    kOr,        // a|b|c: `parts`
  };
  struct Field;

  Kind kind = Kind::kEllipsis;
  Position position;
  std::int64_t number = 0;
  std::string text;
  std::vector<Expression> parts;
  std::vector<Field> fields;

  [[nodiscard]] bool is_ellipsis() const { return kind == Kind::kEllipsis; }
};
struct Expression::Field {
  std::string name;               // empty in {a, b}
  std::vector<Expression> sizes;  // the (n) of msg_iov(n)=[...]; none or one
  std::vector<Expression> value;  // always one
};

// name(arguments) = result ERRNO (note)
struct Call {
  std::string name;
  std::vector<Expression> arguments;
  std::optional<Expression> result;  // absent: not checked; an ellipsis neither
  std::string error;                 // "EINPROGRESS", or empty
  std::string note;                  // what stood in parentheses behind: "flags O_RDWR"; says nothing by itself
};

// One option of a TCP header, in the order of the script.
struct TcpOption {
  enum class Kind : std::uint8_t {
    kMss,          // mss N
    kWindowScale,  // wscale N
    kSackOk,       // sackOK
    kSack,         // sack l:r l:r ...
    kTimestamps,   // TS val A ecr B
    kNop,          // nop
    kEnd,          // eol
    kFastOpen,     // FO cookie (hex digits, may be absent)
    kFastOpenExp,  // FOEXP cookie
    kRaw,          // raw 0204: ours, octets as they are (for options no stack should send)
  };
  struct Block {
    std::uint32_t left = 0;
    std::uint32_t right = 0;
  };
  Kind kind = Kind::kNop;
  Position position;
  std::uint32_t value = 0;           // mss, wscale, TS val
  std::uint32_t echo = 0;            // TS ecr
  bool any_value = false;            // TS val on an expected segment may be anything (`val ...`)
  std::vector<Block> blocks;         // sack
  std::vector<std::uint8_t> octets;  // cookie, raw
};

// seq:end(length), relative to the sender's initial sequence number.
struct SequenceRange {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  std::uint32_t length = 0;
};

struct TcpPacket {
  TcpFlags flags;
  SequenceRange sequence;
  std::optional<std::uint32_t> ack;
  std::optional<std::uint16_t> window;
  std::optional<std::uint16_t> urgent;
  std::vector<TcpOption> options;
  bool any_options = false;  // <...>
};

struct UdpPacket {
  std::uint16_t length = 0;  // of the payload
};

// icmp TYPE [CODE] [mtu N] [seq:end(length)], where the last brackets are part of the notation
struct IcmpPacket {
  std::string type;  // "unreachable", "time_exceeded", "echo_request", or a number
  std::string code;  // "frag_needed", a number, or empty
  std::optional<std::uint32_t> mtu;
  std::optional<SequenceRange> quoted;  // of [udp (length)]: from 0 on
};

// The two ECN bits of the IP header, as far as the script speaks of them.
enum class Ecn : std::uint8_t { kUnspecified, kNone, kEct0, kEct1, kCe };

struct Packet {
  enum class Direction : std::uint8_t { kIn, kOut };  // `<` arrives at the stack, `>` is expected from it
  Direction direction = Direction::kIn;
  Ecn ecn = Ecn::kUnspecified;
  std::optional<std::uint8_t> ttl;
  std::optional<std::uint8_t> tos;
  // 0.0.0.0-like addressing has no place here; ports may be given where a script talks of several connections:
  // `< 5000>8080 S 0:0(0) ...`, source first.
  std::optional<Port> source_port;
  std::optional<Port> destination_port;
  std::variant<TcpPacket, UdpPacket, IcmpPacket> content;
};

// `shell command`
struct Command {
  std::string text;
};

// %{ assertions about tcpi_* in Python }%
struct Assertions {
  std::string text;
};

struct Event {
  When when;
  Position position;  // of the line's first character
  std::variant<Call, Packet, Command, Assertions> action;
};

// --name=value before the script.
struct Setting {
  std::string name;   // without the dashes
  std::string value;  // empty where there was none
  Position position;
};

struct Script {
  std::string file;  // as the user named it
  std::vector<Setting> settings;
  std::vector<Command> first;  // commands before the first timed event
  std::vector<Event> events;
  std::optional<Command> last;     // a command without a time at the end: clean-up
  std::vector<std::string> lines;  // the source, for messages
};

// Why a text is not a script.
struct SyntaxError {
  std::string file;
  Position position;
  std::string message;                          // "expected ')' or ',' after an argument, found 'foo'"
  std::string line;                             // the source line
  [[nodiscard]] std::string to_string() const;  // file:line:column: message, the line, and a mark below the place
};

using Definitions = std::map<std::string, std::string>;  // -D NAME=VALUE

// Limits: what is larger is refused with a message.
inline constexpr std::size_t kMaxScriptBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxLines = 500'000;
inline constexpr std::size_t kMaxEvents = 200'000;
inline constexpr std::size_t kMaxDepth = 64;             // of nested expressions, and of #ifdef in another
inline constexpr std::size_t kMaxParts = 1024;           // of one list, structure or call
inline constexpr std::size_t kMaxValues = 1'000'000;     // of all calls together
inline constexpr std::size_t kMaxDefinitionBytes = 256;  // of a definition's value

// Reads a script. `file` is only for messages. #ifdef NAME, #ifndef NAME, #else, #endif are resolved here; the value of
// a definition replaces its name where that stands as a symbol or number in the script.
[[nodiscard]] tl::expected<Script, SyntaxError> parse(std::string_view text, std::string file,
                                                      const Definitions& definitions = {});

}  // namespace fourtuple::packet_script
