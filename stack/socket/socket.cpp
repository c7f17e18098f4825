#include "stack/socket/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <utility>

#include "stack/socket/datagram_socket.hpp"
#include "stack/socket/stream_socket.hpp"

namespace fourtuple::sockets {

namespace {

constexpr int kProtocols = 256;
constexpr auto kUnknownType = static_cast<std::errc>(ESOCKTNOSUPPORT);  // POSIX has no name for it

}  // namespace

Result<std::shared_ptr<Socket>> Socket::open(int type, int protocol, Turn& turn) {
  if (type < 0 || type > SOCK_PACKET || protocol < 0 || protocol >= kProtocols) {
    return failure(std::errc::invalid_argument);
  }
  if (!turn.alive()) return failure(std::errc::network_down);
  switch (type) {
    case SOCK_STREAM:
      if (protocol != 0 && protocol != IPPROTO_TCP) return failure(std::errc::protocol_not_supported);
      return std::make_shared<StreamSocket>(turn);
    case SOCK_DGRAM:
      if (protocol != 0 && protocol != IPPROTO_UDP) return failure(std::errc::protocol_not_supported);
      return DatagramSocket::open(SOCK_DGRAM, IPPROTO_UDP, turn);
    case SOCK_RAW:
      if (protocol <= 0 || protocol > 255) return failure(std::errc::protocol_not_supported);
      return DatagramSocket::open(SOCK_RAW, protocol, turn);
    default:
      return failure(kUnknownType);
  }
}

Socket::Socket(int type, int protocol, Turn& turn)
    : core_(turn.core().shared_from_this()),
      owner_(core_->registry().add(*this)),
      type_(static_cast<std::uint8_t>(type)),
      protocol_(static_cast<std::uint8_t>(protocol)) {}

Socket::~Socket() {
  // Whoever owns a socket closes it; one that failed to open is forgotten here, with the token held.
  if (!closed_) core_->registry().remove(owner_);
}

Result<void> Socket::listen(int, Turn&) { return failure(std::errc::operation_not_supported); }

Result<std::shared_ptr<Socket>> Socket::accept(Turn&) { return failure(std::errc::operation_not_supported); }

Result<void> Socket::may_connect(Turn&) { return {}; }

Result<void> Socket::finish_connect(Turn&) { return {}; }

Result<std::size_t> Socket::send_message(std::span<const ByteView> pieces, int flags, const Endpoint* to,
                                         const MessageDetails&, Turn& turn) {
  return send(pieces, flags, to, turn);
}

Result<Received> Socket::receive_error(std::span<const ByteSpan>, Turn&) {
  return failure(std::errc::operation_would_block);
}

Endpoint Socket::accepted_from(Turn&) const { return {}; }

std::size_t Socket::low_water(Turn& turn) const {
  const std::size_t set = settings_.tcp.receive_buffer_bytes;
  const std::size_t buffer = set != 0 ? set : turn.stack().tcp().config().receive_buffer_bytes;
  const auto wanted = static_cast<std::size_t>(std::max(settings_.receive_low_water, 1));
  return std::min(wanted, std::max<std::size_t>(buffer / 2, 1));
}

bool Socket::has_delivered(Turn&) const { return true; }

void Socket::close(Turn& turn) {
  if (std::exchange(closed_, true)) return;
  const auto self = shared_from_this();  // a waiter may hold the last reference
  core_->registry().remove(owner_);
  if (turn.alive()) release(turn);
  abandon_all(std::errc::bad_file_descriptor, turn);
}

void Socket::cancel(Turn& turn) { abandon_all(std::errc::operation_canceled, turn); }

void Socket::cancel(std::uint64_t number, Turn& turn) {
  for (Waiter& waiter : waiters_) {
    if (waiter.number() != number) continue;
    waiter.abandon(std::errc::operation_canceled, turn);
    return;
  }
}

void Socket::abandon_all(std::errc why, Turn& turn) {
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    Waiter& waiter = *it++;
    waiter.abandon(why, turn);
  }
}

void Socket::wake(std::uint8_t readiness, Turn& turn) {
  if (waiters_.empty()) return;
  const auto self = shared_from_this();
  bool exclusive_told = false;
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    Waiter& waiter = *it++;
    if ((waiter.interest() & readiness) == 0 || (exclusive_told && waiter.is_exclusive())) continue;
    const bool is_exclusive = waiter.is_exclusive();
    if (waiter.look(*this, turn) && is_exclusive) exclusive_told = true;
  }
}

}  // namespace fourtuple::sockets
