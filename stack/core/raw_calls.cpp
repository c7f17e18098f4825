// What sockets ask of raw IP.
#include <utility>

#include "stack/core/gather.hpp"
#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

constexpr std::uint8_t kRawProtocol = 255;  // IPPROTO_RAW: the header is always the sender's

}  // namespace

Result<RawId> Stack::raw_open(std::uint8_t protocol, const DatagramOptions& options, OwnerId owner) {
  DatagramOptions adjusted = options;
  if (protocol == kRawProtocol) adjusted.header_included = true;
  return parts_->raw.open(protocol, adjusted, owner);
}

Result<void> Stack::raw_bind(RawId id, const IpAddress& local) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  const bool is_group = local.is_v4() && (local.v4().is_multicast() || parts_->addresses.is_broadcast(local.v4()));
  const bool is_usable = local.is_any() || is_local(local) || is_group || socket->options.any_address;
  if (!is_usable) return failure(std::errc::address_not_available);
  socket->local = local;
  return {};
}

Result<void> Stack::raw_connect(RawId id, const IpAddress& remote) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (!remote.is_v4()) return failure(std::errc::address_family_not_supported);
  if (!remote.is_any()) {
    const bool is_broadcast = parts_->addresses.is_broadcast(remote.v4());
    if (is_broadcast && !socket->options.broadcast) return failure(std::errc::permission_denied);
    const auto exit = parts_->exit_of_datagram(*socket, socket->local.v4(), remote.v4(), {});
    if (!exit) return failure(exit.error());
  }
  socket->remote = remote;  // 0.0.0.0 dissolves
  return {};
}

Result<std::size_t> Stack::raw_send(RawId id, std::span<const ByteView> pieces, const std::optional<IpAddress>& remote,
                                    Instant now, const SendDetails& details) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (const std::errc error = std::exchange(socket->error, {}); error != std::errc{}) return failure(error);
  const IpAddress to = remote.value_or(socket->remote);
  if (!remote && to.is_any()) return failure(std::errc::destination_address_required);
  if (!to.is_v4()) return failure(std::errc::address_family_not_supported);
  const auto sent = parts_->send_raw(*socket, pieces, to.is_any() ? kLoopbackAddress : to.v4(), details, now);
  parts_->settle(now);
  return sent;
}

Result<std::size_t> Stack::Parts::send_raw(ip::RawSocket& socket, std::span<const ByteView> pieces, Ipv4Address remote,
                                           const SendDetails& details, Instant now) {
  if (socket.options.header_included) return send_with_header(socket, pieces, remote, details, now);
  const std::size_t size = total_size(pieces);
  if (size > wire::kIpv4MaxPacketSize) return failure(std::errc::message_size);
  const auto departure = depart(socket, socket.protocol, socket.local.v4(), {remote, 0}, size, details);
  if (!departure) return failure(departure.error());
  auto payload = gather(pieces, size, pool);
  if (!payload) return failure(std::errc::no_buffer_space);
  IpPacket packet{.header = departure->header, .payload = std::move(*payload), .options = departure->options};
  packet.loops_back = socket.options.multicast_loop || !remote.is_multicast();
  if (const auto sent = send_packet(std::move(packet), departure->exit, now); !sent) return failure(sent.error());
  ++counters.datagrams_sent;
  return size;
}

// IP_HDRINCL, with Linux's help: total length and checksum are always ours, source and identification where they are
// zero. Such a packet is never fragmented; options pass as they are.
Result<std::size_t> Stack::Parts::send_with_header(ip::RawSocket& socket, std::span<const ByteView> pieces,
                                                   Ipv4Address remote, const SendDetails& details, Instant now) {
  const std::size_t size = total_size(pieces);
  if (addresses.is_broadcast(remote) && !socket.options.broadcast) return failure(std::errc::permission_denied);
  const auto exit = exit_of_datagram(socket, socket.local.v4(), remote, details);
  if (!exit) return failure(exit.error());
  if (size > exit->mtu) return failure(std::errc::message_size);
  auto packet = gather(pieces, size, pool);
  if (!packet) return failure(std::errc::no_buffer_space);
  const ByteSpan bytes = packet->bytes();
  if (!wire::set_total_length(bytes)) return failure(std::errc::invalid_argument);
  auto header = wire::Ipv4Header::parse(bytes, false);
  if (!header || header->ttl == 0) return failure(std::errc::invalid_argument);
  if (header->source.is_any()) header->source = socket.local.is_any() ? exit->source : socket.local.v4();
  if (header->identification == 0) {
    header->identification = identification.take(header->source, header->destination, header->protocol);
  }
  header->emit(bytes);
  packet->offload = {.checksum = ChecksumState::kComplete};
  (void)packet->prepend(wire::kEthernetHeaderSize);
  ++counters.datagrams_sent;
  if (exit->interface_index == ip::kLoopbackInterface) {
    packet->offload.checksum = ChecksumState::kUnknown;  // nobody has looked at what the application wrote
    loop_back(ip::kLoopbackInterface, std::move(*packet), Cause::kDatagram, now);
    return size;
  }
  transmit_buffer(*exit, std::move(*packet), Cause::kDatagram, now);
  return size;
}

Result<ReceivedDatagram> Stack::raw_receive(RawId id) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (const std::errc error = std::exchange(socket->error, {}); error != std::errc{}) return failure(error);
  if (socket->queue.empty()) return failure(std::errc::operation_would_block);
  return socket->queue.pop();
}

const ReceivedDatagram* Stack::raw_peek(RawId id) const {
  const ip::RawSocket* const socket = parts_->raw.find(id);
  return socket == nullptr || socket->queue.empty() ? nullptr : &socket->queue.front();
}

std::errc Stack::raw_take_error(RawId id) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  return socket == nullptr ? std::errc::bad_file_descriptor : std::exchange(socket->error, {});
}

std::errc Stack::raw_error(RawId id) const {
  const ip::RawSocket* const socket = parts_->raw.find(id);
  return socket == nullptr ? std::errc::bad_file_descriptor : socket->error;
}

Result<void> Stack::raw_set_options(RawId id, const DatagramOptions& options) {
  ip::RawSocket* const socket = parts_->raw.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  parts_->raw.set_options(*socket, options);
  return {};
}

void Stack::raw_close(RawId id) {
  if (ip::RawSocket* const socket = parts_->raw.find(id)) parts_->leave_all_groups(*socket);
  parts_->raw.close(id);
}

}  // namespace fourtuple
