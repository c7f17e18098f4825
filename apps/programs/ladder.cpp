// ladder: any capture drawn between two lifelines.
#include <cstdio>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>
#include <vector>

#include "apps/capture/splitter.hpp"
#include "apps/ladder/listing.hpp"
#include "apps/ladder/picture.hpp"
#include "apps/look.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

using capture::Conversation;
using capture::ConversationPtr;

// Of captures with many conversations these many are drawn unless one is chosen; of the others a line each.
constexpr std::uint32_t kMostDrawn = 10;
constexpr std::size_t kMostListed = 100;

// Nobody plays the octets, so one conversation may have more of them than replaying allows.
capture::Limits ladder_limits() {
  capture::Limits limits;
  limits.octets_per_conversation = std::size_t{256} << 20;
  return limits;
}

class LadderProgram {
 public:
  explicit LadderProgram(const CaptureLadderOptions& options) : options_(options) {}

  int run() {
    auto file = CaptureFile::open(options_.file);
    if (!file) {
      static_cast<void>(report(file.error()));
      return kUsage;
    }
    read(*file);
    if (!options_.json) draw();
    if (!file->error().empty()) remark(fmt::format("{}: {}", options_.file, file->error()));
    tell_refused(*file);
    return verdict();
  }

 private:
  void read(CaptureFile& file) {
    capture::Splitter splitter(file.link_type(), ladder_limits(),
                               [this](const ConversationPtr& given) { take(*given); });
    while (const auto frame = file.next()) {
      if (!first_) first_ = frame->time;
      ++frames_;
      splitter.take(*frame);
      if (!options_.stream) take_other(*frame, file.link_type());
    }
    splitter.finish();
    counters_ = splitter.counters();
  }

  void take_other(const CapturedFrame& frame, int link_type) {
    const int link = frame.link_type >= 0 ? frame.link_type : link_type;
    if (!capture::understands(link)) return;
    auto other = ladder::describe_other(frame, link_type, frames_);
    if (!other) return;
    other->time = std::max(frame.time - *first_, capture::CaptureTime{});
    any_row_ = true;
    if (options_.json) {
      fmt::print("{}\n", ladder::to_json(*other));
    } else {
      picture_.add(std::move(*other));
    }
  }

  void take(const Conversation& conversation) {
    if (options_.stream && *options_.stream != conversation.stream) return;
    const bool drawn = options_.stream || conversation.stream < kMostDrawn || options_.json;
    any_row_ = true;
    if (options_.json) return print_json(conversation);
    if (conversation.is_cut && drawn) remark(fmt::format("#{} is too long to be drawn whole", conversation.stream));
    if (drawn) {
      picture_.add(conversation);
    } else if (++undrawn_; summaries_.size() < kMostListed) {
      summaries_.push_back(ladder::summarise(conversation));
    }
  }

  static void print_json(const Conversation& conversation) {
    fmt::print("{}\n", ladder::to_json(ladder::summarise(conversation)));
    for (const ladder::ReadFrame& read : ladder::read_conversation(conversation))
      fmt::print("{}\n", ladder::to_json(conversation, read));
  }

  void draw() {
    observe::LadderOptions look = ladder_look(options_.look, STDOUT_FILENO);
    if (options_.every_row) look.run_head = 0;
    picture_.draw([](std::string_view text) { fmt::print("{}", text); }, look);
    if (picture_.rows_left_out() != 0)
      remark(fmt::format("{} further frames are not drawn; choose a conversation with --stream",
                         picture_.rows_left_out()));
    if (undrawn_ == 0) return;
    fmt::print("\n{} more conversation{}; draw one with --stream N:\n", undrawn_, undrawn_ == 1 ? "" : "s");
    for (const ladder::Summary& summary : summaries_) fmt::print("  {}\n", ladder::to_line(summary));
    if (undrawn_ > summaries_.size()) fmt::print("  and {} more\n", undrawn_ - summaries_.size());
  }

  void tell_refused(const CaptureFile& file) const {
    const auto at = static_cast<std::size_t>(capture::Refusal::kLinkType);
    if (counters_.refused[at] == 0) return;
    remark(fmt::format("{}: {} frame{} left out, as the link type is {}: {}", options_.file, counters_.refused[at],
                       counters_.refused[at] == 1 ? "" : "s", file.link_type_name(),
                       capture::sentence(capture::Refusal::kLinkType)));
  }

  [[nodiscard]] int verdict() const {
    if (any_row_) return kSuccess;
    if (options_.stream && counters_.conversations != 0)
      return report_usage(fmt::format("{} has no conversation {}; it has {}, counted from 0", options_.file,
                                      *options_.stream, counters_.conversations));
    remark(fmt::format("{}: nothing to draw in {} frame{}", options_.file, frames_, frames_ == 1 ? "" : "s"));
    return kUsage;
  }

  const CaptureLadderOptions& options_;
  ladder::Picture picture_;
  std::vector<ladder::Summary> summaries_;
  std::uint64_t undrawn_ = 0;
  capture::CaptureCounters counters_;
  std::optional<std::chrono::nanoseconds> first_;
  std::uint32_t frames_ = 0;
  bool any_row_ = false;
};

}  // namespace

int run_ladder(const CaptureLadderOptions& options) { return LadderProgram(options).run(); }

}  // namespace fourtuple::apps
