#include <algorithm>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {

bool Sending::is_new_data(const LivedFrame& frame) const {
  const bool is_in_window = !heard_ || frame.seq <= right_edge_;  // else it is not the host's, or of another life
  return frame.sent && !frame.flags.syn() && !frame.flags.rst() && frame.end() > end_ && is_in_window;
}

bool Sending::is_released(const LivedFrame& frame, Duration prompt) const {
  return released_at_ && frame.time - *released_at_ <= prompt;
}

bool Sending::is_probe(const LivedFrame& frame) const {
  return frame.sent && frame.octets <= 1 && !frame.flags.syn() && !frame.flags.fin() && !frame.flags.rst() &&
         !has_in_flight() && frame.seq == end_ - 1;
}

void Sending::take(const LivedFrame& frame) {
  if (frame.flags.rst() || frame.flags.syn()) {
    if (!frame.sent && frame.flags.ack() && !frame.flags.rst()) take_word(frame);
    return;
  }
  if (frame.sent) {
    take_sent(frame);
  } else if (frame.flags.ack() && frame.ack <= end_) {
    take_word(frame);
  }
}

void Sending::take_sent(const LivedFrame& frame) {
  if (heard_ && frame.seq > right_edge_) return;
  const bool brings_more = frame.end_with_fin() > end_;
  if (!brings_more && frame.end_with_fin() > frame.seq && frame.seq < end_ && !is_probe(frame)) {
    repaired_at_ = end_;  // it sends again
  } else if (frame.seq > end_) {
    repaired_at_ = frame.end_with_fin();  // octets were lost on the way to the capture; they will come again
  }
  end_ = std::max(end_, frame.end_with_fin());
}

void Sending::take_word(const LivedFrame& frame) {
  const bool limited = has_in_flight() || right_edge_ - end_ < full_size_;
  const bool advances = frame.ack > acked_ || frame.right_edge() > right_edge_;
  notice_loss(frame);
  if (limited && advances) released_at_ = frame.time;
  acked_ = std::max(acked_, frame.ack);
  right_edge_ = std::max(right_edge_, frame.right_edge());
  window_ = frame.window;
  heard_ = true;
}

// Duplicate acknowledgments and SACK blocks speak of holes. [RFC5681 2] [RFC2018 4]
void Sending::notice_loss(const LivedFrame& frame) {
  const bool repeats = heard_ && frame.ack == acked_ && frame.is_bare() && frame.window == window_ && has_in_flight();
  if (repeats || (frame.sack_count > 0 && has_in_flight())) repaired_at_ = std::max(end_, repaired_at_.value_or(0));
}

}  // namespace fourtuple::replay
