// drill: packet scripts against our stack, in virtual time.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include "apps/drill/crew.hpp"
#include "apps/drill/player.hpp"
#include "apps/drill/report.hpp"
#include "apps/drill/script_files.hpp"
#include "apps/laboratory/settings.hpp"
#include "apps/look.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/station/watchers.hpp"
#include "drivers/pcap/pcap_writer.hpp"
#include "stack/observe/pcapng.hpp"

namespace fourtuple::apps {
namespace {

using drill::Outcome;
using drill::Verdict;

// Captures hold Ethernet frames; a datagram of a script gets a header.
std::vector<std::uint8_t> frame_around(ByteView datagram) {
  static constexpr std::array<std::uint8_t, 14> kHeader{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
  std::vector<std::uint8_t> frame(kHeader.begin(), kHeader.end());
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  return frame;
}

class Capture {
 public:
  explicit Capture(PcapWriter writer) : writer_(std::move(writer)) {}

  void write(Duration since_start, ByteView datagram) { writer_.write(frame_around(datagram), since_start); }
  void flush() { writer_.flush(); }

 private:
  PcapWriter writer_;
};

// A capture with comments, written when the script has ended.
class CommentedCapture {
 public:
  CommentedCapture(std::string path, Instant start) : path_(std::move(path)), sink_(writer(), options_for(start)) {}

  [[nodiscard]] observe::PcapngSink& sink() { return sink_; }
  void complete(ByteView datagram) { sink_.complete(frame_around(datagram)); }
  void write() {
    sink_.flush();
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << octets_;
  }

 private:
  static observe::PcapngOptions options_for(Instant start) {
    observe::PcapngOptions options;
    options.waits_for_frames = true;
    options.epoch_offset = -start.time_since_epoch();
    return options;
  }
  [[nodiscard]] observe::PcapngSink::Write writer() {
    return [this](ByteView block) { octets_.append(block.begin(), block.end()); };
  }

  std::string path_;
  std::string octets_;
  observe::PcapngSink sink_;
};

// What all scripts share.
struct Bench {
  laboratory::Setup setup;
  std::optional<Capture> capture;
  std::string commented;  // the file of a capture with comments; "": none
};

// One script, in a process of its own.
drill::JobResult play_file(const std::string& path, const DrillOptions& options, Bench& bench) {
  packet_script::Script nothing;
  nothing.file = path;
  const auto tell = [&](const packet_script::Script& script, const Outcome& outcome) {
    const std::string text = options.json ? drill::json_report(script, outcome, options.trace)
                                          : drill::text_report(script, outcome, options.trace);
    return drill::JobResult{static_cast<std::uint8_t>(outcome.verdict), text,
                            fmt::format("{}", fmt::join(outcome.ignored, "\n"))};
  };
  Outcome refused;
  refused.verdict = Verdict::kNotAScript;
  const auto text = drill::read_script(path);
  if (!text) {
    refused.reason = one_line(text.error());
    return tell(nothing, refused);
  }
  const auto script = packet_script::parse(*text, path, options.definitions);
  if (!script) {
    refused.reason = script.error().to_string();
    return tell(nothing, refused);
  }
  drill::PlayOptions play;
  play.bench = bench.setup;
  play.strict = options.strict;
  play.ladder = ladder_look(options.look, STDOUT_FILENO);
  if (bench.capture) {
    play.on_packet = [&](Instant time, ByteView datagram) { bench.capture->write(time - bench.setup.start, datagram); };
  }
  std::optional<CommentedCapture> commented;
  if (!bench.commented.empty()) {
    commented.emplace(bench.commented, bench.setup.start);
    play.watcher = &commented->sink();
    play.on_packet = [&commented](Instant, ByteView datagram) { commented->complete(datagram); };
  }
  const Outcome outcome = drill::play(*script, play);
  if (bench.capture) bench.capture->flush();
  if (commented) commented->write();
  return tell(*script, outcome);
}

struct Tally {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  bool only_syntax = true;

  void count(Verdict verdict) {
    if (verdict == Verdict::kPassed) ++passed;
    if (verdict == Verdict::kSkipped) ++skipped;
    if (verdict == Verdict::kFailed || verdict == Verdict::kNotAScript) ++failed;
    if (verdict == Verdict::kFailed) only_syntax = false;
  }
  [[nodiscard]] int exit_code() const {
    if (failed == 0) return kSuccess;
    return only_syntax ? kUsage : kFailed;
  }
  [[nodiscard]] std::string summary() const {
    return fmt::format("{} passed, {} failed{}\n", passed, failed,
                       skipped == 0 ? "" : fmt::format(", {} skipped", skipped));
  }
};

// Commands and settings that mean nothing to us: each is named once, with the first script that has it.
class Ignored {
 public:
  void tell(const std::string& path, const std::string& notes) {
    std::istringstream lines(notes);
    for (std::string line; std::getline(lines, line);) {
      if (known_.insert(line).second) fmt::print(stderr, "{}: ignored: {}\n", path, line);
    }
  }

 private:
  std::set<std::string> known_;
};

std::string fault_report(const std::string& path, const std::string& fault, bool json) {
  packet_script::Script script;
  script.file = path;
  Outcome outcome;
  outcome.verdict = Verdict::kFailed;
  outcome.failure = {{0, 0}, fault, {}, {}};
  return json ? drill::json_report(script, outcome, false) : fmt::format("{}: {}\n", path, fault);
}

std::size_t workers_for(const DrillOptions& options) {
  return options.jobs != 0 ? options.jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

int play_all(const std::vector<std::string>& scripts, const DrillOptions& options, Bench& bench) {
  Tally tally;
  Ignored ignored;
  const drill::Job job = [&](std::size_t index) { return play_file(scripts[index], options, bench); };
  const drill::Done done = [&](std::size_t index, const drill::JobResult& result, const std::string& fault) {
    tally.count(fault.empty() ? static_cast<Verdict>(result.code) : Verdict::kFailed);
    if (!options.json) ignored.tell(scripts[index], result.notes);
    fmt::print("{}", fault.empty() ? result.text : fault_report(scripts[index], fault, options.json));
    std::fflush(stdout);
  };
  drill::run_crew(scripts.size(), {.workers = workers_for(options), .patience = options.patience}, job, done);
  if (scripts.size() > 1 && !options.json) fmt::print("{}", tally.summary());
  return tally.exit_code();
}

}  // namespace

int run_drill(const DrillOptions& options) {
  Bench bench;
  const auto complaints = laboratory::apply_settings(options.stack, bench.setup);
  if (!complaints.empty()) return report_usage("--stack: " + complaints.front());
  const auto scripts = drill::find_scripts(options.scripts);
  if (!scripts) return report_usage(one_line(scripts.error()));
  if (options.pcap.empty()) return play_all(*scripts, options, bench);
  if (scripts->size() > 1) return report_usage("--pcap keeps one conversation; name one script with it");
  auto writer = PcapWriter::open(options.pcap);
  if (!writer) return report(writer.error());
  if (wants_comments(options.pcap)) {
    bench.commented = options.pcap;
    return play_all(*scripts, options, bench);
  }
  bench.capture.emplace(std::move(*writer));
  bench.capture->flush();  // what is still in a buffer would be written by both processes
  return play_all(*scripts, options, bench);
}

}  // namespace fourtuple::apps
