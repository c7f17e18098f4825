#include <algorithm>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {
namespace {

constexpr Duration kBurst = 300us;  // segments of one write leave closer together than this

// A write as it grows: from `begin` to where the next begins.
struct GrowingWrite {
  StreamOffset begin = 0;
  PlannedCall call;
};

class WriteFinder {
 public:
  WriteFinder(const HostView& view, bool marks_ends) : view_(view), sending_(view), marks_ends_(marks_ends) {}

  std::vector<GrowingWrite> find() {
    for (const LivedFrame& frame : view_.frames) {
      if (sending_.is_new_data(frame)) take_data(frame);
      sending_.take(frame);
    }
    return std::move(writes_);
  }

 private:
  void take_data(const LivedFrame& frame) {
    if (last_ == nullptr || begins_a_write(frame)) {
      const StreamOffset begin = last_ == nullptr ? 1 : std::max(frame.seq, sending_.end());
      writes_.push_back({begin, call_at(frame, judge::Call::Kind::kWrite)});
    }
    filled_window_ = sending_.fills_window(frame);
    last_ = &frame;
  }

  [[nodiscard]] bool begins_a_write(const LivedFrame& frame) const {
    if (sending_.is_repairing()) return false;  // what leaves now was chosen by the repair
    if (last_ends_its_write()) return true;
    if (frame.seq > sending_.end() && is_full(*last_)) return false;  // what is missing between them was of one burst
    return !is_in_burst(frame) && !sending_.is_released(frame, patience()) && !had_more_to_send();
  }

  [[nodiscard]] bool is_full(const LivedFrame& frame) const { return frame.octets >= view_.full_size; }

  // PSH on a short segment: the sender had nothing more. [RFC9293 MUST-61] A segment can also be short because the
  // window ended there.
  [[nodiscard]] bool last_ends_its_write() const { return last_->flags.psh() && !is_full(*last_) && !filled_window_; }

  [[nodiscard]] bool is_in_burst(const LivedFrame& frame) const { return frame.time - last_->time <= kBurst; }

  // Seen from afar, answers come with the path's own delays: in the middle of a large write they may take longer.
  [[nodiscard]] Duration patience() const {
    return is_full(*last_) ? std::max(view_.prompt, view_.distance) : view_.prompt;
  }

  // No PSH: octets were waiting behind it, for an acknowledgment or for the window.
  [[nodiscard]] bool had_more_to_send() const {
    return marks_ends_ && !last_->flags.psh() && (sending_.has_in_flight() || filled_window_);
  }

  const HostView& view_;
  Sending sending_;
  bool marks_ends_;
  bool filled_window_ = false;        // the last segment reached the right edge
  const LivedFrame* last_ = nullptr;  // that brought data
  std::vector<GrowingWrite> writes_;
};

// Some stacks never set PSH; then its absence says nothing.
bool marks_ends_of_writes(const HostView& view) {
  return std::any_of(view.frames.begin(), view.frames.end(),
                     [](const LivedFrame& frame) { return frame.sent && frame.octets > 0 && frame.flags.psh(); });
}

// Where urgent octets end: offsets in ascending order, each once. [RFC9293 3.8.5]
std::vector<StreamOffset> urgent_ends(const HostView& view) {
  std::vector<StreamOffset> ends;
  for (const LivedFrame& frame : view.frames) {
    if (frame.sent && frame.urgent > 0) ends.push_back(frame.seq + frame.urgent);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

// Adds [begin, end) of the stream as one write, or more where urgent octets end inside.
class WriteList {
 public:
  WriteList(std::vector<StreamOffset> urgent, std::vector<PlannedCall>& calls)
      : urgent_(std::move(urgent)), calls_(calls) {}

  void add(StreamOffset begin, StreamOffset end, PlannedCall call) {
    for (; next_ < urgent_.size() && urgent_[next_] <= end; ++next_) {
      if (urgent_[next_] > begin) {
        push(call, judge::Call::Kind::kPushUrgent, urgent_[next_] - begin);
        begin = urgent_[next_];
      }
    }
    if (begin < end) push(call, judge::Call::Kind::kWrite, end - begin);
  }

 private:
  void push(PlannedCall call, judge::Call::Kind kind, StreamOffset octets) {
    call.kind = kind;
    call.octets = static_cast<std::uint64_t>(octets);
    calls_.push_back(call);
  }

  std::vector<StreamOffset> urgent_;
  std::size_t next_ = 0;
  std::vector<PlannedCall>& calls_;
};

}  // namespace

void infer_writes(const HostView& view, ApplicationPlan& plan) {
  const std::vector<GrowingWrite> writes = WriteFinder(view, marks_ends_of_writes(view)).find();
  const auto stream_end = static_cast<StreamOffset>(plan.stream.size()) + 1;
  WriteList list(urgent_ends(view), plan.calls);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const StreamOffset end = i + 1 < writes.size() ? std::min(writes[i + 1].begin, stream_end) : stream_end;
    if (writes[i].begin < end) list.add(writes[i].begin, end, writes[i].call);
  }
}

}  // namespace fourtuple::replay
