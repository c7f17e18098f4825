// The Stack's set-up, clockwork and inspection: its entry points, each handed to the part that does it.
#include "stack/core/stack.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kMinMtu = 68;  // RFC 791 3.1
constexpr std::size_t kFramesAtOnce = 4;
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max() / 2;

}  // namespace

Stack::Stack(const StackConfig& config, RandomSource random) : parts_(std::make_unique<Parts>(config, random)) {}
Stack::~Stack() = default;

std::size_t Stack::attach(Driver& driver, const InterfaceConfig& config) {
  const std::size_t index = parts_->interfaces.size();
  parts_->egress.attach(driver);
  parts_->interfaces.push_back({&driver, config});
  InterfaceConfig& attached = parts_->interfaces.back().config;
  attached.mtu = std::clamp(std::min(config.mtu, driver.capabilities().mtu), kMinMtu, kLoopbackMtu);
  parts_->add_address(index, config.address);
  return index;
}

void Stack::add_address(std::size_t interface_index, Ipv4Prefix address) {
  if (interface_index < interface_count()) parts_->add_address(interface_index, address);
}

Result<void> Stack::add_route(const Route& route) {
  if (route.interface_index >= interface_count()) return failure(std::errc::no_such_device);
  const bool is_reachable =
      route.gateway.is_any() || parts_->addresses.is_on_link(route.interface_index, route.gateway);
  if (!is_reachable) return failure(std::errc::network_unreachable);
  return parts_->routes.add(route);
}

Result<void> Stack::remove_route(const Route& route) { return parts_->routes.remove(route); }
std::vector<Route> Stack::routes() const { return parts_->routes.all(); }
std::size_t Stack::interface_count() const { return parts_->interfaces.size(); }
const InterfaceConfig& Stack::interface(std::size_t index) const { return parts_->interfaces[index].config; }

void Stack::add_static_neighbour(std::size_t interface_index, Ipv4Address address, MacAddress mac) {
  parts_->neighbours.add_static({interface_index, address}, mac);
}

std::vector<NeighbourRow> Stack::neighbours() const {
  std::vector<NeighbourRow> rows;
  for (const auto& row : parts_->neighbours.rows()) {
    rows.push_back({row.key.address, row.mac, link::name(row.state), row.key.interface_index});
  }
  return rows;
}

void Stack::announce(Instant now) {  // [RFC5227 2.3]
  for (const auto& each : parts_->addresses.all()) {
    const MacAddress mac = interface(each.interface_index).mac;
    const wire::ArpPacket announcement{.operation = wire::ArpPacket::Operation::kRequest,
                                       .sender_mac = mac,
                                       .sender_ip = each.prefix.address,
                                       .target_mac = {},
                                       .target_ip = each.prefix.address};
    parts_->send_arp(each.interface_index, announcement, MacAddress::broadcast(), Cause::kArpAnswer, now);
  }
  parts_->settle(now);
}

void Stack::set_trace_sink(trace::Sink* sink) { parts_->sink = sink; }

std::size_t Stack::receive_from_driver(std::size_t interface_index, Instant now) {
  return receive_from_driver(interface_index, now, parts_->config.receive_batch, kNoLimit);
}

std::size_t Stack::receive_from_driver(std::size_t interface_index, Instant now, std::size_t limit,
                                       std::size_t enough_bytes) {
  Driver& driver = *parts_->interfaces[interface_index].driver;
  const std::uint64_t enough = parts_->counters.bytes_received + enough_bytes;
  std::size_t total = 0;
  // A few at a time, so that they are still in the processor's nearest cache when they are looked at.
  for (bool more = true; more && total < limit && parts_->counters.bytes_received < enough;) {
    const std::size_t wanted = std::min(kFramesAtOnce, limit - total);
    const std::size_t got = driver.receive(parts_->received, wanted, now);
    parts_->receive_frames(interface_index, parts_->received, now);
    parts_->received.clear();
    total += got;
    more = got == wanted;
  }
  if (total == 0) return 0;
  parts_->end_batch(now);
  parts_->settle(now);
  return total;
}

void Stack::receive(std::size_t interface_index, std::span<PacketBuffer> frames, Instant now) {
  parts_->receive_frames(interface_index, frames, now);
  parts_->end_batch(now);
  parts_->settle(now);
}

void Stack::send_owed_acks(Instant now) {
  with_tcp(now, [](tcp::Layer& layer, tcp::Context& context) { layer.send_owed_acks(context); });
}

bool Stack::owes_acks() const { return parts_->tcp.owes_acks(); }

Instant Stack::next_deadline() const { return parts_->next_deadline(); }
void Stack::advance(Instant now) { parts_->advance(now); }

std::vector<Notice> Stack::take_notices() { return std::exchange(parts_->outbox.notices, {}); }

void Stack::swap_notices(std::vector<Notice>& into) {
  into.clear();
  into.swap(parts_->outbox.notices);
}

const tcp::Layer& Stack::tcp() const { return parts_->tcp; }

Result<Stack::Way> Stack::way_to(const IpAddress& remote, const wire::IpOptions& options) const {
  if (!remote.is_v4()) return failure(std::errc::network_unreachable);
  const auto exit = parts_->exit_to(options.first_hop(remote.v4()), {.neighbours_only = options.is_strict()});
  if (!exit) return failure(exit.error());
  const bool is_host = exit->kind == Exit::Kind::kLocal || exit->kind == Exit::Kind::kUnicast;
  if (!is_host) return failure(std::errc::network_unreachable);  // no connection to a group [RFC9293 MUST-46]
  return parts_->way_by(*exit, options.size());
}

bool Stack::is_local(const IpAddress& address) const {
  return address.is_v4() && parts_->addresses.is_ours(address.v4());
}

void Stack::for_each_datagram_socket(const std::function<void(const DatagramRow&)>& visit) const {
  parts_->udp.for_each([&](const udp::Socket& socket) {
    if (socket.local.port == 0) return;
    visit({{socket.local, socket.remote}, wire::ip_protocol::kUdp, socket.queue.bytes(), socket.owner, false});
  });
  parts_->raw.for_each([&](const ip::RawSocket& socket) {
    const FourTuple name{{socket.local, socket.protocol}, {socket.remote, 0}};
    visit({name, socket.protocol, socket.queue.bytes(), socket.owner, true});
  });
}

const StackCounters& Stack::counters() const { return parts_->counters; }
const StackConfig& Stack::config() const { return parts_->config; }
BufferPool& Stack::buffers() { return parts_->pool; }

const char* Stack::broken_invariant() const {
  if (const char* broken = parts_->neighbours.broken_invariant()) return broken;
  if (const char* broken = parts_->reassembler.broken_invariant()) return broken;
  if (!parts_->egress.is_empty()) return "frames were left behind by a flush";
  if (!parts_->outbox.segments.empty()) return "segments were left behind by a flush";
  return parts_->tcp.broken_invariant();
}

Stack::TcpCall::TcpCall(Stack& stack, Instant now) : stack_(stack), context_(stack.parts_->context(now)) {}
Stack::TcpCall::~TcpCall() { stack_.parts_->settle(context_.now); }
tcp::Layer& Stack::TcpCall::layer() { return stack_.parts_->tcp; }

}  // namespace fourtuple
