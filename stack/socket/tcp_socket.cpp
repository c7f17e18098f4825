// The C++ face: tcp::socket and tcp::acceptor.
#include "fourtuple/tcp.hpp"
#include "stack/runtime/runtime.hpp"
#include "stack/socket/blocking.hpp"
#include "stack/socket/operations.hpp"

namespace fourtuple::tcp {

using detail::ErrorCode;
using detail::throw_if;

namespace {

void set_reuse_address(acceptor& listener) { listener.set_option(acceptor::reuse_address(true)); }

// Waits for a connection; makes the socket that the handler is given.
class AcceptOperation final : public sockets::HandledOperation<void(ErrorCode, socket)> {
 public:
  using Adopt = socket (*)(const boost::asio::any_io_executor&, const std::shared_ptr<sockets::Socket>&);

  AcceptOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor,
                  boost::asio::any_io_executor peer_executor, Adopt adopt)
      : HandledOperation(sockets::kWhenReadable, number, std::move(handler), executor),
        peer_executor_(std::move(peer_executor)),
        adopt_(adopt) {}
  ~AcceptOperation() override = default;

  bool try_again(sockets::Socket& listener, Turn& turn) override {
    auto accepted = listener.accept(turn);
    if (!accepted && accepted.error() == std::errc::operation_would_block) return false;
    if (accepted) accepted_ = std::move(*accepted);
    if (!accepted) error_ = sockets::to_call_error(accepted.error());
    return true;
  }
  void fail(ErrorCode error) override { error_ = error; }
  void run(bool may_dispatch) override { answer_with(may_dispatch, error_, adopt_(peer_executor_, accepted_)); }

 private:
  boost::asio::any_io_executor peer_executor_;
  Adopt adopt_;
  ErrorCode error_;
  std::shared_ptr<sockets::Socket> accepted_;
};

class AcceptIntoOperation final : public sockets::StatusOperation {
 public:
  using Adopt = void (*)(socket&, std::shared_ptr<sockets::Socket>);

  AcceptIntoOperation(std::uint64_t number, Handler handler, const boost::asio::any_io_executor& executor, socket& peer,
                      Adopt adopt)
      : StatusOperation(sockets::kWhenReadable, number, std::move(handler), executor), peer_(peer), adopt_(adopt) {}

  bool try_again(sockets::Socket& listener, Turn& turn) override {
    auto accepted = listener.accept(turn);
    if (!accepted && accepted.error() == std::errc::operation_would_block) return false;
    if (!accepted) {
      fail(sockets::to_call_error(accepted.error()));
    } else {
      adopt_(peer_, std::move(*accepted));
    }
    return true;
  }

 private:
  socket& peer_;
  Adopt adopt_;
};

}  // namespace

socket::socket(executor_type executor, const endpoint& local) : socket(std::move(executor)) {
  open();
  bind(local);
}

void socket::open(const protocol& which) {
  ErrorCode error;
  open(which, error);
  throw_if(error, "open");
}

void socket::open(const protocol& which, ErrorCode& error) {
  if (which != v4()) {
    error = boost::asio::error::address_family_not_supported;
    return;
  }
  open_kind(SOCK_STREAM, IPPROTO_TCP, error);
}

void socket::bind(const endpoint& local) {
  ErrorCode error;
  bind(local, error);
  throw_if(error, "bind");
}

void socket::bind(const endpoint& local, ErrorCode& error) { bind_name(name_of(local), error); }

void socket::connect(const endpoint& remote) {
  ErrorCode error;
  connect(remote, error);
  throw_if(error, "connect");
}

void socket::connect(const endpoint& remote, ErrorCode& error) {
  error = {};
  if (!is_open()) open(v4(), error);
  if (!error) connect_name(name_of(remote), error);
}

void socket::begin_connect(const endpoint& remote, detail::WaitHandler handler) {
  ErrorCode error;
  if (!is_open()) open(v4(), error);
  if (error) return sockets::deliver(std::move(handler.call), get_executor(), false, std::move(error));
  start_connect(name_of(remote), std::move(handler));
}

endpoint socket::local_endpoint() const {
  ErrorCode error;
  const endpoint local = local_endpoint(error);
  throw_if(error, "local_endpoint");
  return local;
}

endpoint socket::local_endpoint(ErrorCode& error) const { return endpoint_of<endpoint>(local_name(error)); }

endpoint socket::remote_endpoint() const {
  ErrorCode error;
  const endpoint remote = remote_endpoint(error);
  throw_if(error, "remote_endpoint");
  return remote;
}

endpoint socket::remote_endpoint(ErrorCode& error) const { return endpoint_of<endpoint>(remote_name(error)); }

