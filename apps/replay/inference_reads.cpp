#include <algorithm>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {
namespace {

// What is unread lessens the window: the largest that was ever offered is the whole buffer. While little is unread the
// application reads as things come, and how fast exactly nobody can see. Only where most of the buffer filled up did it
// pause; from the last calm moment before that on, each move of the right edge is a read.
//
//      offered   |------------ largest ------------|
//      now       |--- unread ---|----- window -----|
//               read           ack            right edge
class ReadFinder {
 public:
  explicit ReadFinder(const HostView& view) : view_(view) {}

  std::vector<PlannedCall> find() {
    for (std::size_t at = 0; at < view_.frames.size(); ++at) {
      if (speaks_of_window(view_.frames[at])) take(at);
    }
    return std::move(calls_);
  }

  // The largest buffer that showed.
  [[nodiscard]] std::uint64_t buffer() const { return buffer_; }

 private:
  static bool speaks_of_window(const LivedFrame& frame) {
    return frame.sent && frame.flags.ack() && !frame.flags.rst();
  }

  void take(std::size_t at) {
    const LivedFrame& frame = view_.frames[at];
    learn_buffer(frame);
    if (is_paused_) {
      read_at(at);
    } else if (frame.window < largest_ / 4) {
      pause(at);
    } else if (is_calm(frame)) {
      calm_ = at;
    }
  }

  // A right edge that moves left is no data that nobody reads: the buffer became smaller. Windows of SYNs, which are
  // never scaled, often promise more than there is. [RFC9293 SHLD-14]
  void learn_buffer(const LivedFrame& frame) {
    const StreamOffset shrunk = std::max<StreamOffset>(right_edge_ - frame.right_edge(), 0);
    largest_ -= std::min(largest_, static_cast<std::uint64_t>(shrunk));
    largest_ = std::max(largest_, frame.window);
    buffer_ = std::max(buffer_, largest_);
    right_edge_ = frame.right_edge();
  }

  [[nodiscard]] std::uint64_t unread(const LivedFrame& frame) const {
    return largest_ - std::min(largest_, frame.window);
  }
  // A FIN in the midst of a pause ends it: with octets unread there would have been a reset. [RFC9293 SHLD-3]
  [[nodiscard]] bool is_calm(const LivedFrame& frame) const {
    return unread(frame) <= largest_ / 8 || frame.flags.fin();
  }

  void pause(std::size_t at) {
    is_paused_ = true;
    const LivedFrame& calm = view_.frames[calm_];
    read_to_ = calm.ack;
    calls_.push_back(call_at(calm, judge::Call::Kind::kRead, 0));
    for (std::size_t i = calm_ + 1; i <= at && is_paused_; ++i) {
      if (speaks_of_window(view_.frames[i])) read_at(i);
    }
  }

  void read_at(std::size_t at) {
    const LivedFrame& frame = view_.frames[at];
    if (is_calm(frame)) {
      is_paused_ = false;
      calm_ = at;
      calls_.push_back(call_at(frame, judge::Call::Kind::kRead, kEverything));
      return;
    }
    const StreamOffset read_to = frame.ack - static_cast<StreamOffset>(unread(frame));
    if (read_to > read_to_) {
      calls_.push_back(call_at(frame, judge::Call::Kind::kRead, static_cast<std::uint64_t>(read_to - read_to_)));
      read_to_ = read_to;
    }
  }

  const HostView& view_;
  std::vector<PlannedCall> calls_;
  std::uint64_t largest_ = 0;  // window that was offered while nothing was unread
  std::uint64_t buffer_ = 0;
  StreamOffset right_edge_ = 0;
  std::size_t calm_ = 0;  // the last frame that showed nothing much unread
  bool is_paused_ = false;
  StreamOffset read_to_ = 0;
};

}  // namespace

void infer_reads(const HostView& view, ApplicationPlan& plan) {
  ReadFinder finder(view);
  const std::vector<PlannedCall> reads = finder.find();
  if (reads.empty()) return;
  plan.reads_by_plan = true;
  plan.receive_buffer = finder.buffer();
  plan.calls.insert(plan.calls.end(), reads.begin(), reads.end());
}

}  // namespace fourtuple::replay
