#include "stack/socket/datagram_socket.hpp"

#include <algorithm>
#include <cstring>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace fourtuple::sockets {
namespace {

// Copies what fits; the rest of a datagram is lost.
std::size_t scatter(ByteView from, std::span<const ByteSpan> to) {
  std::size_t copied = 0;
  for (const ByteSpan piece : to) {
    const std::size_t count = std::min(piece.size(), from.size() - copied);
    if (count != 0 && piece.data() != nullptr) std::memcpy(piece.data(), from.data() + copied, count);
    copied += count;
  }
  return copied;
}

[[nodiscard]] Received describe(const ReceivedDatagram& datagram, std::span<const ByteSpan> pieces, int flags) {
  Received received{.source = datagram.source,
                    .destination = datagram.destination,
                    .ttl = datagram.ttl,
                    .tos = datagram.tos,
                    .interface_index = datagram.interface_index};
  const std::size_t size = datagram.payload.size();
  received.count = scatter(datagram.payload.bytes(), pieces);
  if (received.count < size) received.flags |= MSG_TRUNC;
  if ((flags & MSG_TRUNC) != 0) received.count = size;
  return received;
}

}  // namespace

Result<std::shared_ptr<Socket>> DatagramSocket::open(int type, int protocol, Turn& turn) {
  auto socket = std::make_shared<DatagramSocket>(type, protocol, turn);
  if (type == SOCK_RAW) {
    socket->settings_.header_included = protocol == IPPROTO_RAW;
    auto raw = turn.stack().raw_open(static_cast<std::uint8_t>(protocol), socket->options(), socket->owner());
    if (!raw) return failure(raw.error());
    socket->raw_ = *raw;
    return socket;
  }
  auto udp = turn.stack().udp_open(socket->options(), socket->owner());
  if (!udp) return failure(udp.error());
  socket->udp_ = *udp;
  return socket;
}

DatagramOptions DatagramSocket::options() const {
  return {.reuse_address = settings_.reuse_address,
          .reuse_port = settings_.reuse_port,
          .broadcast = settings_.broadcast,
          .ttl = settings_.tcp.ttl,
          .multicast_ttl = settings_.multicast_ttl,
          .multicast_loop = settings_.multicast_loop,
          .tos = settings_.tcp.tos,
          .path_mtu_discovery = static_cast<PathMtuDiscovery>(settings_.mtu_discover),
          .header_included = settings_.header_included,
          .receive_buffer_bytes = settings_.tcp.receive_buffer_bytes};
}

Result<void> DatagramSocket::apply_settings(Turn& turn) {
  return is_raw() ? turn.stack().raw_set_options(raw_, options()) : turn.stack().udp_set_options(udp_, options());
}

Result<void> DatagramSocket::bind(const Endpoint& local, Turn& turn) {
  if (!is_raw()) return turn.stack().udp_bind(udp_, local);
  auto bound = turn.stack().raw_bind(raw_, local.address);
  if (bound) raw_local_ = {local.address, 0};
  return bound;
}

Result<void> DatagramSocket::connect(const Endpoint& remote, Turn& turn) {
  if (!is_raw()) return turn.stack().udp_connect(udp_, remote);
  auto connected = turn.stack().raw_connect(raw_, remote.address);
  if (connected) raw_remote_ = Endpoint{remote.address, 0};
  return connected;
}

Result<void> DatagramSocket::disconnect(Turn& turn) {
  if (!is_raw()) {
    turn.stack().udp_disconnect(udp_);
    return {};
  }
  raw_remote_.reset();
  return turn.stack().raw_connect(raw_, IpAddress());
}

const ReceivedDatagram* DatagramSocket::oldest(Turn& turn) const {
  return is_raw() ? turn.stack().raw_peek(raw_) : turn.stack().udp_peek(udp_);
}

Result<ReceivedDatagram> DatagramSocket::take(Turn& turn) {
  return is_raw() ? turn.stack().raw_receive(raw_) : turn.stack().udp_receive(udp_);
}

