#include "stack/socket/datagram_socket.hpp"

#include <algorithm>
#include <cstring>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <utility>

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
                    .interface_index = datagram.interface_index,
                    .destination_port = datagram.destination_port,
                    .lost = datagram.lost_before,
                    .received_at = datagram.received_at};
  received.ip_options.assign(datagram.ip_options().begin(), datagram.ip_options().end());
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
    socket->settings_.reuse_address = true;  // what Linux shows of them
    auto raw = turn.stack().raw_open(static_cast<std::uint8_t>(protocol), socket->options(turn), socket->owner());
    if (!raw) return failure(raw.error());
    socket->raw_ = *raw;
    return socket;
  }
  auto udp = turn.stack().udp_open(socket->options(turn), socket->owner());
  if (!udp) return failure(udp.error());
  socket->udp_ = *udp;
  return socket;
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
  if (connected) raw_remote_ = remote;
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
  if ((flags & MSG_OOB) != 0 && is_raw()) return failure(std::errc::operation_not_supported);
  if (const std::errc error = take_error(turn); error != std::errc{}) return failure(error);
  const ReceivedDatagram* const waiting = oldest(turn);
  if (waiting == nullptr) {
    const bool may_wait = !non_blocking() && (flags & MSG_DONTWAIT) == 0;
    if (receive_shut_ && may_wait) return Received{};  // who does not wait is not told either, as on Linux
    return failure(std::errc::operation_would_block);
  }
  last_received_at_ = waiting->received_at;
  if ((flags & MSG_PEEK) != 0) return peek(*waiting, pieces, flags);
  const auto datagram = take(turn);
  if (!datagram) return failure(datagram.error());
  if (settings_.peek_offset > 0) {
    const std::size_t taken = scatter(datagram->payload.bytes(), pieces);
    settings_.peek_offset = std::max(0, settings_.peek_offset - static_cast<int>(taken));
  }
  return describe(*datagram, pieces, flags);
}

// SO_PEEK_OFF: where the next peek begins within the oldest datagram; it moves on by what was seen.
Result<Received> DatagramSocket::peek(const ReceivedDatagram& waiting, std::span<const ByteSpan> pieces, int flags) {
  Received received = describe(waiting, pieces, flags);
  if (settings_.peek_offset < 0) return received;
  const ByteView octets = waiting.payload.bytes();
  const std::size_t skipped = std::min(static_cast<std::size_t>(settings_.peek_offset), octets.size());
  received.count = scatter(octets.subspan(skipped), pieces);
  received.flags = received.count < octets.size() - skipped ? MSG_TRUNC : 0;
  settings_.peek_offset += static_cast<int>(received.count);
  if ((flags & MSG_TRUNC) != 0) received.count = octets.size() - skipped;
  return received;
}

Result<std::size_t> DatagramSocket::send(std::span<const ByteView> pieces, int flags, const Endpoint* to, Turn& turn) {
  return send_message(pieces, flags, to, {}, turn);
}

Result<std::size_t> DatagramSocket::send_message(std::span<const ByteView> pieces, int flags, const Endpoint* to,
                                                 const MessageDetails& details, Turn& turn) {
  if ((flags & MSG_OOB) != 0) return failure(std::errc::operation_not_supported);
  if (send_shut_) return failure(std::errc::broken_pipe);
  const std::optional<Endpoint> target = to != nullptr ? std::optional(*to) : std::nullopt;
  if (target && !is_raw() && target->port == 0) return failure(std::errc::invalid_argument);
  MessageDetails all = details;
  all.dont_route |= (flags & MSG_DONTROUTE) != 0;
  const bool holds = !is_raw() && ((flags & MSG_MORE) != 0 || settings_.udp_cork);
  if (holds || corked_) {
    const auto held = hold_back(pieces, target, all, turn);
    if (!held || holds) return held;
    const auto sent = uncork(turn);
    return sent ? held : failure(sent.error());
  }
  return send_whole(pieces, target, all, turn);
}

