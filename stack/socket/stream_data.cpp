// Data and readiness of a TCP socket: what each call answers in each state (SOCKETS.md, part 2).
#include <algorithm>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "stack/socket/stream_socket.hpp"

namespace fourtuple::sockets {
namespace {

// In TIME-WAIT only the engine remembers the connection; the socket is as if closed, as on Linux.
[[nodiscard]] bool is_over(TcpState state) { return state == TcpState::kClosed || state == TcpState::kTimeWait; }

[[nodiscard]] bool is_gone(std::errc error) {
  return error == std::errc::not_connected || error == std::errc::bad_file_descriptor;
}

[[nodiscard]] Received octets(std::size_t count, int flags = 0) {
  Received received;
  received.count = count;
  received.flags = flags;
  return received;
}

}  // namespace

Result<Received> StreamSocket::receive(std::span<const ByteSpan> pieces, int flags, Turn& turn) {
  if ((flags & MSG_OOB) != 0 && phase_ != Phase::kListening) return receive_urgent(pieces, flags, turn);
  if (!connection_) return failure(lost_ == std::errc{} ? std::errc::not_connected : std::exchange(lost_, {}));
  const tcp::ReceiveFlags how{.peek = (flags & MSG_PEEK) != 0, .discard = (flags & MSG_TRUNC) != 0};
  const auto got = turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.receive_data(connection_, pieces, how, context);
  });
  // Room for nothing is answered 0 when something is here, and waits until then, as on Linux.
  if (got) return octets(*got);
  // A failure that was reported once is the end of the stream from then on.
  if (is_gone(got.error())) return Received{};
  return failure(got.error());
}

Result<Received> StreamSocket::receive_urgent(std::span<const ByteSpan> pieces, int flags, Turn& turn) {
  if (!connection_) return failure(std::errc::invalid_argument);
  const auto octet = turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.receive_urgent(connection_, (flags & MSG_PEEK) != 0, context);
  });
  if (!octet) return failure(octet.error());
  for (const ByteSpan piece : pieces) {
    if (piece.empty()) continue;
    piece[0] = *octet;
    return octets(1, MSG_OOB);
  }
  return octets(0, MSG_OOB | MSG_TRUNC);
}

Result<std::size_t> StreamSocket::send(std::span<const ByteView> pieces, int flags, const Endpoint*, Turn& turn) {
  if ((flags & MSG_FASTOPEN) != 0) return failure(std::errc::operation_not_supported);
  // BSD and POSIX: not_connected
  if (!connection_) return failure(lost_ == std::errc{} ? std::errc::broken_pipe : std::exchange(lost_, {}));
  const tcp::SendFlags how{.more = (flags & MSG_MORE) != 0, .urgent = (flags & MSG_OOB) != 0};
  auto sent = turn.stack().with_tcp(turn.now(), [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(connection_, pieces, how, context);
  });
  if (!sent && is_gone(sent.error())) return failure(std::errc::broken_pipe);
  return sent;
}

unsigned StreamSocket::poll_bits(Turn& turn) const {
  if (phase_ == Phase::kListening) {
    return turn.stack().tcp().acceptable(listener_) != 0 ? POLLIN | POLLRDNORM : 0U;
  }
  const auto now = status(turn);
  if (now) return connection_bits(*now, low_water(turn));
  return POLLOUT | POLLWRNORM | POLLHUP | (lost_ == std::errc{} ? 0U : POLLERR);
}

unsigned StreamSocket::connection_bits(const tcp::Layer::Status& now, std::size_t low_water) const {
  unsigned bits = now.error != std::errc{} ? POLLERR : 0U;
  if (is_opening(now.state)) return bits;
  const bool over = is_over(now.state);
  const bool no_more_in = over || receive_shut_ || now.peer_closed || now.end_of_stream;
  const bool no_more_out = over || now.send_closed;
  if (no_more_in && no_more_out) bits |= POLLHUP;
  if (no_more_in) bits |= POLLIN | POLLRDNORM | POLLRDHUP;
  if (now.readable_bytes >= low_water) bits |= POLLIN | POLLRDNORM;
  if (no_more_out || now.is_writable) bits |= POLLOUT | POLLWRNORM;
  if (now.urgent_here) bits |= POLLPRI;
  return bits;
}

std::errc StreamSocket::take_error(Turn& turn) {
  if (!connection_) return std::exchange(lost_, {});
  return turn.stack().with_tcp(turn.now(),
                               [&](tcp::Layer& layer, tcp::Context&) { return layer.take_error(connection_); });
}

Result<Endpoint> StreamSocket::local_name(Turn& turn) const {
  if (const auto now = status(turn)) return now->name.local;
  return binding_ ? turn.stack().tcp().bound_name(binding_) : Endpoint{bound_address_.value_or(IpAddress()), 0};
}

Result<Endpoint> StreamSocket::remote_name(Turn& turn) const {
  const auto now = status(turn);
  if (!now || is_over(now->state) || now->state == TcpState::kSynSent) return failure(std::errc::not_connected);
  return now->name.remote;
}

Endpoint StreamSocket::accepted_from(Turn& turn) const {
  const auto now = status(turn);
  return now ? now->name.remote : Endpoint();
}

Result<int> StreamSocket::ask(unsigned long request, Turn& turn) const {
  const auto now = status(turn);
  if (phase_ == Phase::kListening && request != SIOCATMARK) return failure(std::errc::invalid_argument);
  const tcp::Layer::Status answer = now.value_or(tcp::Layer::Status{});
  switch (request) {
    case FIONREAD:  // as far as the mark
      if (settings_.tcp.urgent_inline) return static_cast<int>(answer.unread_bytes);
      return answer.at_mark ? 0 : static_cast<int>(answer.readable_bytes);
    case SIOCOUTQ:
      return static_cast<int>(answer.unacknowledged_bytes);
    case SIOCOUTQNSD:
      return static_cast<int>(answer.unsent_bytes);
    case SIOCATMARK:
      return answer.at_mark ? 1 : 0;
    default:
      return failure(std::errc::inappropriate_io_control_operation);
  }
}

}  // namespace fourtuple::sockets
