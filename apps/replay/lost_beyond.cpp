#include "apps/replay/lost_beyond.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "apps/replay/send_history.hpp"

namespace fourtuple::replay {
namespace {

constexpr Duration kLeastDoubt = std::chrono::milliseconds(2);  // about when something came
constexpr std::size_t kMostCopies = 1024;                       // that are looked at for another

// What one segment of the recorded host says about what it has got.
struct Said {
  Instant left{};
  StreamOffset acked = 0;  // highest so far
  bool window_is_closed = false;
};

// Octets sent to the recorded host a further time.
struct Copy {
  std::size_t frame = 0;
  Instant came{};
  StreamOffset begin = 0;
  StreamOffset end = 0;
};

// Octets of the recorded host's that it sent again.
struct Again {
  Instant left{};
  StreamOffset end = 0;  // the least of this one and all later ones
};

class LossFinder {
 public:
  LossFinder(const capture::Conversation& conversation, capture::Host role, const Timeline& timeline)
      : conversation_(conversation),
        role_(role),
        timeline_(timeline),
        doubt_(std::max(kLeastDoubt, timeline.distance() / 4)) {}

  [[nodiscard]] std::vector<bool> find() {
    for (std::size_t i = 0; i < conversation_.frames.size(); ++i) {
      const capture::TcpFrame& frame = conversation_.frames[i];
      if (!frame.checksum_is_wrong) frame.from == role_ ? note_own(frame) : note_theirs(frame, i);
    }
    for (std::size_t i = again_.size(); i > 1; --i) again_[i - 2].end = std::min(again_[i - 2].end, again_[i - 1].end);
    std::vector<bool> lost(conversation_.frames.size());
    for (std::size_t i = 0; i < lost.size(); ++i) lost[i] = is_lost(conversation_.frames[i], i);
    return lost;
  }

 private:
  void note_own(const capture::TcpFrame& frame) {
    const Instant left = timeline_.departure(frame.time);
    const StreamOffset before = own_.end();
    own_.take(frame.segment, frame.cut_octets, left);
    if (frame.segment.flags.rst()) return;
    const StreamOffset end = own_.is_open() ? own_.offset(frame.segment.seq) + frame.segment.length() : 0;
    const bool is_probe = frame.segment.payload.size() <= 1 && !frame.segment.flags.fin() && !frame.segment.flags.syn();
    if (end <= before && frame.segment.length() != 0 && !is_probe) again_.push_back({left, end});
    if (!frame.segment.flags.ack() || !theirs_.is_open()) return;
    const StreamOffset ack = theirs_.offset(frame.segment.ack);
    const StreamOffset highest = said_.empty() ? 0 : said_.back().acked;
    if (ack <= theirs_.end()) said_.push_back({left, std::max(ack, highest), frame.segment.window == 0});
  }
  void note_theirs(const capture::TcpFrame& frame, std::size_t index) {
    const StreamOffset before = theirs_.end();
    theirs_.take(frame.segment, frame.cut_octets, {});
    if (!theirs_.is_open() || frame.segment.length() == 0) return;
    const StreamOffset begin = theirs_.offset(frame.segment.seq);
    if (begin >= before) return;
    copies_.push_back({index, timeline_.arrival(frame.time), begin, begin + frame.segment.length()});
  }

  [[nodiscard]] bool is_lost(const capture::TcpFrame& frame, std::size_t index) const {
    const TcpFlags flags = frame.segment.flags;
    if (frame.from == role_ || frame.checksum_is_wrong || flags.rst() || !theirs_.is_open()) return false;
    const Instant came = timeline_.arrival(frame.time);
    if (flags.syn() || frame.segment.length() == 0) return is_lost_acknowledgment(frame.segment, came);
    const StreamOffset begin = theirs_.offset(frame.segment.seq);
    return are_lost_octets(index, begin, begin + frame.segment.length(), came);
  }

  [[nodiscard]] bool is_lost_acknowledgment(const Segment& segment, Instant came) const {
    if (!segment.flags.ack() || !own_.is_open()) return false;
    const auto later = std::lower_bound(again_.begin(), again_.end(), came + doubt_,
                                        [](const Again& one, Instant moment) { return one.left < moment; });
    return later != again_.end() && later->end <= own_.offset(segment.ack);
  }

  [[nodiscard]] bool are_lost_octets(std::size_t index, StreamOffset begin, StreamOffset end, Instant came) const {
    const auto first = std::lower_bound(said_.begin(), said_.end(), end,
                                        [](const Said& one, StreamOffset wanted) { return one.acked < wanted; });
    if (first == said_.begin()) return false;
    const auto copy = next_copy(index, begin);
    const Said& last_without = *std::prev(first);
    const bool is_missed = last_without.acked >= begin && last_without.left >= came + (copy ? Duration{} : doubt_);
    if (!is_missed || last_without.window_is_closed) return false;
    return first == said_.end() || (copy && copy->came <= first->left + doubt_);
  }

  [[nodiscard]] std::optional<Copy> next_copy(std::size_t index, StreamOffset octet) const {
    auto copy = std::upper_bound(copies_.begin(), copies_.end(), index,
                                 [](std::size_t frame, const Copy& one) { return frame < one.frame; });
    for (std::size_t looks = 0; copy != copies_.end() && looks < kMostCopies; ++copy, ++looks) {
      if (copy->begin <= octet && octet < copy->end) return *copy;
    }
    return std::nullopt;
  }

  const capture::Conversation& conversation_;
  const capture::Host role_;
  const Timeline& timeline_;
  const Duration doubt_;
  SendHistory own_;
  SendHistory theirs_;
  std::vector<Said> said_;    // ascending in both
  std::vector<Copy> copies_;  // ascending in time
  std::vector<Again> again_;  // ascending in both
};

}  // namespace

std::vector<bool> lost_beyond(const capture::Conversation& conversation, capture::Host role, const Timeline& timeline) {
  if (timeline.distance() == Duration::zero()) return std::vector<bool>(conversation.frames.size());
  return LossFinder(conversation, role, timeline).find();
}

}  // namespace fourtuple::replay
