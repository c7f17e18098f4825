// The C++ face: the calls that may have to wait, in their synchronous and asynchronous forms.
#include <array>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <cstring>
#include <poll.h>

#include "fourtuple/any_socket.hpp"
#include "stack/socket/blocking.hpp"
#include "stack/socket/operations.hpp"
#include "stack/socket/sockaddr.hpp"

namespace fourtuple {

using sockets::kWhenReadable;
using sockets::kWhenWritable;
using sockets::to_call_error;

namespace {

using boost::asio::error::bad_descriptor;
constexpr std::size_t kMaxPieces = detail::MutablePieces::kMaxPieces;

[[nodiscard]] std::array<ByteSpan, kMaxPieces> spans_of(const detail::MutablePieces& from) {
  std::array<ByteSpan, kMaxPieces> to;
  for (std::size_t i = 0; i < from.count; ++i) {
    to[i] = {static_cast<std::uint8_t*>(from.pieces[i].data()), from.pieces[i].size()};
  }
  return to;
}
[[nodiscard]] std::array<ByteView, kMaxPieces> views_of(const detail::ConstPieces& from) {
  std::array<ByteView, kMaxPieces> to;
  for (std::size_t i = 0; i < from.count; ++i) {
    to[i] = {static_cast<const std::uint8_t*>(from.pieces[i].data()), from.pieces[i].size()};
  }
  return to;
}

[[nodiscard]] unsigned bits_for(AnySocket::wait_type what) {
  switch (what) {
    case AnySocket::wait_read:
      return POLLIN | POLLERR | POLLHUP | POLLRDHUP;
    case AnySocket::wait_write:
      return POLLOUT | POLLERR | POLLHUP;
    case AnySocket::wait_error:
      break;
  }
  return POLLERR | POLLPRI;
}

// Completes `handler` with an error without a socket to begin an operation on.
template <class Handler, class... Rest>
void refuse(Handler handler, const boost::asio::any_io_executor& executor, boost::system::error_code error,
            Rest... rest) {
  sockets::deliver(std::move(handler.call), executor, false, std::move(error), std::move(rest)...);
}

}  // namespace

namespace detail {

boost::asio::io_context* context_of(const boost::asio::io_context::executor_type& executor) {
  boost::asio::io_context& io = boost::asio::query(executor, boost::asio::execution::context);
  // One that never runs work inline, for example, is not the plain one.
  return executor == io.get_executor() ? &io : nullptr;
}

boost::asio::io_context* context_of(const boost::asio::any_io_executor& executor) {
  using boost::asio::execution::outstanding_work;
  using Plain = boost::asio::io_context::executor_type;
  if (const auto* const plain = executor.target<Plain>()) return context_of(*plain);
  const auto* const tracked = executor.target<sockets::TrackedExecutor>();
  return tracked != nullptr ? context_of(Plain(boost::asio::require(*tracked, outstanding_work.untracked))) : nullptr;
}

}  // namespace detail

void AnySocket::wait(wait_type what, ErrorCode& error) {
  error = bad_descriptor;
  if (!socket_) return;
  const auto is_ready = [&](Turn& turn) -> Result<void> {
    if ((socket_->poll_bits(turn) & bits_for(what)) == 0) return failure(std::errc::operation_would_block);
    return {};
  };
  const sockets::Patience how_long = socket_->non_blocking() ? sockets::Patience::none() : sockets::Patience();
  const auto waited = sockets::retry_until(socket_, 0xff, how_long, is_ready);
  error = waited ? ErrorCode() : to_call_error(waited.error());
}

void AnySocket::connect_name(Name name, ErrorCode& error) {
  error = bad_descriptor;
  if (!socket_) return;
  const auto remote = sockets::to_endpoint(name);
  if (!remote) {
    error = to_call_error(remote.error());
    return;
  }
  bool started = false;
  const auto attempt = [&](Turn& turn) -> Result<void> {
    if (std::exchange(started, true)) return socket_->finish_connect(turn);
    return socket_->connect(*remote, turn);
  };
  const auto connected = sockets::retry_until(socket_, kWhenWritable, sockets::Patience::sending(), attempt);
  error = connected ? ErrorCode() : to_call_error(connected.error());
}

std::size_t AnySocket::receive_pieces(const detail::MutablePieces& pieces, int flags, sockaddr* from,
                                      ErrorCode& error) {
  error = bad_descriptor;
  if (!socket_) return 0;
  const auto spans = spans_of(pieces);
  if (socket_->type() == SOCK_STREAM && sockets::is_nothing(std::span(spans.data(), pieces.count))) {
    error = {};
    return 0;
  }
  const auto got = sockets::retry_until(
      socket_, kWhenReadable | Readiness::kUrgent, sockets::Patience::receiving(),
      [&](Turn& turn) { return socket_->receive(std::span(spans.data(), pieces.count), flags, turn); });
  error = got ? ErrorCode() : to_call_error(got.error());
  if (!got) return 0;
  if (from != nullptr) {
    const sockaddr_in name = sockets::to_sockaddr(got->source);
    std::memcpy(from, &name, sizeof name);
  }
  return got->count;
}

std::size_t AnySocket::send_pieces(const detail::ConstPieces& pieces, int flags, const Name* to, ErrorCode& error) {
  error = bad_descriptor;
  if (!socket_) return 0;
  const auto target = to != nullptr ? sockets::to_endpoint(*to) : Result<Endpoint>();
  if (!target) {
    error = to_call_error(target.error());
    return 0;
  }
  const auto views = views_of(pieces);
  const auto sent = sockets::retry_until(socket_, kWhenWritable, sockets::Patience::sending(), [&](Turn& turn) {
    return socket_->send(std::span(views.data(), pieces.count), flags, to != nullptr ? &*target : nullptr, turn);
  });
  error = sent ? ErrorCode() : to_call_error(sent.error());
  return sent.value_or(0);
}

void AnySocket::start_wait(wait_type what, detail::WaitHandler handler) {
  if (!socket_) return refuse(std::move(handler), executor_, bad_descriptor);
  Turn turn(socket_->core());
  begin(std::make_unique<sockets::WaitOperation>(socket_->next_operation_number(), std::move(handler), executor_,
                                                 bits_for(what)),
        *socket_, turn);
}

void AnySocket::start_connect(Name name, detail::WaitHandler handler) {
  if (!socket_) return refuse(std::move(handler), executor_, bad_descriptor);
  const auto remote = sockets::to_endpoint(name);
  if (!remote) return refuse(std::move(handler), executor_, to_call_error(remote.error()));
  Turn turn(socket_->core());
  begin(std::make_unique<sockets::ConnectOperation>(socket_->next_operation_number(), std::move(handler), executor_,
                                                    *remote),
        *socket_, turn);
}

void AnySocket::start_receive(const detail::MutablePieces& pieces, int flags, sockaddr* from,
                              detail::TransferHandler handler) {
  if (!socket_) return refuse(std::move(handler), executor_, bad_descriptor, std::size_t{0});
  const auto spans = spans_of(pieces);
  Turn turn(socket_->core());
  begin(std::make_unique<sockets::ReceiveOperation>(socket_->next_operation_number(), std::move(handler), executor_,
                                                    std::span(spans.data(), pieces.count), flags, from),
        *socket_, turn);
}

void AnySocket::start_send(const detail::ConstPieces& pieces, int flags, const Name* to,
                           detail::TransferHandler handler) {
  if (!socket_) return refuse(std::move(handler), executor_, bad_descriptor, std::size_t{0});
  std::optional<Endpoint> target;
  if (to != nullptr) {
    const auto endpoint = sockets::to_endpoint(*to);
    if (!endpoint) return refuse(std::move(handler), executor_, to_call_error(endpoint.error()), std::size_t{0});
    target = *endpoint;
  }
  const auto views = views_of(pieces);
  Turn turn(socket_->core());
  begin(std::make_unique<sockets::SendOperation>(socket_->next_operation_number(), std::move(handler), executor_,
                                                 std::span(views.data(), pieces.count), flags, target),
        *socket_, turn);
}

}  // namespace fourtuple
