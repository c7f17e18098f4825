// The steps that infer an application from what its host sent, and what they share. [REPLAY (a)]
#pragma once

#include <optional>
#include <vector>

#include "apps/replay/application.hpp"
#include "apps/replay/host_view.hpp"

namespace fourtuple::replay {

// What the host knows about its own direction while frames pass. Frames are taken in the view's order.
class Sending {
 public:
  explicit Sending(const HostView& view) : full_size_(view.full_size) {}
  void take(const LivedFrame& frame);

  // One past the highest octet that it sent, FIN counted.
  [[nodiscard]] StreamOffset end() const { return end_; }
  [[nodiscard]] StreamOffset acked() const { return acked_; }
  // The segment reaches the end of the peer's window: it may have been cut there.
  [[nodiscard]] bool fills_window(const LivedFrame& frame) const { return heard_ && frame.end() >= right_edge_; }
  [[nodiscard]] std::uint64_t window() const { return window_; }  // by the latest frame
  [[nodiscard]] bool has_in_flight() const { return acked_ < end_; }
  // What it sent last was acknowledged as lost, or sent again, and not all of that is acknowledged yet.
  [[nodiscard]] bool is_repairing() const { return repaired_at_ && acked_ < *repaired_at_; }
  // The frame brings octets that the host had not sent before, or stands behind such that were lost on the way to the
  // capture.
  [[nodiscard]] bool is_new_data(const LivedFrame& frame) const;
  // A frame that the peer's last word made possible, at once: the stack sent it, whenever the application wrote.
  [[nodiscard]] bool is_released(const LivedFrame& frame, Duration prompt) const;
  // An octet before the end or none, while nothing is in flight: it asks whether the peer still lives, or whether its
  // window is still closed. [RFC9293 MUST-25] [RFC9293 MUST-36]
  [[nodiscard]] bool is_probe(const LivedFrame& frame) const;

 private:
  void take_sent(const LivedFrame& frame);
  void take_word(const LivedFrame& frame);
  void notice_loss(const LivedFrame& frame);

  StreamOffset full_size_;
  StreamOffset end_ = 1;
  StreamOffset acked_ = 1;
  StreamOffset right_edge_ = 1;
  std::uint64_t window_ = 0;
  bool heard_ = false;  // the peer has offered a window
  std::optional<StreamOffset> repaired_at_;
  std::optional<capture::CaptureTime> released_at_;
};

// All octets that the host wrote: what stands without a hole from the first on, of overlaps what came first.
[[nodiscard]] std::vector<std::uint8_t> written_stream(const capture::Conversation& conversation, const HostView& view);

// Each step adds its calls to the plan.
void infer_opening(const HostView& view, ApplicationPlan& plan);
void infer_options(const HostView& view, ApplicationPlan& plan);
// Preconditions: the stream is known.
void infer_writes(const HostView& view, ApplicationPlan& plan);
void infer_reads(const HostView& view, ApplicationPlan& plan);
// Precondition: the writes are inferred.
void infer_closing(const HostView& view, ApplicationPlan& plan);

// A call that this frame shows.
[[nodiscard]] PlannedCall call_at(const LivedFrame& frame, judge::Call::Kind kind, std::uint64_t octets = 0);
// In order of time; what is called at one moment keeps its order, but the opening comes first and the closing last.
void sort_calls(std::vector<PlannedCall>& calls);

}  // namespace fourtuple::replay
