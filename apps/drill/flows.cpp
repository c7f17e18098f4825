#include "apps/drill/flows.hpp"

#include <algorithm>

#include "apps/drill/outcome.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::drill {

using packet_script::Packet;
using packet_script::TcpPacket;

void Flow::note_far(const TcpPacket& segment) {
  if (segment.flags.rst()) may_begin_again = true;
  if (segment.flags.fin()) is_far_done = true;
  if (segment.flags.syn()) note_far_syn(segment);
}

void Flow::note_far_syn(const TcpPacket& syn) {
  const bool answers = syn.flags.ack() && syn.ack && near.to_wire(*syn.ack) == near_syn + 1;
  if (!is_open && (!is_far_known || answers)) {
    is_far_known = true;
    far_syn = syn.sequence.first;
    far_mss = wire::kTcpDefaultMss;
    for (const auto& option : syn.options) {
      if (option.kind == packet_script::TcpOption::Kind::kMss) far_mss = static_cast<std::uint16_t>(option.value);
    }
  }
  const bool is_another = syn.sequence.first != last_far_syn || (is_near_done && is_far_done);
  if (!syn.flags.ack() && is_another) may_begin_again = true;
  last_far_syn = syn.sequence.first;
}

void Flow::note_near_syn(SeqNum sequence) {
  if (is_near_known && (!may_begin_again || sequence == near_syn)) return;
  const bool is_again = is_near_known;
  is_near_known = true;
  may_begin_again = false;
  near_syn = sequence;
  near = Shift::between(0, sequence);
  if (!is_again) return;
  is_open = is_near_done = is_far_done = false;
  far_syn = last_far_syn;
  is_far_known = false;
}

void Flow::note_near(const Segment& segment) {
  if (segment.flags.rst()) {
    may_begin_again = true;
  } else if (segment.flags.syn()) {
    note_near_syn(segment.seq);
  } else if (segment.flags.ack()) {
    is_open = true;
    if (segment.flags.fin()) is_near_done = true;
  }
}

void Flow::note_timestamp(std::uint32_t script, std::uint32_t wire) {
  if (!first_timestamp) first_timestamp = {script, wire};
  if (timestamps.size() < kMaxTimestamps) timestamps[script] = wire;
}

// A value that no expected segment carried is counted from the first one that was.
std::uint32_t Flow::timestamp_to_wire(std::uint32_t script) const {
  const auto known = timestamps.find(script);
  if (known != timestamps.end()) return known->second;
  if (!first_timestamp || script == 0) return script;
  return first_timestamp->second + (script - first_timestamp->first);
}

std::uint32_t Flow::timestamp_to_script(std::uint32_t wire) const {
  return first_timestamp ? first_timestamp->first + (wire - first_timestamp->second) : wire;
}

void Flows::listen_on(const Endpoint& local) {
  listening_ = local;
  awaits_syn_ = true;
}

void Flows::connect_from() { awaits_ours_ = true; }

void Flows::datagrams_on(std::uint8_t protocol, const FourTuple& name) {
  Flow* const known = find(name, protocol);
  current_[protocol] = known != nullptr ? known : &make(name, protocol);
}

Flow& Flows::make(const FourTuple& name, std::uint8_t protocol) {
  if (flows_.size() >= kMaxFlows) throw ScriptFailure({}, "the script talks of too many connections");
  Flow& flow = flows_.emplace_back();
  flow.protocol = protocol;
  flow.name = name;
  flow.path_mtu = static_cast<std::uint16_t>(std::min<std::size_t>(mtu_, 65535));
  return flow;
}

Flow* Flows::find(const FourTuple& name, std::uint8_t protocol) {
  const auto found = std::find_if(flows_.begin(), flows_.end(),
                                  [&](const Flow& one) { return one.name == name && one.protocol == protocol; });
  return found == flows_.end() ? nullptr : &*found;
}

Flow* Flows::current(std::uint8_t protocol) {
  const auto found = current_.find(protocol);
  return found == current_.end() ? nullptr : found->second;
}

// Of a packet that names its ports, or one port, or none.
FourTuple Flows::name_for(const Packet& packet) {
  const bool is_in = packet.direction == Packet::Direction::kIn;
  const auto local = is_in ? packet.destination_port : packet.source_port;
  const auto remote = is_in ? packet.source_port : packet.destination_port;
  const Endpoint bound = listening_.value_or(Endpoint{names_.local, names_.bind_port});
  const IpAddress here = bound.address.is_any() ? IpAddress(names_.local) : bound.address;
  return {{here, local.value_or(bound.port)}, {names_.remote, remote ? *remote : next_port_++}};
}

Flow& Flows::of_injected(const Packet& packet, std::uint8_t protocol) {
  if (packet.source_port || packet.destination_port) {
    const FourTuple name = name_for(packet);
    if (Flow* const known = find(name, protocol)) return *known;
    return make(name, protocol);
  }
  const auto* const tcp = std::get_if<TcpPacket>(&packet.content);
  const bool is_for_listener = tcp != nullptr && tcp->flags.syn() && !tcp->flags.ack() && awaits_syn_;
  Flow* const now = current(protocol);
  if (now != nullptr && !is_for_listener) return *now;
  if (is_for_listener) awaits_syn_ = false;
  return *(current_[protocol] = &make(name_for(packet), protocol));
}

Flow* Flows::of_expected(const Packet& packet, std::uint8_t protocol) {
  if (!packet.source_port && !packet.destination_port) return current(protocol);
  const auto fits = [&](const Flow& one) {
    return one.protocol == protocol && packet.source_port.value_or(one.name.local.port) == one.name.local.port &&
           packet.destination_port.value_or(one.name.remote.port) == one.name.remote.port;
  };
  const auto found = std::find_if(flows_.rbegin(), flows_.rend(), fits);
  return found == flows_.rend() ? nullptr : &*found;
}

Flow* Flows::of_emitted(const FourTuple& name, std::uint8_t protocol, bool begins) {
  if (Flow* const known = find(name, protocol)) {
    if (begins && awaits_ours_) {
      awaits_ours_ = false;
      current_[protocol] = known;
      known->may_begin_again = true;
    }
    return known;
  }
  if (!begins) return nullptr;
  Flow& flow = make(name, protocol);
  if (protocol != wire::ip_protocol::kTcp || awaits_ours_ || current(protocol) == nullptr) current_[protocol] = &flow;
  awaits_ours_ = false;
  return &flow;
}

}  // namespace fourtuple::drill
