// replay: captures through the state machine.
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <vector>

#include "apps/capture/splitter.hpp"
#include "apps/counted.hpp"
#include "apps/programs.hpp"
#include "apps/programs/replay_page.hpp"
#include "apps/replay/performance_capture.hpp"
#include "apps/replay/presentation.hpp"
#include "apps/report.hpp"
#include "stack/judge/judge.hpp"
#include "stack/observe/terminal.hpp"

namespace fourtuple::apps {
namespace {

using capture::Host;
using replay::Outcome;
using replay::Verdict;

replay::TextOptions replay_text_options() {
  replay::TextOptions options;
  options.ascii = observe::wants_ascii();
  options.color = observe::wants_color(observe::ColorWish::kAuto, STDOUT_FILENO);
  return options;
}

// How far a long file is read, on a terminal's last line.
class Progress {
 public:
  Progress() : is_shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& path, std::uint64_t frames, std::optional<double> part) {
    constexpr std::uint64_t kEvery = 4096;
    if (!is_shown_ || frames % kEvery != 0) return;
    constexpr int kWidth = 40;
    const int done = static_cast<int>(part.value_or(0) * kWidth);
    const std::string bar =
        std::string(static_cast<std::size_t>(done), '#') + std::string(static_cast<std::size_t>(kWidth - done), '.');
    fmt::print(stderr, "\r{} [{}] {} frames", path, part ? bar : std::string("reading"), frames);
    is_there_ = true;
  }
  void clear() {
    if (is_there_) fmt::print(stderr, "\r\033[K");
    is_there_ = false;
  }

 private:
  bool is_shown_;
  bool is_there_ = false;
};

// What came of all replays.
class Sums {
 public:
  void count(const Outcome& outcome) {
    ++counts_[static_cast<std::size_t>(outcome.verdict)];
    ++replays_;
    if (outcome.verdict == Verdict::kNotReplayable && outcome.recorded > Verdict::kDiverged) ++broken_unplayed_;
  }
  void count_unusable() { ++unusable_; }
  [[nodiscard]] std::uint64_t replays() const { return replays_; }

  [[nodiscard]] int exit_code(bool strict) const {
    const std::uint64_t broken = of(Verdict::kViolationMust) + of(Verdict::kViolationShould) + broken_unplayed_;
    const std::uint64_t different = of(Verdict::kStalled) + of(Verdict::kDiverged);
    if (broken != 0 || (strict && different != 0)) return kFailed;
    if (unusable_ != 0 || replays_ == of(Verdict::kNotReplayable)) return kUsage;
    return kSuccess;
  }
  [[nodiscard]] std::string line() const {
    std::string text = counted(replays_, "replay");
    const char* separator = ": ";
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] == 0) continue;
      text += fmt::format("{}{} {}", separator, counts_[i], replay::name(static_cast<Verdict>(i)));
      separator = ", ";
    }
    return text;
  }

 private:
  [[nodiscard]] std::uint64_t of(Verdict verdict) const { return counts_[static_cast<std::size_t>(verdict)]; }

  std::array<std::uint64_t, static_cast<std::size_t>(Verdict::kNotReplayable) + 1> counts_{};
  std::uint64_t replays_ = 0;
  std::uint64_t broken_unplayed_ = 0;  // not replayable, and the recorded host broke a rule
  std::uint64_t unusable_ = 0;
};

class ReplayProgram {
 public:
  explicit ReplayProgram(const ReplayOptions& options) : options_(options), text_(replay_text_options()) {}

  int run() {
    if (!options_.pcap.empty()) {
      auto writer = PcapWriter::open(options_.pcap);
      if (!writer) return report(writer.error());
      pcap_.emplace(std::move(*writer));
    }
    if (!options_.html.empty()) {
      auto page = ReplayPage::open(options_.html);
      if (!page) return report(page.error());
      page_.emplace(std::move(*page));
    }
    for (const std::string& path : options_.files) play_file(path);
    if (!options_.json && sums_.replays() != 0) fmt::print("{}\n", sums_.line());
    if (const int code = finish_files(); code != kSuccess) return code;
    return sums_.exit_code(options_.strict);
  }