acceptor::acceptor(executor_type executor, const endpoint& local, bool reuse) : acceptor(std::move(executor)) {
  open();
  if (reuse) set_reuse_address(*this);
  bind(local);
  listen();
}

acceptor::acceptor(executor_type executor, Runtime& runtime, const endpoint& local, bool reuse)
    : acceptor(std::move(executor), runtime) {
  open();
  if (reuse) set_reuse_address(*this);
  bind(local);
  listen();
}

void acceptor::open(const protocol& which) {
  ErrorCode error;
  open(which, error);
  throw_if(error, "open");
}

void acceptor::open(const protocol& which, ErrorCode& error) {
  if (which != v4()) {
    error = boost::asio::error::address_family_not_supported;
    return;
  }
  open_kind(SOCK_STREAM, IPPROTO_TCP, error);
}

void acceptor::bind(const endpoint& local) {
  ErrorCode error;
  bind(local, error);
  throw_if(error, "bind");
}

void acceptor::bind(const endpoint& local, ErrorCode& error) { bind_name(name_of(local), error); }

void acceptor::listen(int backlog) {
  ErrorCode error;
  listen(backlog, error);
  throw_if(error, "listen");
}

void acceptor::listen(int backlog, ErrorCode& error) {
  error = boost::asio::error::bad_descriptor;
  if (!is_open()) return;
  Turn turn(implementation()->core());
  if (implementation()->is_closed()) return;
  const auto listening = implementation()->listen(backlog, turn);
  error = listening ? ErrorCode() : sockets::to_call_error(listening.error());
}

endpoint acceptor::local_endpoint() const {
  ErrorCode error;
  const endpoint local = local_endpoint(error);
  throw_if(error, "local_endpoint");
  return local;
}

endpoint acceptor::local_endpoint(ErrorCode& error) const { return endpoint_of<endpoint>(local_name(error)); }

socket acceptor::accept() {
  ErrorCode error;
  socket peer = accept(error);
  throw_if(error, "accept");
  return peer;
}

socket acceptor::accept(ErrorCode& error) {
  socket peer(get_executor());
  accept(peer, error);
  return peer;
}

void acceptor::accept(socket& peer) {
  ErrorCode error;
  accept(peer, error);
  throw_if(error, "accept");
}

void acceptor::accept(socket& peer, endpoint& remote, ErrorCode& error) {
  accept(peer, error);
  ErrorCode gone;  // the peer may have left already
  if (!error) remote = peer.remote_endpoint(gone);
}

void acceptor::accept(socket& peer, ErrorCode& error) {
  error = {};
  if (peer.is_open()) error = boost::asio::error::already_open;
  if (!is_open()) error = boost::asio::error::bad_descriptor;
  if (error) return;
  const auto listener = implementation();
  auto accepted = sockets::retry_until(listener, sockets::kWhenReadable, sockets::Patience::receiving(),
                                       [&](Turn& turn) { return listener->accept(turn); });
  if (accepted) {
    peer.core_ = core_;
    peer.adopt(std::move(*accepted));
  } else {
    error = sockets::to_call_error(accepted.error());
  }
}

void acceptor::start_accept(const executor_type& executor, detail_accept::Handler handler) {
  if (!is_open()) {
    return sockets::deliver(std::move(handler.call), get_executor(), false,
                            ErrorCode(boost::asio::error::bad_descriptor), socket(executor));
  }
  const auto adopt = [](const executor_type& peer_executor, const std::shared_ptr<sockets::Socket>& accepted) {
    socket peer(peer_executor);
    if (accepted) peer.core_ = accepted->core();
    peer.adopt(accepted);
    return peer;
  };
  Turn turn(implementation()->core());
  begin(std::make_unique<AcceptOperation>(implementation()->next_operation_number(), std::move(handler), get_executor(),
                                          executor, adopt),
        *implementation(), turn);
}

void acceptor::start_accept_into(socket& peer, detail::WaitHandler handler) {
  const ErrorCode error = peer.is_open() ? ErrorCode(boost::asio::error::already_open)
                          : is_open()    ? ErrorCode()
                                         : ErrorCode(boost::asio::error::bad_descriptor);
  if (error) return sockets::deliver(std::move(handler.call), get_executor(), false, ErrorCode(error));
  const auto adopt = [](socket& into, std::shared_ptr<sockets::Socket> accepted) {
    into.core_ = accepted->core();
    into.adopt(std::move(accepted));
  };
  Turn turn(implementation()->core());
  begin(std::make_unique<AcceptIntoOperation>(implementation()->next_operation_number(), std::move(handler),
                                              get_executor(), peer, adopt),
        *implementation(), turn);
}

}  // namespace fourtuple::tcp
