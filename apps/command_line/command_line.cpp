#include "apps/command_line/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "apps/command_line/attach_options.hpp"
#include "apps/command_line/help_texts.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

struct AllOptions {
  DemoOptions demo;
  ServeOptions serve;
  EchoOptions echo;
  PerfServerOptions perf_server;
  NcOptions nc;
  PingOptions ping;
  ListingOptions listing;
  NetstatViews views;
  DumpOptions dump;
  DrillOptions drill;
  ReplayOptions replay;
  RecordOptions record;
  WireOptions wire;
  SimulateOptions simulate;
  LabOptions lab;
  InWorldOptions in_world;
  ExplainOptions explain;
  CaptureLadderOptions ladder;
};

// The words before `--` are ours, those after it are a command to run.
struct Words {
  std::vector<std::string> ours;
  std::vector<std::string> command;
};

Words split_words(int argc, const char* const* argv) {
  const std::vector<std::string> all(argv + 1, argv + argc);
  const auto dashes = std::find(all.begin(), all.end(), "--");
  Words words{.ours = {all.begin(), dashes}, .command = {}};
  if (dashes != all.end()) words.command.assign(dashes + 1, all.end());
  return words;
}

// One line for each program in the list of all; their own texts are longer.
class Formatter : public CLI::Formatter {
 public:
  [[nodiscard]] std::string make_subcommand(const CLI::App* program) const override {
    return fmt::format("  {:<14}{}\n", program->get_name(), program->get_footer());
  }
  [[nodiscard]] std::string make_footer(const CLI::App*) const override { return {}; }
};