 private:
  void play_file(const std::string& path) {
    auto file = CaptureFile::open(path);
    if (!file) {
      static_cast<void>(report(file.error()));
      return sums_.count_unusable();
    }
    path_ = path;
    start_.reset();
    if (!options_.json && options_.files.size() > 1) fmt::print("{}\n", path);
    capture::Splitter splitter(file->link_type(), {},
                               [this](capture::ConversationPtr conversation) { play_conversation(conversation); });
    std::uint64_t frames = 0;
    while (const auto frame = file->next()) {
      if (!start_) start_ = frame->time;
      splitter.take(*frame);
      progress_.show(path, ++frames, file->progress());
    }
    splitter.finish();
    progress_.clear();
    tell_rest(splitter.counters(), *file);
  }

  void tell_rest(const capture::CaptureCounters& counters, const CaptureFile& file) {
    if (!file.error().empty()) remark(file.error());
    if (counters.conversations == 0) {
      remark(fmt::format("{}: no TCP conversation in {}", path_, counted(counters.frames, "frame")));
      sums_.count_unusable();
    } else if (options_.stream && *options_.stream >= counters.conversations) {
      remark(fmt::format("{}: no conversation {}; it has {}, counted from 0", path_, *options_.stream,
                         counted(counters.conversations, "conversation")));
    }
    if (counters.errors_left_out != 0)
      remark(
          fmt::format("{}: {} left out, there are too many", path_, counted(counters.errors_left_out, "ICMP error")));
    for (std::size_t i = 0; i < counters.refused.size(); ++i) {
      if (counters.refused[i] == 0) continue;
      if (static_cast<capture::Refusal>(i) == capture::Refusal::kLinkType)
        remark(fmt::format("{}: the link type is {}", path_, file.link_type_name()));
      const auto refusal = static_cast<capture::Refusal>(i);
      remark(fmt::format("{}: {} left out ({}): {}", path_, counted(counters.refused[i], "frame"),
                         capture::word(refusal), capture::sentence(refusal)));
    }
  }

  void play_conversation(const capture::ConversationPtr& conversation) {
    if (options_.stream && conversation->stream != *options_.stream) return;
    if (options_.role != RoleChoice::kServer) play_role(conversation, Host::kClient);
    if (options_.role != RoleChoice::kClient) play_role(conversation, Host::kServer);
  }

  void play_role(const capture::ConversationPtr& conversation, Host role) {
    replay::ReplayOptions options;
    options.player.elastic_acks = options_.elastic_acks;
    options.sidecar = options_.sidecar;
    options.capture_start = start_.value_or(std::chrono::nanoseconds{});
    tell(replay::replay(conversation, role, options));
  }

  void tell(Outcome outcome) {
    sums_.count(outcome);
    progress_.clear();
    if (options_.json) {
      fmt::print("{}\n", replay::outcome_json(outcome, path_));
    } else {
      fmt::print("{}\n{}", replay::summary_line(outcome, text_), replay::details_text(outcome, text_));
    }
    if (pcap_) replay::write_performance(outcome, start_.value_or(std::chrono::nanoseconds{}), *pcap_);
    if (page_) page_->keep(std::move(outcome));
  }

  int finish_files() {
    if (pcap_) {
      pcap_->flush();
      if (!pcap_->error().empty()) {
        return report(SetupError{.cause = fmt::format("{} is not whole: {}", options_.pcap, pcap_->error()),
                                 .cure = "make room and try again"});
      }
    }
    if (!page_) return kSuccess;
    if (const auto done = page_->write(path_); !done) return report(done.error());
    if (sums_.replays() > page_->size())
      remark(fmt::format("the page shows the first {} of {} replays", page_->size(), sums_.replays()));
    return kSuccess;
  }

  const ReplayOptions& options_;
  replay::TextOptions text_;
  Progress progress_;
  Sums sums_;
  std::string path_;
  std::optional<std::chrono::nanoseconds> start_;
  std::optional<PcapWriter> pcap_;
  std::optional<ReplayPage> page_;
};

int list_rules() {
  for (const judge::RuleInfo* rule : judge::all_rule_infos()) {
    fmt::print("{:32} {:6} {:18} {}\n", rule->name, rule->level == judge::Level::kMust ? "MUST" : "SHOULD",
               rule->clause, rule->says);
  }
  return kSuccess;
}

}  // namespace

int run_replay(const ReplayOptions& options) { return options.rules ? list_rules() : ReplayProgram(options).run(); }

}  // namespace fourtuple::apps
