#include <algorithm>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {
namespace {

// What the frames show of a host's end.
struct HostEnding {
  const LivedFrame* fin = nullptr;              // the first copy of the host's FIN
  const LivedFrame* reset = nullptr;            // the host's RST behind which it sent nothing else
  const LivedFrame* peer_fin = nullptr;         // first copy
  const LivedFrame* data_before_fin = nullptr;  // the last that came and was new
  const LivedFrame* data_after_fin = nullptr;   // the last that came behind `fin` and that the host acknowledged
  bool was_opened = false;                      // the other host's SYN came, or was acknowledged
  bool peer_reset = false;
  bool is_answer = false;     // the RST answers a segment that nobody expects
  bool got_unwanted = false;  // new data came behind the FIN, and the RST followed at once
  unsigned repeats = 0;       // that nobody answered, before the RST or the end
};

class EndingFinder {
 public:
  explicit EndingFinder(const HostView& view) : view_(view), sending_(view) {}

  HostEnding find() {
    for (const LivedFrame& frame : view_.frames) {
      if (frame.sent) {
        take_sent(frame);
      } else {
        take_came(frame);
      }
      sending_.take(frame);
    }
    if (ending_.reset == nullptr) ending_.repeats = repeats_;
    return ending_;
  }

 private:
  void take_sent(const LivedFrame& frame) {
    if (frame.flags.rst()) {
      if (ending_.reset == nullptr) take_reset(frame);
      return;
    }
    if (!frame.flags.syn()) {
      ending_.reset = nullptr;  // life went on: that RST was somebody else's
    }
    if (frame.flags.ack()) ending_.was_opened = true;
    count_repeat(frame);
    if (frame.flags.fin() && ending_.fin == nullptr) ending_.fin = &frame;
    if (latest_data_ != nullptr && latest_is_after_fin_ && frame.ack >= latest_data_->end())
      ending_.data_after_fin = latest_data_;
  }

  void take_reset(const LivedFrame& frame) {
    ending_.reset = &frame;
    ending_.is_answer = is_answer(frame);
    // One that answers stands behind the silence that it ends.
    ending_.repeats = ending_.is_answer ? repeats_before_last_ : repeats_;
    ending_.got_unwanted = latest_is_after_fin_ && latest_data_ != ending_.data_after_fin && is_prompt(frame);
  }

  void take_came(const LivedFrame& frame) {
    repeats_before_last_ = repeats_;
    repeats_ = 0;
    last_came_ = &frame;
    if (frame.flags.syn() && (!frame.flags.ack() || frame.ack == 1)) ending_.was_opened = true;
    if (frame.flags.rst()) ending_.peer_reset = true;
    if (frame.flags.fin() && ending_.peer_fin == nullptr) ending_.peer_fin = &frame;
    if (frame.octets > 0 && frame.end() > received_ && !frame.flags.syn()) take_data(frame);
  }

  void take_data(const LivedFrame& frame) {
    received_ = frame.end();
    latest_data_ = &frame;
    latest_is_after_fin_ = ending_.fin != nullptr;
    if (!latest_is_after_fin_) ending_.data_before_fin = &frame;
  }

  void count_repeat(const LivedFrame& frame) {
    const bool repeats_syn = frame.flags.syn() && syns_++ > 0;
    const bool repeats_octets = frame.end_with_fin() > frame.seq && frame.end_with_fin() <= sending_.end();
    if (repeats_syn || (!frame.flags.syn() && (repeats_octets || sending_.is_probe(frame)))) ++repeats_;
  }

  [[nodiscard]] bool is_prompt(const LivedFrame& reset) const {
    return last_came_ != nullptr && reset.time - last_came_->time <= view_.prompt;
  }

  // RFC 9293 3.10.7.1: the reset of a segment with ACK has its SEQ from there and no ACK itself.
  [[nodiscard]] bool is_answer(const LivedFrame& reset) const {
    if (!is_prompt(reset) || last_came_->flags.rst()) return false;
    return last_came_->flags.ack() ? !reset.flags.ack() && reset.seq == last_came_->ack : reset.flags.ack();
  }

