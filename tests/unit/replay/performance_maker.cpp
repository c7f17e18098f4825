#include "tests/unit/replay/performance_maker.hpp"

namespace fourtuple::replay {

Performance performance_like(const capture::Conversation& conversation, capture::Host role) {
  Performance performance;
  performance.role = role;
  performance.begin = Instant(std::chrono::hours(1));
  const capture::CaptureTime first = conversation.frames.front().time;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    const capture::TcpFrame& frame = conversation.frames[i];
    if (frame.odd.exact_duplicate) continue;
    const Instant time = performance.begin + (frame.time - first);
    if (frame.from != role) {
      Delivery delivery;
      delivery.frame = i;
      delivery.recorded = frame.time;
      delivery.delivered = time;
      delivery.segment = frame.segment;
      delivery.checksum_is_wrong = frame.checksum_is_wrong;
      performance.deliveries.push_back(delivery);
    } else {
      OurSegment ours;
      ours.time = time;
      ours.segment = frame.segment;
      ours.deliveries_before = performance.deliveries.size();
      performance.segments.push_back(ours);
    }
    performance.end = time;
  }
  return performance;
}

Comparison comparison_of(const capture::Conversation& conversation, const Performance& performance,
                         const capture::Vantage& vantage, ByteView stream) {
  return {conversation,
          performance,
          vantage,
          stream,
          emissions_of(conversation, performance),
          emissions_of(conversation, performance.role, vantage)};
}

}  // namespace fourtuple::replay