Result<Received> DatagramSocket::receive(std::span<const ByteSpan> pieces, int flags, Turn& turn) {
  if ((flags & MSG_OOB) != 0) return failure(std::errc::operation_not_supported);
  if (const std::errc error = take_error(turn); error != std::errc{}) return failure(error);
  const ReceivedDatagram* const waiting = oldest(turn);
  if (waiting == nullptr) {
    if (receive_shut_) return Received{};
    return failure(std::errc::operation_would_block);
  }
  if ((flags & MSG_PEEK) != 0) return describe(*waiting, pieces, flags);
  const auto datagram = take(turn);
  if (!datagram) return failure(datagram.error());
  return describe(*datagram, pieces, flags);
}

Result<std::size_t> DatagramSocket::send(std::span<const ByteView> pieces, int flags, const Endpoint* to, Turn& turn) {
  if ((flags & MSG_OOB) != 0) return failure(std::errc::operation_not_supported);
  if (send_shut_) return failure(std::errc::broken_pipe);
  if (!is_raw()) {
    if (to != nullptr && to->port == 0) return failure(std::errc::invalid_argument);
    return turn.stack().udp_send(udp_, pieces, to != nullptr ? std::optional(*to) : std::nullopt, turn.now());
  }
  return turn.stack().raw_send(raw_, pieces, to != nullptr ? std::optional(to->address) : std::nullopt, turn.now());
}

Result<void> DatagramSocket::shutdown(int how, Turn& turn) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return failure(std::errc::invalid_argument);
  if (!remote_name(turn)) return failure(std::errc::not_connected);
  receive_shut_ |= how != SHUT_WR;
  send_shut_ |= how != SHUT_RD;
  wake(Readiness::kReadable | Readiness::kWritable | Readiness::kHangUp, turn);
  return {};
}

Result<Endpoint> DatagramSocket::local_name(Turn& turn) const {
  return is_raw() ? raw_local_ : turn.stack().udp_local(udp_);
}

Result<Endpoint> DatagramSocket::remote_name(Turn& turn) const {
  const auto remote = is_raw() ? raw_remote_ : turn.stack().udp_remote(udp_);
  if (!remote) return failure(std::errc::not_connected);
  return *remote;
}

std::errc DatagramSocket::pending_error(Turn& turn) const {
  return is_raw() ? turn.stack().raw_error(raw_) : turn.stack().udp_error(udp_);
}

std::errc DatagramSocket::take_error(Turn& turn) {
  return is_raw() ? turn.stack().raw_take_error(raw_) : turn.stack().udp_take_error(udp_);
}

// A datagram never waits to be sent: what the link does not take is lost, as UDP allows.
unsigned DatagramSocket::poll_bits(Turn& turn) const {
  unsigned bits = POLLOUT | POLLWRNORM | POLLWRBAND;
  if (oldest(turn) != nullptr || receive_shut_) bits |= POLLIN | POLLRDNORM;
  if (pending_error(turn) != std::errc{}) bits |= POLLERR;
  if (receive_shut_) bits |= POLLRDHUP;
  if (receive_shut_ && send_shut_) bits |= POLLHUP;
  return bits;
}

Result<int> DatagramSocket::ask(unsigned long request, Turn& turn) const {
  const ReceivedDatagram* const waiting = oldest(turn);
  switch (request) {
    case FIONREAD:
      return waiting != nullptr ? static_cast<int>(waiting->payload.size()) : 0;
    case SIOCOUTQ:
      return 0;
    default:
      return failure(std::errc::inappropriate_io_control_operation);
  }
}

void DatagramSocket::release(Turn& turn) {
  if (raw_) turn.stack().raw_close(raw_);
  if (udp_) turn.stack().udp_close(udp_);
  raw_ = {};
  udp_ = {};
}

}  // namespace fourtuple::sockets