  const HostView& view_;
  Sending sending_;
  HostEnding ending_;
  StreamOffset received_ = 1;
  const LivedFrame* last_came_ = nullptr;
  const LivedFrame* latest_data_ = nullptr;
  bool latest_is_after_fin_ = false;
  unsigned syns_ = 0;
  unsigned repeats_ = 0;
  unsigned repeats_before_last_ = 0;
};

constexpr unsigned kUnheardRepeats = 2;  // so many repeats without an answer, and it was given up

CloseKind kind_of_reset(const HostEnding& ending) {
  if (ending.fin != nullptr) return ending.got_unwanted || ending.is_answer ? CloseKind::kClose : CloseKind::kAbort;
  if (ending.repeats >= kUnheardRepeats) return CloseKind::kTimeout;
  return ending.is_answer ? CloseKind::kStackReset : CloseKind::kAbort;
}

CloseKind kind_of_attempt(const HostEnding& ending) {
  if (ending.peer_reset) return CloseKind::kRefused;
  return ending.repeats >= kUnheardRepeats ? CloseKind::kTimeout : CloseKind::kNone;
}

CloseKind kind_of(const HostEnding& ending, const ApplicationPlan& plan) {
  if (plan.calls.empty()) return ending.reset != nullptr ? CloseKind::kRefused : CloseKind::kNone;
  if (plan.active && !ending.was_opened) return kind_of_attempt(ending);
  if (ending.reset != nullptr) return kind_of_reset(ending);
  if (ending.fin != nullptr) return ending.data_after_fin != nullptr ? CloseKind::kShutdown : CloseKind::kClose;
  return ending.repeats >= kUnheardRepeats && !ending.peer_reset ? CloseKind::kTimeout : CloseKind::kNone;
}

bool is_write(const PlannedCall& call) {
  return call.kind == judge::Call::Kind::kWrite || call.kind == judge::Call::Kind::kPushUrgent;
}

// When the application said that it had no more to say. A FIN behind the last octets of a write waited there for the
// peer: the call came right behind the write, but not before the last octets that it must have taken.
PlannedCall fin_call(const HostEnding& ending, const ApplicationPlan& plan, judge::Call::Kind kind) {
  PlannedCall call = call_at(*ending.fin, kind);
  const auto write = std::find_if(plan.calls.rbegin(), plan.calls.rend(), is_write);
  if (ending.fin->octets == 0 || write == plan.calls.rend()) return call;
  call.time = write->time;
  call.after_frame = write->after_frame;
  const LivedFrame* data = ending.data_before_fin;
  if (data != nullptr && data->time > call.time) {
    call.time = data->time;
    call.after_frame = data->index;
  }
  return call;
}

// Sooner or later everybody closes: at the other's FIN, which tells the application that nothing more comes.
void close_behind_shutdown(const HostEnding& ending, std::vector<PlannedCall>& calls) {
  if (ending.peer_fin == nullptr) return;
  PlannedCall call = call_at(*ending.peer_fin, judge::Call::Kind::kClose);
  call.time = std::max(call.time, ending.fin->time);
  call.after_frame = ending.peer_fin->index;
  calls.push_back(call);
}

// A stack that resets because it has forgotten, or given up, does to the wire what an abort does there.
void add_reset(const HostEnding& ending, const ApplicationPlan& plan, std::vector<PlannedCall>& calls) {
  if (ending.reset == nullptr || (plan.active && !ending.was_opened)) return;
  calls.push_back(call_at(*ending.reset, judge::Call::Kind::kAbort));
}

void add_closing_calls(const HostEnding& ending, ApplicationPlan& plan) {
  using Kind = judge::Call::Kind;
  std::vector<PlannedCall> calls;
  switch (plan.close) {
    case CloseKind::kNone:
    case CloseKind::kRefused:
      break;
    case CloseKind::kShutdown:
      calls.push_back(fin_call(ending, plan, Kind::kShutdown));
      close_behind_shutdown(ending, calls);
      break;
    case CloseKind::kClose:
      if (ending.data_after_fin != nullptr) {  // it still took some: the close came later than the FIN
        calls.push_back(fin_call(ending, plan, Kind::kShutdown));
        calls.push_back(call_at(*ending.data_after_fin, Kind::kClose));
        calls.back().after_frame = ending.data_after_fin->index;
      } else {
        calls.push_back(fin_call(ending, plan, Kind::kClose));
      }
      break;
    case CloseKind::kAbort:
    case CloseKind::kStackReset:
    case CloseKind::kTimeout:
      if (ending.fin != nullptr) calls.push_back(fin_call(ending, plan, Kind::kShutdown));
      add_reset(ending, plan, calls);
      break;
  }
  plan.calls.insert(plan.calls.end(), calls.begin(), calls.end());
}

}  // namespace

void infer_closing(const HostView& view, ApplicationPlan& plan) {
  const HostEnding ending = EndingFinder(view).find();
  plan.close = kind_of(ending, plan);
  add_closing_calls(ending, plan);
}

}  // namespace fourtuple::replay
