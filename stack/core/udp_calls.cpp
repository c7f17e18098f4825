// What sockets ask of UDP.
#include <utility>

#include "stack/core/gather.hpp"
#include "stack/core/parts.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kMaxUdpPayload = wire::kIpv4MaxPacketSize - wire::kIpv4HeaderSize - wire::kUdpHeaderSize;

}  // namespace

Result<UdpId> Stack::udp_open(const DatagramOptions& options, OwnerId owner) {
  return parts_->udp.open(options, owner);
}

Result<void> Stack::udp_bind(UdpId id, const Endpoint& local) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (!local.address.is_v4()) return failure(std::errc::address_family_not_supported);
  const Ipv4Address address = local.address.v4();
  const bool is_usable = address.is_any() || address.is_multicast() || parts_->addresses.is_ours(address) ||
                         parts_->addresses.is_broadcast(address) || socket->options.any_address;
  if (!is_usable) return failure(std::errc::address_not_available);
  return parts_->udp.bind(*socket, local, parts_->random);
}

Result<void> Stack::udp_connect(UdpId id, const Endpoint& remote) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (!remote.address.is_v4()) return failure(std::errc::address_family_not_supported);
  const Ipv4Address to = remote.address.is_any() ? kLoopbackAddress : remote.address.v4();
  if (parts_->addresses.is_broadcast(to) && !socket->options.broadcast) return failure(std::errc::permission_denied);
  const auto exit = parts_->exit_of_datagram(*socket, socket->local.address.v4(), to, {});
  if (!exit) return failure(exit.error());
  const auto source = parts_->source_of_datagram(*socket, socket->local.address.v4(), to, *exit, {});
  if (!source) return failure(source.error());
  const auto bound = parts_->udp.bind_if_needed(*socket, parts_->random);
  if (!bound) return bound;
  parts_->udp.connect(*socket, *source, {to, remote.port});
  return {};
}

void Stack::udp_disconnect(UdpId id) {
  if (udp::Socket* const socket = parts_->udp.find(id)) parts_->udp.disconnect(*socket);
}

Result<std::size_t> Stack::udp_send(UdpId id, std::span<const ByteView> pieces, const std::optional<Endpoint>& remote,
                                    Instant now, const SendDetails& details) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (const std::errc error = std::exchange(socket->error, {}); error != std::errc{}) return failure(error);
  if (!remote && !socket->is_connected) return failure(std::errc::destination_address_required);
  if (remote && remote->port == 0) return failure(std::errc::invalid_argument);
  const auto sent = parts_->send_datagram(*socket, pieces, remote.value_or(socket->remote), details, now);
  parts_->settle(now);
  return sent;
}

Result<std::size_t> Stack::Parts::send_datagram(udp::Socket& socket, std::span<const ByteView> pieces,
                                                const Endpoint& remote, const SendDetails& details, Instant now) {
  if (!remote.address.is_v4()) return failure(std::errc::address_family_not_supported);
  const std::size_t size = total_size(pieces);
  if (size > kMaxUdpPayload) return failure(std::errc::message_size);
  const Endpoint to{remote.address.is_any() ? kLoopbackAddress : remote.address.v4(), remote.port};
  const auto departure =
      depart(socket, wire::ip_protocol::kUdp, socket.local.address.v4(), to, wire::kUdpHeaderSize + size, details);
  if (!departure) return failure(departure.error());
  if (const auto bound = udp.bind_if_needed(socket, random); !bound) return failure(bound.error());
  auto payload = gather(pieces, size, pool);
  if (!payload) return failure(std::errc::no_buffer_space);
  IpPacket packet{.header = departure->header, .payload = std::move(*payload), .options = departure->options};
  packet.loops_back = socket.options.multicast_loop || !to.address.v4().is_multicast();
  const ByteView body = std::as_const(packet.payload).bytes();
  const wire::UdpHeader header{.source_port = socket.local.port, .destination_port = remote.port};
  const ByteSpan at = packet.payload.prepend(wire::kUdpHeaderSize);
  header.emit(at, packet.header.source, to.address, body);
  if (socket.options.no_checksum) wire::UdpHeader::omit_checksum(at);
  if (const auto sent = send_packet(std::move(packet), departure->exit, now); !sent) return failure(sent.error());
  ++counters.datagrams_sent;
  return size;
}

Result<ReceivedDatagram> Stack::udp_receive(UdpId id) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (const std::errc error = std::exchange(socket->error, {}); error != std::errc{}) return failure(error);
  if (socket->queue.empty()) return failure(std::errc::operation_would_block);
  return socket->queue.pop();
}

const ReceivedDatagram* Stack::udp_peek(UdpId id) const {
  const udp::Socket* const socket = parts_->udp.find(id);
  return socket == nullptr || socket->queue.empty() ? nullptr : &socket->queue.front();
}

Endpoint Stack::udp_local(UdpId id) const {
  const udp::Socket* const socket = parts_->udp.find(id);
  return socket == nullptr ? Endpoint{} : socket->local;
}

std::optional<Endpoint> Stack::udp_remote(UdpId id) const {
  const udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr || !socket->is_connected) return std::nullopt;
  return socket->remote;
}

std::errc Stack::udp_take_error(UdpId id) {
  udp::Socket* const socket = parts_->udp.find(id);
  return socket == nullptr ? std::errc::bad_file_descriptor : std::exchange(socket->error, {});
}

std::errc Stack::udp_error(UdpId id) const {
  const udp::Socket* const socket = parts_->udp.find(id);
  return socket == nullptr ? std::errc::bad_file_descriptor : socket->error;
}

Result<void> Stack::udp_set_options(UdpId id, const DatagramOptions& options) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  parts_->udp.set_options(*socket, options);
  return {};
}

Result<NetworkError> Stack::take_queued_error(DatagramId id) {
  DatagramState* const socket = parts_->state_of(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (socket->errors.empty()) return failure(std::errc::operation_would_block);
  return socket->take_queued_error();
}

bool Stack::has_queued_error(DatagramId id) const {
  const DatagramState* const socket = parts_->state_of(id);
  return socket != nullptr && !socket->errors.empty();
}

void Stack::udp_close(UdpId id) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return;
  parts_->leave_all_groups(*socket);
  parts_->udp.close(id);
}

}  // namespace fourtuple
