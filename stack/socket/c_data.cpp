// The C face: sending and receiving.
#include <algorithm>
#include <climits>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <vector>

#include "fourtuple/socket.h"
#include "stack/socket/blocking.hpp"
#include "stack/socket/control_messages.hpp"
#include "stack/socket/operations.hpp"
#include "stack/socket/process.hpp"
#include "stack/socket/sockaddr.hpp"

namespace fourtuple::sockets {
namespace {

constexpr std::size_t kMaxPieces = IOV_MAX;

// A list of pieces that can be shortened at its front as octets move.
template <class Piece>
class Progress {
 public:
  explicit Progress(std::span<Piece> pieces) : rest_(pieces) {
    for (const Piece& piece : pieces) bytes_ += piece.size();
  }
  [[nodiscard]] std::span<const Piece> rest() const { return rest_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t done() const { return done_; }
  void advance(std::size_t count) {
    done_ += count;
    while (!rest_.empty() && count >= rest_.front().size()) {
      count -= rest_.front().size();
      rest_ = rest_.subspan(1);
    }
    if (count != 0) rest_.front() = rest_.front().subspan(count);
  }

 private:
  std::span<Piece> rest_;
  std::size_t bytes_ = 0;
  std::size_t done_ = 0;
};

// The kernel's list as ours: bad_address, message_size (too many pieces), invalid_argument (more octets than can be
// counted).
template <class Piece, class Pointer>
[[nodiscard]] Result<std::vector<Piece>> read_pieces(const iovec* pieces, std::size_t count, bool may_be_null) {
  if (count > kMaxPieces) return failure(std::errc::message_size);
  if (count != 0 && pieces == nullptr) return failure(std::errc::bad_address);
  std::vector<Piece> list;
  list.reserve(count);
  std::size_t bytes = 0;
  for (const iovec& piece : std::span(pieces, count)) {
    if (piece.iov_base == nullptr && piece.iov_len != 0 && !may_be_null) return failure(std::errc::bad_address);
    bytes += piece.iov_len;
    if (piece.iov_len > SSIZE_MAX || bytes > SSIZE_MAX) return failure(std::errc::invalid_argument);
    list.emplace_back(static_cast<Pointer>(piece.iov_base), piece.iov_len);
  }
  return list;
}

[[nodiscard]] ssize_t count_of(const Result<std::size_t>& result) {
  return result ? static_cast<ssize_t>(*result) : fail_with(result.error());
}

// A null pointer is found out when the octets are looked at, and the descriptor is looked at before: bad_address,
// or what is wrong with that.
[[nodiscard]] ssize_t fail_with_null(int descriptor) {
  const auto socket = socket_of(descriptor);
  return fail_with(socket ? std::errc::bad_address : socket.error());
}

// --- Sending.

[[nodiscard]] Result<std::size_t> send_once(const std::shared_ptr<Socket>& socket, std::span<const ByteView> pieces,
                                            int flags, const Endpoint* to, Patience patience,
                                            const MessageDetails& details = {}) {
  return retry_until(socket, kWhenWritable, patience,
                     [&](Turn& turn) { return socket->send_message(pieces, flags, to, details, turn); });
}

// An error that comes when a call has done part of its work is the next call's to tell.
[[nodiscard]] bool error_waits(const Socket& socket, Turn& turn) { return (socket.poll_bits(turn) & POLLERR) != 0; }

// The next part of a long send; 0 where it ends early.
[[nodiscard]] Result<std::size_t> send_rest(const std::shared_ptr<Socket>& socket, std::span<const ByteView> pieces,
                                            int flags, Patience patience) {
  return retry_until(socket, kWhenWritable, patience, [&](Turn& turn) {
    return error_waits(*socket, turn) ? Result<std::size_t>(0) : socket->send(pieces, flags, nullptr, turn);
  });
}

// A blocking send on a stream returns when the stack has taken all of it.
[[nodiscard]] Result<std::size_t> send_stream(const std::shared_ptr<Socket>& socket, std::span<ByteView> pieces,
                                              int flags, Patience patience) {
  Progress progress(pieces);
  const auto first = send_once(socket, progress.rest(), flags, nullptr, patience);
  if (!first) return first;
  progress.advance(*first);
  while (progress.done() < progress.bytes()) {
    const auto sent = send_rest(socket, progress.rest(), flags, patience);
    if (!sent || *sent == 0) break;
    progress.advance(*sent);
  }
  return progress.done();
}

[[nodiscard]] Result<std::size_t> send_pieces(int descriptor, std::span<ByteView> pieces, int flags, const sockaddr* to,
                                              socklen_t length, const MessageDetails& details = {}) {
  const auto socket = socket_of(descriptor);
  if (!socket) return failure(socket.error());
  const Patience patience = Patience::sending((flags & MSG_DONTWAIT) != 0);
  // A stream goes to its peer, whatever address is given; as on Linux.
  if ((*socket)->type() == SOCK_STREAM) return send_stream(*socket, pieces, flags, patience);
  if (to == nullptr) return send_once(*socket, pieces, flags, nullptr, patience, details);
  if (length < sizeof(sockaddr_in)) return failure(std::errc::invalid_argument);
  sockaddr_in name{};
  std::memcpy(&name, to, sizeof name);
  if (name.sin_family == AF_UNSPEC) name.sin_family = AF_INET;  // as Linux forgives
  const auto target = to_endpoint(name);
  if (!target) return failure(target.error());
  return send_once(*socket, pieces, flags, &*target, patience, details);
}

// --- Receiving.

[[nodiscard]] Result<Received> receive_once(const std::shared_ptr<Socket>& socket, std::span<const ByteSpan> pieces,
                                            int flags, Patience patience) {
  return retry_until(socket, kWhenReadable | Readiness::kUrgent, patience,
                     [&](Turn& turn) { return socket->receive(pieces, flags, turn); });
}

// The next part of a long receive; nothing where it ends early.
[[nodiscard]] Result<Received> receive_rest(const std::shared_ptr<Socket>& socket, std::span<const ByteSpan> pieces,
                                            int flags, Patience patience) {
  return retry_until(socket, kWhenReadable | Readiness::kUrgent, patience, [&](Turn& turn) {
    const bool ends = error_waits(*socket, turn) && socket->ask(FIONREAD, turn).value_or(0) == 0;
    return ends ? Result<Received>(Received{}) : socket->receive(pieces, flags, turn);
  });
}

// A look that takes nothing, but waits for as much as a receive would.
[[nodiscard]] Result<Received> peek_stream(const std::shared_ptr<Socket>& socket, std::span<const ByteSpan> pieces,
                                           int flags, std::size_t wanted, Patience patience) {
  const auto look = [&](Turn& turn) -> Result<Received> {
    auto seen = socket->receive(pieces, flags, turn);
    const bool may_come = (socket->poll_bits(turn) & (POLLRDHUP | POLLERR)) == 0;
    if (seen && seen->count < wanted && may_come) return failure(std::errc::operation_would_block);
    return seen;
  };
  const auto seen = retry_until(socket, kWhenReadable | Readiness::kUrgent, patience, look);
  const bool is_late = !seen && seen.error() == std::errc::operation_would_block;
  return is_late ? receive_once(socket, pieces, flags, Patience::none()) : seen;
}

// A blocking receive on a stream returns with SO_RCVLOWAT's octets (one, unless set), or all of them with MSG_WAITALL.
[[nodiscard]] Result<Received> receive_stream(const std::shared_ptr<Socket>& socket, std::span<ByteSpan> pieces,
                                              int flags, Patience patience) {
  Progress progress(pieces);
  const bool once = (flags & MSG_OOB) != 0 || progress.bytes() == 0;
  const std::size_t wanted = [&] {
    if ((flags & MSG_WAITALL) != 0) return progress.bytes();
    Turn turn(socket->core());
    return std::min(progress.bytes(), socket->low_water(turn));
  }();
  if ((flags & MSG_PEEK) != 0 && !once) return peek_stream(socket, progress.rest(), flags, wanted, patience);
  Received total;
  do {
    const auto got = progress.done() == 0 ? receive_once(socket, progress.rest(), flags, patience)
                                          : receive_rest(socket, progress.rest(), flags, patience);
    if (!got && progress.done() == 0) return got;
    if (!got || got->count == 0) break;
    total.flags |= got->flags;
    progress.advance(got->count);
  } while (!once && progress.done() < wanted);
  total.count = progress.done();
  return total;
}

[[nodiscard]] Result<Received> receive_pieces(int descriptor, std::span<ByteSpan> pieces, int flags) {
  const auto socket = socket_of(descriptor);
  if (!socket) return failure(socket.error());
  if ((flags & MSG_ERRQUEUE) != 0) {
    return with_socket(descriptor, [&](Socket& one, Turn& turn) { return one.receive_error(pieces, turn); });
  }
  // it is always empty
  const Patience patience = Patience::receiving((flags & MSG_DONTWAIT) != 0);
  if ((*socket)->type() == SOCK_STREAM) return receive_stream(*socket, pieces, flags, patience);
  return receive_once(*socket, pieces, flags, patience);
}

void write_source(const Received& received, sockaddr* from, socklen_t* length) {
  if (from == nullptr || length == nullptr) return;
  const sockaddr_in name = to_sockaddr(received.source);
  std::memcpy(from, &name, std::min<std::size_t>(*length, sizeof name));
  *length = sizeof name;
}

// read() of nothing asks for nothing, whatever the socket's state; recv() of nothing waits like any other.
[[nodiscard]] ssize_t read_nothing(int descriptor) {
  return guarded([&] { return answer(socket_of(descriptor).map([](const auto&) { return 0; })); });
}

[[nodiscard]] Result<std::size_t> receive_message(int descriptor, msghdr& message, int flags) {
  auto pieces = read_pieces<ByteSpan, std::uint8_t*>(message.msg_iov, message.msg_iovlen, (flags & MSG_TRUNC) != 0);
  if (!pieces) return failure(pieces.error());
  const auto received = receive_pieces(descriptor, *pieces, flags);
  if (!received) return failure(received.error());
  message.msg_flags = received->flags;
  const auto socket = socket_of(descriptor);
  if (!socket) return received->count;  // closed meanwhile
  Turn turn((*socket)->core());
  const bool is_stream = (*socket)->type() == SOCK_STREAM;
  if (is_stream || message.msg_name == nullptr) message.msg_namelen = 0;
  if (!is_stream) write_source(*received, static_cast<sockaddr*>(message.msg_name), &message.msg_namelen);
  Received described = *received;
  if (is_stream) described.unread = static_cast<std::size_t>((*socket)->ask(FIONREAD, turn).value_or(0));
  write_control((*socket)->settings(), (*socket)->type(), described, turn.now(), turn.stack(), message);
  return received->count;
}

}  // namespace
}  // namespace fourtuple::sockets

using namespace fourtuple;           // NOLINT: this file is the other side of a C interface
using namespace fourtuple::sockets;  // NOLINT

extern "C" {

ssize_t ft_sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) {
  return guarded([&]() -> ssize_t {
    if (data == nullptr && size != 0) return fail_with_null(fd);
    ByteView piece{static_cast<const std::uint8_t*>(data), size};
    return count_of(send_pieces(fd, {&piece, 1}, flags, to, length));
  });
}

ssize_t ft_send(int fd, const void* data, size_t size, int flags) {
  return ft_sendto(fd, data, size, flags, nullptr, 0);
}

ssize_t ft_write(int fd, const void* data, size_t size) { return ft_send(fd, data, size, 0); }

ssize_t ft_sendmsg(int fd, const msghdr* message, int flags) {
  return guarded([&]() -> ssize_t {
    if (message == nullptr) return fail_with(std::errc::bad_address);
    auto pieces = read_pieces<ByteView, const std::uint8_t*>(message->msg_iov, message->msg_iovlen, false);
    if (!pieces) return fail_with(pieces.error());
    const auto details = with_socket(fd, [&](Socket& socket, Turn& turn) {
      const bool is_stream = socket.type() == SOCK_STREAM;
      return is_stream ? Result<MessageDetails>(MessageDetails{}) : read_control(*message, turn.stack());
    });
    if (!details) return fail_with(details.error());
    const auto* const to = static_cast<const sockaddr*>(message->msg_name);
    return count_of(send_pieces(fd, *pieces, flags, to, message->msg_namelen, *details));
  });
}

ssize_t ft_writev(int fd, const iovec* pieces, int count) {
  return guarded([&]() -> ssize_t {
    if (count < 0 || static_cast<std::size_t>(count) > kMaxPieces) return fail_with(std::errc::invalid_argument);
    auto list = read_pieces<ByteView, const std::uint8_t*>(pieces, static_cast<std::size_t>(count), false);
    if (!list) return fail_with(list.error());
    return count_of(send_pieces(fd, *list, 0, nullptr, 0));
  });
}

ssize_t ft_recvfrom(int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) {
  return guarded([&]() -> ssize_t {
    if (data == nullptr && size != 0 && (flags & MSG_TRUNC) == 0) return fail_with_null(fd);
    ByteSpan piece{static_cast<std::uint8_t*>(data), size};
    const auto received = receive_pieces(fd, {&piece, 1}, flags);
    if (!received) return fail_with(received.error());
    const auto socket = socket_of(fd);
    if (socket && (*socket)->type() != SOCK_STREAM) {
      write_source(*received, from, length);
    } else if (length != nullptr) {
      *length = 0;  // a stream's peer is getpeername()'s business
    }
    return static_cast<ssize_t>(received->count);
  });
}

ssize_t ft_recv(int fd, void* data, size_t size, int flags) {
  return ft_recvfrom(fd, data, size, flags, nullptr, nullptr);
}

ssize_t ft_read(int fd, void* data, size_t size) { return size == 0 ? read_nothing(fd) : ft_recv(fd, data, size, 0); }

ssize_t ft_recvmsg(int fd, msghdr* message, int flags) {
  return guarded([&]() -> ssize_t {
    if (message == nullptr) return fail_with(std::errc::bad_address);
    return count_of(receive_message(fd, *message, flags));
  });
}

ssize_t ft_readv(int fd, const iovec* pieces, int count) {
  return guarded([&]() -> ssize_t {
    if (count < 0 || static_cast<std::size_t>(count) > kMaxPieces) return fail_with(std::errc::invalid_argument);
    auto list = read_pieces<ByteSpan, std::uint8_t*>(pieces, static_cast<std::size_t>(count), false);
    if (!list) return fail_with(list.error());
    const bool wants_any = std::any_of(list->begin(), list->end(), [](ByteSpan piece) { return !piece.empty(); });
    if (!wants_any) return read_nothing(fd);
    const auto received = receive_pieces(fd, *list, 0);
    return received ? static_cast<ssize_t>(received->count) : fail_with(received.error());
  });
}

}  // extern "C"