// The command line's grammar, and the one program that it chose.
class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> command) : command_(std::move(command)) {
    root_.formatter(std::make_shared<Formatter>());
    root_.require_subcommand(1);
    root_.set_version_flag("--version", "fourtuple 0.1.0");
    add_demo();
    add_serve();
    add_echo();
    add_perf_server();
    add_nc();
    add_ping();
    add_netstat();
    add_ss();
    add_stat();
    add_ip();
    add_dump();
    add_drill();
    add_replay();
    add_record();
    add_wire();
    add_simulate();
    add_lab();
    add_in_world();
    add_ladder();
    add_explain();
  }

  int run(std::vector<std::string> words) {
    const std::string first_word = words.front();
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
      root_.parse(words);
      return chosen_();
    } catch (const CLI::ParseError& error) {
      return error.get_exit_code() == 0 ? root_.exit(error) : explain(error, first_word);
    }
  }

 private:
  int explain(const CLI::ParseError& error, const std::string& first_word) {
    const auto programs = root_.get_subcommands();
    if (programs.empty() && !first_word.starts_with('-'))
      return report_usage(fmt::format("there is no program '{}'; `fourtuple --help` lists them", first_word));
    const std::string name = programs.empty() ? "fourtuple" : "fourtuple " + programs.front()->get_name();
    std::string message = error.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    return report_usage(fmt::format("{}; `{} --help` shows how", message, name));
  }

  CLI::App& add_program(const char* name, const help::Text& text, std::function<int()> run) {
    CLI::App& program = *root_.add_subcommand(name, text.page);
    program.footer(text.summary);
    program.callback([this, run = std::move(run)] { chosen_ = run; });
    return program;
  }

  // A program that attaches, with its shared options and the checks that need all of them.
  CLI::App& add_attached(const char* name, const help::Text& text, AttachOptions& attach, Port* port,
                         std::function<int()> run) {
    CLI::App& program = add_program(name, text, [this, &attach, run = std::move(run)] {
      attach.command = command_;
      if (const auto wrong = contradiction(attach)) return report_usage(*wrong);
      return run();
    });
    add_attach_options(program, attach, port);
    return program;
  }

  void add_demo() {
    DemoOptions& demo = options_.demo;
    CLI::App& program =
        add_attached("demo", help::kDemo, demo.attach, &demo.port, [this] { return run_demo(options_.demo); });
    program.add_flag("--web", demo.web, "show it live in the browser, and go on until a signal");
    program.add_option("--web-port", demo.web_port, "of that page, on 127.0.0.1 (any free one)");
  }

  void add_serve() {
    ServeOptions& serve = options_.serve;
    CLI::App& program =
        add_attached("serve", help::kServe, serve.attach, &serve.port, [this] { return run_serve(options_.serve); });
    program.add_option("DIR", serve.folder, "the folder to serve")->required()->check(CLI::ExistingDirectory);
    program.add_flag("--metrics", serve.metrics, "give out the stack's counters at /metrics, for Prometheus");
    program.add_option("--upload", serve.upload_folder, "keep what is sent by PUT or POST in this folder")
        ->check(CLI::ExistingDirectory);
  }

  void add_echo() {
    EchoOptions& echo = options_.echo;
    CLI::App& program =
        add_attached("echo", help::kEcho, echo.attach, &echo.port, [this] { return run_echo(options_.echo); });
    program.add_flag("-u,--udp", echo.datagrams, "echo datagrams too");
  }

  void add_perf_server() {
    PerfServerOptions& perf = options_.perf_server;
    add_attached("perf-server", help::kPerfServer, perf.attach, &perf.port,
                 [this] { return run_perf_server(options_.perf_server); });
  }

  void add_nc() {
    NcOptions& nc = options_.nc;
    CLI::App& program = add_attached("nc", help::kNc, nc.attach, nullptr, [this] { return run_checked_nc(); });
    program.add_flag("-l,--listen", nc.listen, "wait for one connection");
    program.add_flag("-u,--udp", nc.datagrams, "datagrams instead of a connection");
    program.add_flag("-N", nc.half_close, "end our half of the connection at end of input");
    program.add_flag("-v,--verbose", nc.verbose, "say what happens");
    program.add_option("-p,--port", nc.source_port, "our port")->check(CLI::Range(1, 65535));
    program.add_option("WHERE", nc_words_, "HOST PORT to connect to, or with -l the PORT to listen on")->expected(1, 2);
  }

  int run_checked_nc() {
    NcOptions& nc = options_.nc;
    if (nc.listen && nc_words_.empty() && nc.source_port != 0) nc_words_ = {std::to_string(nc.source_port)};
    if (nc_words_.size() != (nc.listen ? 1U : 2U))
      return report_usage("nc needs HOST and PORT, or -l and PORT; `fourtuple nc --help` shows how");
    if (!nc.listen) nc.host = nc_words_.front();
    const auto endpoint = Endpoint::parse((nc.listen ? "0.0.0.0" : nc.host) + ":" + nc_words_.back());
    if (!endpoint || endpoint->port == 0)
      return report_usage(fmt::format("'{}' is not an address and a port from 1 to 65535; write them like 10.0.0.5 80",
                                      fmt::join(nc_words_, " ")));
    nc.port = endpoint->port;
    return run_nc(nc);
  }

  void add_ping() {
    PingOptions& ping = options_.ping;
    CLI::App& program =
        add_attached("ping", help::kPing, ping.attach, nullptr, [this] { return run_ping(options_.ping); });
    program
        .add_option_function<std::string>(
            "HOST",
            [&ping](const std::string& text) {
              const auto address = Ipv4Address::parse(text);
              if (!address) throw CLI::ValidationError("HOST", fmt::format("'{}' is not an IPv4 address", text));
              ping.host = *address;
            },
            "the address to ask")
        ->required();
    program.add_option("-c,--count", ping.count, "how many requests (4)")->check(CLI::Range(1, 65535));
    program.add_option("-s,--size", ping.payload_bytes, "octets of data (56)")->check(CLI::Range(0, 65507));
    add_seconds(program, "-i,--interval", ping.interval, "seconds between requests (1)");
    add_seconds(program, "-W,--timeout", ping.patience, "seconds to wait for the last answer (1)");
  }

  static void add_seconds(CLI::App& program, const char* name, Duration& target, const char* text) {
    program
        .add_option_function<double>(
            name,
            [&target](double seconds) {
              target = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
            },
            text)
        ->check(CLI::Range(0.0, 3600.0));
  }

  void add_netstat() {
    CLI::App& program =
        add_program("netstat", help::kNetstat, [this] { return run_netstat(options_.listing, options_.views); });
    add_socket_options(program);
    NetstatViews& views = options_.views;
    program.add_flag("-r,--route", views.routes, "the routing table instead");
    program.add_flag("-i,--interfaces", views.interfaces, "the interfaces instead");
    program.add_flag("-s,--statistics", views.statistics, "the counters instead");
    program.add_flag("-c,--continuous", views.continuous, "again each second, until a signal");
  }

  void add_ss() {
    ListingOptions& listing = options_.listing;
    CLI::App& program = add_program("ss", help::kSs, [this] {
      options_.listing.filter = fmt::format("{}", fmt::join(ss_filter_, " "));
      return run_ss(options_.listing);
    });
    add_socket_options(program);
    program.add_flag("-i,--info", listing.information, "with what TCP knows");
    program.add_option("FILTER", ss_filter_, "as ss has them: state established dport = :80")->allow_extra_args();
    program.add_flag(
        "-m,--memory", [](std::int64_t) {}, "taken, and without effect: nothing is accounted as the kernel does");
  }

  // What netstat and ss have in common.
  void add_socket_options(CLI::App& program) {
    ListingOptions& listing = options_.listing;
    program.add_flag("-t,--tcp", listing.tcp, "TCP");
    program.add_flag("-u,--udp", listing.udp, "UDP");
    program.add_flag("-w,--raw", listing.raw, "raw sockets");
    program.add_flag("-a,--all", listing.all, "listeners and connections");
    program.add_flag("-l,--listening", listing.listening, "only listeners");
    program.add_flag("-o,--timers", listing.timers, "with timers");
    program.add_flag("-p,--programs", listing.programs, "with the program's name");
    program.add_flag("-e,--extend", listing.extended, "with user and inode");
    program.add_flag("-n,--numeric", listing.numeric, "numbers instead of names, as always here");
    add_asked(program);
  }

  // Whom to ask, and how it is told.
  void add_asked(CLI::App& program) {
    program.add_flag("--json,-j", options_.listing.json, "as JSON");
    program.add_option("--pid", options_.listing.pid, "only this process")->check(CLI::PositiveNumber);
  }

  void add_stat() {
    CLI::App& program = add_program("stat", help::kStat, [this] { return run_stat(options_.listing); });
    program.add_flag("-a,-z,--zeros", options_.listing.all, "rows of zero, too");
    add_asked(program);
  }

  void add_ip() {
    CLI::App& program = add_program("ip", help::kIp, [this] { return run_ip(ip_object_, options_.listing); });
    program.add_option("OBJECT", ip_object_, "addr, route or neigh")
        ->required()
        ->transform(CLI::CheckedTransformer(std::map<std::string, std::string>{{"addr", "addr"},
                                                                               {"a", "addr"},
                                                                               {"address", "addr"},
                                                                               {"route", "route"},
                                                                               {"r", "route"},
                                                                               {"neigh", "neigh"},
                                                                               {"n", "neigh"},
                                                                               {"neighbour", "neigh"}}));
    add_asked(program);
  }

  void add_dump() {
    DumpOptions& dump = options_.dump;
    CLI::App& program = add_program("dump", help::kDump, [this] { return run_dump(options_.dump); });
    program.add_option("--pid", dump.pid, "the process to ask")->check(CLI::PositiveNumber);
    program.add_option("-o,--out", dump.out, "NAME: the files are NAME.txt and NAME.pcapng (dump)");
  }

  void add_drill() {
    DrillOptions& drill = options_.drill;
    CLI::App& program = add_program("drill", help::kDrill, [this] { return run_drill(options_.drill); });
    program.add_option("SCRIPT", drill.scripts, "packet scripts, or folders of them")->required();
    program.add_flag("--strict", drill.strict, "packets after the last event and damaged payload are failures too");
    program.add_flag("--trace", drill.trace, "draw the conversation also of scripts that pass");
    add_look_options(program, drill.look, "");
    program.add_flag("--json", drill.json, "one JSON object for each script");
    program.add_option("--pcap", drill.pcap, "write what passed to a capture file");
    program.add_option("--stack", drill.stack, "settings of the stack, NAME=VALUE,... (docs/packetdrill.md)");
    program.add_option("-j,--jobs", drill.jobs, "scripts at once (as many as there are processors)")
        ->check(CLI::Range(1, 256));
    program
        .add_option_function<std::vector<std::string>>(
            "-D", [&drill](const std::vector<std::string>& words) { define(drill, words); },
            "NAME=VALUE: a definition for #ifdef, and a name for a value")
        ->allow_extra_args(false);
    add_seconds(program, "--patience", drill.patience, "seconds of real time that one script may take (10)");
  }

  static void define(DrillOptions& drill, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      const auto sign = word.find('=');
      const std::string name = word.substr(0, sign);
      if (name.empty()) throw CLI::ValidationError("-D", fmt::format("'{}' is not written NAME=VALUE", word));
      drill.definitions[name] = sign == std::string::npos ? "1" : word.substr(sign + 1);
    }
  }

  void add_replay() {
    ReplayOptions& replay = options_.replay;
    CLI::App& program = add_program("replay", help::kReplay, [this] {
      if (options_.replay.files.empty() && !options_.replay.rules)
        return report_usage("replay needs a capture file; `fourtuple replay --help` shows how");
      return run_replay(options_.replay);
    });
    program.add_option("FILE", replay.files, "captures (pcap or pcapng, also gzip); - is standard input");
    program.add_option("--role", replay.role, "whose place our stack takes: client, server or both (both)")
        ->transform(CLI::CheckedTransformer(std::map<std::string, RoleChoice>{
            {"both", RoleChoice::kBoth}, {"client", RoleChoice::kClient}, {"server", RoleChoice::kServer}}));
    program.add_option("--stream", replay.stream, "only this conversation, counted from 0 as tcp.stream in Wireshark");
    program.add_option("--app", replay.sidecar, "what the applications did, as `fourtuple record` writes it");
    program.add_flag("--json", replay.json, "one JSON object for each replay");
    program.add_option("--html", replay.html, "write a page with both ladders and graphs");
    program.add_option("--pcap", replay.pcap, "write what our stack heard and sent to a capture file");
    program.add_flag("--elastic-acks", replay.elastic_acks, "acknowledge early what the other host must have had");
    program.add_flag("--strict", replay.strict, "what diverged or stalled is a failure too");
    program.add_flag("--rules", replay.rules, "list the rules, and what each says");
  }

  void add_record() {
    RecordOptions& record = options_.record;
    CLI::App& program = add_program("record", help::kRecord, [this] { return run_checked_record(); });
    program.add_option("-o,--out", record.out, "NAME: the files are NAME.pcap and NAME.app.json (recording)");
    program.add_option("--server", record.server, "a shell's command line for the other host, instead of our stack");
    program.add_flag("--both-ends", record.both_ends, "with --server: NAME.client.pcap and NAME.server.pcap");
    add_world_options(program, record.attach);
  }

  int run_checked_record() {
    RecordOptions& record = options_.record;
    record.attach.command = command_;
    if (command_.empty()) return report_usage("record needs a command after `--`; `fourtuple record --help` shows how");
    if (record.attach.link == LinkChoice::kMemory)
      return report_usage("--link=mem has no kernel for the command; leave it out");
    if (record.server.empty() && record.both_ends)
      return report_usage("--both-ends is for two commands; name the other one with --server");
    if (!record.server.empty() && record.attach.ladder)
      return report_usage("--ladder draws what our stack does, and with --server it is not there; leave it out");
    if (!record.server.empty() && (!record.attach.events.empty() || !record.attach.recorder.empty()))
      return report_usage("--events and --recorder tell what our stack does, and with --server it is not there");
    if (record.out.ends_with(".pcap")) record.out.resize(record.out.size() - std::string_view(".pcap").size());
    if (record.out.empty() || record.out.ends_with('/'))
      return report_usage("--out needs a name for the files; write it like --out folder/name");
    return run_record(record);
  }

  void add_wire() {
    WireOptions& wire = options_.wire;
    CLI::App& program = add_program("wire", help::kWire, [this, &wire] {
      wire.command = command_;
      if (const auto wrong = contradiction(wire)) return report_usage(*wrong);
      return run_wire(wire);
    });
    program.add_option("RULES", wire.rules, "what the wire does, or a file that says so (docs/wire.md)")
        ->transform(wire_rules());
    program.add_option("--a", wire.a, "the first end: a TAP device, made if there is none, or an interface")
        ->check(check_interface);
    program.add_option("--b", wire.b, "the second end")->check(check_interface);
    program.add_option("--seed", wire.seed, "the dice's, instead of the rules'");
    add_seconds(program, "--seconds", wire.duration, "end after this time");
    program.add_option("--pcap", wire.pcap, "write what passes the first end to this capture file");
    program.add_option("--pcap-b", wire.pcap_b, "the same of the second end");
    program.add_option("--mtu", wire.mtu, "of the devices, 68 to 65521")->check(CLI::Range(68, 65521));
    add_vnet_option(program, wire.vnet_header);
    program.add_option("--link", wire.link, "what two private networks are built on: auto, tap or veth")
        ->transform(CLI::CheckedTransformer(std::map<std::string, LinkChoice>{
            {"auto", LinkChoice::kAuto}, {"tap", LinkChoice::kTap}, {"veth", LinkChoice::kVeth}}));
    program.add_option("--far", wire.far_command, "a shell command to run in the second network, at 10.77.0.2");
    program.add_flag("--print", wire.print, "only say the rules in their standard form");
  }

  void add_simulate() {
    SimulateOptions& simulate = options_.simulate;
    CLI::App& program = add_program("simulate", help::kSimulate, [this] { return run_simulate(options_.simulate); });
    program.add_option("--seed", simulate.seed, "the first seed (1)");
    program.add_option("--runs", simulate.runs, "how many seeds; 0: as many as there is time for (1)");
    program
        .add_option_function<double>(
            "--minutes",
            [&simulate](double minutes) {
              simulate.patience = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(minutes * 60));
              if (simulate.runs == 1) simulate.runs = 0;
            },
            "how long")
        ->check(CLI::Range(0.0, 100'000.0));
    program.add_option("--mode", simulate.mode, "swarm, lite, performance or canary (swarm)");
    program.add_option("--replay", simulate.replay, "run the plan in this file");
    program.add_option("--pcap", simulate.pcap, "write what was sent to a capture file; of one run");
    program.add_option("-j,--jobs", simulate.jobs, "threads (1)")->check(CLI::Range(1, 256));
    program.add_flag("--shrink", simulate.shrink, "make what fails as small as it gets, and write it to files");
    program.add_option("-o,--out", simulate.out, "NAME of NAME.sim, NAME.pcap and NAME_test.cpp (simulate-SEED)");
    program.add_flag("--print", simulate.print, "only say the plan of the seed");
  }

  void add_lab() {
    LabOptions& lab = options_.lab;
    CLI::App& program = add_program("lab", help::kLab, [&lab] { return run_lab(lab); });
    program.add_option("SCENARIO", lab.scenario, "the lab's number (1), or a document of one's own");
    program.add_option("--port", lab.port, "of the page, on 127.0.0.1 (any free one)");
    program.add_flag("--list", lab.list, "say which labs there are");
    program.add_flag("--text", lab.text, "show it in the terminal");
    program.add_option("--side", lab.side, "whose ladder --text shows: client or server")
        ->check(CLI::IsMember({"client", "server"}));
    program.add_flag("--check", lab.check, "run it, and say whether it does what it promises");
  }

  void add_in_world() {
    InWorldOptions& in_world = options_.in_world;
    CLI::App& program = add_program("in-world", help::kInWorld, [this, &in_world] {
      in_world.command = command_;
      if (command_.empty())
        return report_usage("in-world needs a command after `--`; `fourtuple in-world --help` shows how");
      return run_in_world(in_world);
    });
    program.add_option("--pid", in_world.pid, "the process whose network it is")->check(CLI::PositiveNumber);
    program.add_flag("--far", in_world.far, "the second network of the `fourtuple wire` that runs us");
  }

  void add_ladder() {
    CaptureLadderOptions& ladder = options_.ladder;
    CLI::App& program = add_program("ladder", help::kLadder, [this] { return run_ladder(options_.ladder); });
    program.add_option("FILE", ladder.file, "a capture (pcap or pcapng, also gzip); - is standard input")->required();
    program.add_option("--stream", ladder.stream, "only this conversation, counted from 0 as tcp.stream in Wireshark");
    program.add_flag("--all", ladder.every_row, "every row, also those of long runs that are alike");
    program.add_flag("--json", ladder.json, "one JSON object for each frame (docs/observability.md)");
    add_look_options(program, ladder.look, "");
  }

  void add_explain() {
    ExplainOptions& explain = options_.explain;
    CLI::App& program = add_program("explain", help::kExplain, [this] { return run_explain(options_.explain); });
    program.add_option("WORD", explain.words, "states, clauses, timers, causes, drop reasons, rules, statements");
    program.add_option("--width", explain.width, "columns of a line, 60 to 200 (100)")->check(CLI::Range(60, 200));
    program.add_flag("--json", explain.json, "one JSON object for each thing that is explained");
  }

  CLI::App root_{help::kFourtuple, "fourtuple"};
  AllOptions options_;
  std::vector<std::string> command_;
  std::vector<std::string> nc_words_;
  std::vector<std::string> ss_filter_;
  std::string ip_object_;
  std::function<int()> chosen_ = [] { return kUsage; };
};

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  Words words = split_words(argc, argv);
  if (words.ours.empty()) words.ours = {"--help"};
  return CommandLine(std::move(words.command)).run(std::move(words.ours));
}

}  // namespace fourtuple::apps