Result<std::size_t> DatagramSocket::hold_back(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                                              const MessageDetails& details, Turn& turn) {
  static constexpr std::size_t kMaxPayload = 65507;
  if (!corked_) {
    if (!to && !remote_name(turn)) return failure(std::errc::destination_address_required);
    corked_ = Corked{{}, to, details};
  }
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  if (corked_->octets.size() + size > kMaxPayload) return failure(std::errc::message_size);
  for (const ByteView piece : pieces) corked_->octets.insert(corked_->octets.end(), piece.begin(), piece.end());
  return size;
}

Result<void> DatagramSocket::uncork(Turn& turn) {
  if (!corked_) return {};
  const Corked held = *std::exchange(corked_, std::nullopt);
  const ByteView whole = held.octets;
  const auto sent = send_whole({&whole, 1}, held.to, held.details, turn);
  if (!sent) return failure(sent.error());
  return {};
}

// UDP_SEGMENT: datagrams of that size each, and a last one with the rest.
Result<std::size_t> DatagramSocket::send_whole(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                                               const MessageDetails& details, Turn& turn) {
  static constexpr std::size_t kMaxSegments = 128;
  const std::size_t segment = is_raw() ? 0 : details.segment.value_or(settings_.udp_segment);
  std::vector<std::uint8_t> all;
  if (segment != 0) {
    for (const ByteView piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  }
  if (segment == 0 || all.size() <= segment) return send_one(pieces, to, details, turn);
  if (all.size() > segment * kMaxSegments) return failure(std::errc::invalid_argument);
  for (std::size_t done = 0; done < all.size(); done += segment) {
    const ByteView part = ByteView(all).subspan(done, std::min(segment, all.size() - done));
    if (const auto sent = send_one({&part, 1}, to, details, turn); !sent) return sent;
  }
  return all.size();
}

Result<std::size_t> DatagramSocket::send_one(std::span<const ByteView> pieces, const std::optional<Endpoint>& to,
                                             const SendDetails& details, Turn& turn) {
  if (!is_raw()) return turn.stack().udp_send(udp_, pieces, to, turn.now(), details);
  return turn.stack().raw_send(raw_, pieces, to ? std::optional(to->address) : std::nullopt, turn.now(), details);
}

Result<Received> DatagramSocket::receive_error(std::span<const ByteSpan> pieces, Turn& turn) {
  auto problem = turn.stack().take_queued_error(id());
  if (!problem) return failure(problem.error());
  Received received;
  const ByteView quoted = std::as_const(problem->payload).bytes();
  received.count = scatter(quoted, pieces);
  received.flags = MSG_ERRQUEUE | (received.count < quoted.size() ? MSG_TRUNC : 0);
  received.source = problem->destination;
  received.error = std::make_shared<NetworkError>(std::move(*problem));
  return received;
}

Result<void> DatagramSocket::shutdown(int how, Turn& turn) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return failure(std::errc::invalid_argument);
  receive_shut_ |= how != SHUT_WR;
  send_shut_ |= how != SHUT_RD;
  wake(Readiness::kReadable | Readiness::kWritable | Readiness::kHangUp, turn);
  // It has its effect nevertheless, as on Linux.
  if (!remote_name(turn)) return failure(std::errc::not_connected);
  return {};
}

Result<Endpoint> DatagramSocket::local_name(Turn& turn) const {
  return is_raw() ? raw_local_ : turn.stack().udp_local(udp_);
}

Result<Endpoint> DatagramSocket::remote_name(Turn& turn) const {
  const auto remote = is_raw() ? raw_remote_ : turn.stack().udp_remote(udp_);
  const bool has_port = remote && remote->port != 0;  // without one Linux calls a raw socket unconnected, too
  if (!has_port) return failure(std::errc::not_connected);
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
  if (pending_error(turn) != std::errc{} || turn.stack().has_queued_error(id())) {
    bits |= POLLERR | (settings_.select_error_queue ? POLLPRI : 0U);
  }
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
