// The C++ face: what all of its sockets share.
#include "fourtuple/any_socket.hpp"

#include <array>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <poll.h>
#include <sys/ioctl.h>

#include "stack/runtime/runtime.hpp"
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

// For calls that answer nothing but success or an error.
template <class Call>
void run(const std::shared_ptr<sockets::Socket>& socket, boost::system::error_code& error, Call&& call) {
  error = {};
  if (!socket) {
    error = bad_descriptor;
    return;
  }
  Turn turn(socket->core());
  if (socket->is_closed()) {
    error = bad_descriptor;
  } else if (const auto done = call(turn); !done) {
    error = to_call_error(done.error());
  }
}

// The same, throwing.
template <class Call>
auto or_throw(const char* what, Call&& call) {
  boost::system::error_code error;
  if constexpr (std::is_void_v<decltype(call(error))>) {
    call(error);
    detail::throw_if(error, what);
  } else {
    auto answer = call(error);
    detail::throw_if(error, what);
    return answer;
  }
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

AnySocket::AnySocket(executor_type executor) : executor_(std::move(executor)) {}

AnySocket::AnySocket(executor_type executor, Runtime& runtime)
    : executor_(std::move(executor)), core_(runtime.core()) {}

// The executor is copied: a socket that was moved from can be opened again.
AnySocket::AnySocket(AnySocket&& other) noexcept
    : executor_(other.executor_), core_(other.core_), socket_(std::move(other.socket_)) {}

AnySocket& AnySocket::operator=(AnySocket&& other) noexcept {
  if (this == &other) return *this;
  ErrorCode ignored;
  close(ignored);
  executor_ = other.executor_;
  core_ = other.core_;
  socket_ = std::move(other.socket_);
  return *this;
}

AnySocket::~AnySocket() {
  ErrorCode ignored;
  close(ignored);
}

bool AnySocket::is_open() const { return socket_ != nullptr; }

void AnySocket::close() {
  or_throw("close", [this](ErrorCode& error) { close(error); });
}

void AnySocket::close(ErrorCode& error) {
  error = {};
  const auto socket = std::move(socket_);
  socket_.reset();
  if (!socket) return;
  Turn turn(socket->core());
  socket->close(turn);
}

void AnySocket::cancel() {
  or_throw("cancel", [this](ErrorCode& error) { cancel(error); });
}

void AnySocket::cancel(ErrorCode& error) {
  run(socket_, error, [this](Turn& turn) -> Result<void> {
    socket_->cancel(turn);
    return {};
  });
}

bool AnySocket::non_blocking() const { return socket_ && socket_->non_blocking(); }

void AnySocket::non_blocking(bool on) {
  or_throw("non_blocking", [this, on](ErrorCode& error) { non_blocking(on, error); });
}

void AnySocket::non_blocking(bool on, ErrorCode& error) {
  run(socket_, error, [this, on](Turn&) -> Result<void> {
    socket_->set_non_blocking(on);
    return {};
  });
}

std::size_t AnySocket::available() const {
  return or_throw("available", [this](ErrorCode& error) { return available(error); });
}

std::size_t AnySocket::available(ErrorCode& error) const {
  int count = 0;
  run(socket_, error, [this, &count](Turn& turn) {
    return socket_->ask(FIONREAD, turn).map([&count](int answer) { count = answer; });
  });
  return static_cast<std::size_t>(count);
}

bool AnySocket::at_mark() const {
  return or_throw("at_mark", [this](ErrorCode& error) { return at_mark(error); });
}

bool AnySocket::at_mark(ErrorCode& error) const {
  bool answer = false;
  run(socket_, error, [this, &answer](Turn& turn) {
    return socket_->ask(SIOCATMARK, turn).map([&answer](int mark) { answer = mark != 0; });
  });
  return answer;
}

void AnySocket::shutdown(shutdown_type what) {
  or_throw("shutdown", [this, what](ErrorCode& error) { shutdown(what, error); });
}

void AnySocket::shutdown(shutdown_type what, ErrorCode& error) {
  run(socket_, error, [this, what](Turn& turn) { return socket_->shutdown(static_cast<int>(what), turn); });
}

void AnySocket::wait(wait_type what) {
  or_throw("wait", [this, what](ErrorCode& error) { wait(what, error); });
}

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

void AnySocket::open_kind(int type, int protocol, ErrorCode& error) {
  error = {};
  if (socket_) {
    error = boost::asio::error::already_open;
    return;
  }
  if (!core_) {
    Runtime* const runtime = Runtime::of(boost::asio::query(executor_, boost::asio::execution::context));
    if (runtime == nullptr) {
      error = boost::asio::error::network_down;  // no Runtime drives this executor's context
      return;
    }
    core_ = runtime->core();
  }
  Turn turn(core_);
  auto socket = sockets::Socket::open(type, protocol, turn);
  if (socket) {
    socket_ = std::move(*socket);
  } else {
    error = to_call_error(socket.error());
  }
}

void AnySocket::bind_name(Name name, ErrorCode& error) {
  run(socket_, error, [&](Turn& turn) -> Result<void> {
    const auto local = sockets::to_endpoint(name);
    return local ? socket_->bind(*local, turn) : failure(local.error());
  });
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

AnySocket::Name AnySocket::local_name(ErrorCode& error) const {
  Name name = sockets::to_sockaddr(Endpoint());
  run(socket_, error, [&](Turn& turn) {
    return socket_->local_name(turn).map([&](const Endpoint& local) { name = sockets::to_sockaddr(local); });
  });
  return name;
}

AnySocket::Name AnySocket::remote_name(ErrorCode& error) const {
  Name name = sockets::to_sockaddr(Endpoint());
  run(socket_, error, [&](Turn& turn) {
    return socket_->remote_name(turn).map([&](const Endpoint& remote) { name = sockets::to_sockaddr(remote); });
  });
  return name;
}

std::size_t AnySocket::receive_pieces(const detail::MutablePieces& pieces, int flags, sockaddr* from,
                                      ErrorCode& error) {
  error = bad_descriptor;
  if (!socket_) return 0;
  const auto spans = spans_of(pieces);
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

void AnySocket::set_raw_option(int level, int name, const void* data, std::size_t size, ErrorCode& error) {
  run(socket_, error, [&](Turn& turn) {
    return socket_->set_option(level, name, {static_cast<const std::byte*>(data), size}, turn);
  });
}

void AnySocket::get_raw_option(int level, int name, void* data, std::size_t& size, ErrorCode& error) const {
  run(socket_, error, [&](Turn& turn) {
    return socket_->get_option(level, name, {static_cast<std::byte*>(data), size}, size, turn);
  });
}

void AnySocket::control(int command, void* data, ErrorCode& error) {
  run(socket_, error, [&](Turn& turn) {
    return socket_->ask(static_cast<unsigned long>(static_cast<unsigned>(command)), turn).map([data](int answer) {
      std::memcpy(data, &answer, sizeof answer);
    });
  });
}

}  // namespace fourtuple
