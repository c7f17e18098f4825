#include "stack/core/segment_rules.hpp"

#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

constexpr wire::IpOptions kNoOptions;

}  // namespace

const wire::IpOptions& Stack::Parts::options_for(const FourTuple& name) const {
  if (segment_rules.empty()) return kNoOptions;
  const SegmentRules* const rules = segment_rules.find(name);
  return rules == nullptr ? kNoOptions : rules->options;
}

// False where the segment must not reach TCP. Notes the way back along a source route.
bool Stack::Parts::admit_segment(const ip::Arrival& arrival, const FourTuple& name, TcpFlags flags, ByteView packet,
                                 std::size_t tcp_header_size, Instant now) {
  const std::size_t option_bytes = arrival.header.header_size - wire::kIpv4HeaderSize;
  if (segment_rules.empty() && option_bytes == 0) return true;
  const SegmentRules* const own = segment_rules.find(name);
  const SegmentRules* const rules = own != nullptr ? own : segment_rules.find_listeners(name.local);
  if (rules != nullptr && arrival.header.ttl < rules->minimum_ttl) {
    drop(DropReason::kIpTtlExpired, frame_around(packet), now);  // [RFC5082 3]
    return false;
  }
  if (flags.syn() && !flags.ack() && !tcp.has_connection(name)) {
    welcome_syn(name, packet, arrival.header.header_size + tcp_header_size);
  }
  // A route that arrives later outweighs an earlier one, but not the application's. [RFC9293 MUST-52, MUST-53, SHLD-24]
  const auto back = wire::IpOptions::return_route(packet.subspan(wire::kIpv4HeaderSize, option_bytes));
  const bool has_room =
      back && segment_rules.make_room([this](const FourTuple& one) { return tcp.has_connection(one); });
  if (has_room && !segment_rules.at(name).is_chosen) segment_rules.at(name).options = *back;
  return true;
}

// A new connection begins: what an older one of the same name left behind is forgotten, the listener's rules are its.
void Stack::Parts::welcome_syn(const FourTuple& name, ByteView packet, std::size_t header_size) {
  segment_rules.set(name, {});
  const SegmentRules* const listeners = segment_rules.find_listeners(name.local);
  if (listeners == nullptr) return;
  SegmentRules rules;
  rules.minimum_ttl = listeners->minimum_ttl;
  if (listeners->keeps_syn) {
    const ByteView headers = packet.first(std::min(header_size, packet.size()));
    rules.syn.assign(headers.begin(), headers.end());
  }
  if (segment_rules.make_room([this](const FourTuple& one) { return tcp.has_connection(one); })) {
    segment_rules.set(name, std::move(rules));
  }
}

void Stack::set_segment_rules(const FourTuple& name, const SegmentRules& rules) {
  const bool has_room =
      parts_->segment_rules.make_room([this](const FourTuple& one) { return parts_->tcp.has_connection(one); });
  if (has_room || !rules.is_needed()) parts_->segment_rules.set(name, rules);
}

const SegmentRules* Stack::segment_rules(const FourTuple& name) const { return parts_->segment_rules.find(name); }

}  // namespace fourtuple
