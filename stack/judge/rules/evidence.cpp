#include "stack/judge/rules/evidence.hpp"

#include <fmt/format.h>

namespace fourtuple::judge {

bool hears_all(const Endpoint& endpoint) {
  return endpoint.circumstances().is_near && !endpoint.circumstances().has_gaps;
}

bool hears_all_in_time(const Endpoint& endpoint) {
  return hears_all(endpoint) && !endpoint.circumstances().times_are_doubtful;
}

bool is_synchronized(const Endpoint& endpoint) { return endpoint.is_open() && !endpoint.is_over(); }

bool is_heard(const Endpoint& endpoint, const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  return !segment.sent && !segment.checksum_is_wrong && flags.ack() && !flags.rst() && endpoint.may_take(segment);
}

bool is_fresh(const Endpoint& endpoint, const TracedSegment& segment) {
  if (!endpoint.uses_timestamps()) return true;
  const auto& stamps = segment.segment.options.timestamps;
  const auto& latest = endpoint.sender_of(segment).timestamp;
  return stamps && (!latest || stamp_distance(*latest, stamps->value) >= 0);
}

bool is_acceptable(const Endpoint& endpoint, const TracedSegment& segment) {
  const Extent extent = extent_of(endpoint, segment);
  const bool is_old = extent.end < endpoint.rcv_nxt() || (segment.length() > 0 && extent.end == endpoint.rcv_nxt());
  // What stands at the right edge is outside, unless that is where the next octet is expected. [RFC9293 3.10.7.4]
  return !is_old && (extent.begin < endpoint.offered_edge() || extent.begin == endpoint.rcv_nxt());
}

bool leaves_a_hole(const Endpoint& endpoint, const TracedSegment& segment) {
  if (!is_heard(endpoint, segment) || !is_fresh(endpoint, segment) || segment.payload_octets() == 0) return false;
  const Extent octets = octets_of(endpoint, segment);
  return octets.begin > endpoint.rcv_nxt() && octets.end <= endpoint.offered_edge();
}

Extent extent_of(const Endpoint& endpoint, const TracedSegment& segment) {
  const StreamOffset begin = endpoint.seq_of(segment);
  return {begin, begin + static_cast<StreamOffset>(segment.length())};
}

Extent octets_of(const Endpoint& endpoint, const TracedSegment& segment) {
  const StreamOffset begin = endpoint.seq_of(segment) + (segment.segment.flags.syn() ? 1 : 0);
  return {begin, begin + static_cast<StreamOffset>(segment.payload_octets())};
}

std::string in_words(Duration time) {
  const double microseconds = static_cast<double>(time.count()) / 1e3;
  if (microseconds < 1e3) return fmt::format("{:.0f} us", microseconds);
  if (microseconds < 1e6) return fmt::format("{:.4g} ms", microseconds / 1e3);
  return fmt::format("{:.4g} s", microseconds / 1e6);
}

std::string in_words(const Place& place) {
  return place.frame != 0 ? fmt::format("frame {}", place.frame) : fmt::format("segment {}", place.segment);
}

}  // namespace fourtuple::judge
