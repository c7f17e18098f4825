// The C++ face: what all of its sockets share and never wait for.
#include "fourtuple/any_socket.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <cstring>
#include <memory>
#include <sys/ioctl.h>

#include "stack/runtime/runtime.hpp"
#include "stack/socket/async.hpp"
#include "stack/socket/sockaddr.hpp"

namespace fourtuple {

using sockets::to_call_error;

namespace {

using boost::asio::error::bad_descriptor;

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

}  // namespace

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
