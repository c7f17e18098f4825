#include "apps/replay/inference.hpp"

namespace fourtuple::replay {
namespace {

constexpr Duration kShortestIdle = 900ms;  // nobody's keepalive counts less than a second

// Nagle's algorithm keeps at most one short segment in flight, in every reading of it. [RFC9293 SHLD-7] A second one
// says that it was off. [RFC9293 MUST-17]
class NagleWatch {
 public:
  explicit NagleWatch(const HostView& view) : full_size_(view.full_size) {}

  void take(const LivedFrame& frame, const Sending& sending) {
    if (!sending.is_new_data(frame) || frame.octets >= full_size_) return;
    const bool was_cut = sending.fills_window(frame);
    if (sending.acked() < short_end_ && !frame.flags.fin() && !was_cut && !sending.is_repairing()) is_off_ = true;
    short_end_ = frame.end();
  }
  [[nodiscard]] bool is_off() const { return is_off_; }

 private:
  StreamOffset full_size_;
  StreamOffset short_end_ = 0;  // of the last short segment
  bool is_off_ = false;
};

// Probes into an open window while nothing is in flight. [RFC9293 MUST-26]
class KeepaliveWatch {
 public:
  void take(const LivedFrame& frame, const Sending& sending) {
    if (!sending.is_probe(frame)) {
      if (frame.octets > 0 || frame.flags.syn() || frame.flags.fin()) busy_at_ = frame.time;
      return;
    }
    if (sending.window() == 0 || frame.time - busy_at_ < kShortestIdle) {
      return;
    }  // it asks for the window, or repeats
    if (probes_ == 0) idle_ = frame.time - busy_at_;
    if (probes_ == 1) interval_ = frame.time - last_;
    last_ = frame.time;
    ++probes_;
  }

  [[nodiscard]] bool is_on() const { return probes_ > 0; }
  [[nodiscard]] PlannedCall call(const PlannedCall& opening) const {
    PlannedCall call = opening;
    call.kind = judge::Call::Kind::kKeepAlive;
    call.idle = idle_;
    call.interval = interval_;
    return call;
  }

 private:
  capture::CaptureTime busy_at_{};
  capture::CaptureTime last_{};
  Duration idle_{};
  Duration interval_{};
  unsigned probes_ = 0;
};

}  // namespace

// Options are set when the connection is opened: the frames do not show when.
void infer_options(const HostView& view, ApplicationPlan& plan) {
  if (plan.calls.empty()) return;
  Sending sending(view);
  NagleWatch nagle(view);
  KeepaliveWatch keepalive;
  for (const LivedFrame& frame : view.frames) {
    nagle.take(frame, sending);
    keepalive.take(frame, sending);
    sending.take(frame);
  }
  PlannedCall call = plan.calls.front();
  if (nagle.is_off()) {
    call.kind = judge::Call::Kind::kNoDelay;
    plan.calls.push_back(call);
  }
  if (keepalive.is_on()) plan.calls.push_back(keepalive.call(call));
}

}  // namespace fourtuple::replay
