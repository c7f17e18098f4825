// TCP sockets in the shape of boost::asio::ip::tcp: code written for Asio's sockets, Beast included, runs on these.
//
//   boost::asio::io_context io;
//   fourtuple::Runtime runtime(io);        // + runtime.attach(...)
//   tcp::acceptor acceptor(io, {fourtuple::tcp::v4(), 80});
//   tcp::socket peer = co_await acceptor.async_accept(boost::asio::use_awaitable);
//
// Sockets find their runtime through the executor's io_context; where that is not the runtime's own (or there are
// several), pass the runtime: `tcp::socket socket(executor, runtime)`.
// boost::beast::tcp_stream is tied to the kernel's sockets: give Beast the socket itself, http::async_read(socket,
// ...).
#pragma once

#include <string>

#include "fourtuple/any_socket.hpp"

namespace fourtuple::tcp {

using protocol = boost::asio::ip::tcp;
using endpoint = boost::asio::ip::tcp::endpoint;
using resolver = boost::asio::ip::tcp::resolver;  // the system's names
using no_delay = boost::asio::ip::tcp::no_delay;
[[nodiscard]] inline protocol v4() { return protocol::v4(); }

class acceptor;

class socket : public AnySocket {
 public:
  using protocol_type = protocol;
  using endpoint_type = endpoint;
  using lowest_layer_type = socket;

  explicit socket(executor_type executor) : AnySocket(std::move(executor)) {}
  socket(executor_type executor, Runtime& runtime) : AnySocket(std::move(executor), runtime) {}
  template <detail::ExecutionContext Context>
  explicit socket(Context& context) : AnySocket(context.get_executor()) {}
  template <detail::ExecutionContext Context>
  socket(Context& context, Runtime& runtime) : AnySocket(context.get_executor(), runtime) {}
  // Opened and bound.
  socket(executor_type executor, const endpoint& local);
  socket(socket&&) noexcept = default;
  socket& operator=(socket&&) noexcept = default;

  [[nodiscard]] lowest_layer_type& lowest_layer() { return *this; }
  [[nodiscard]] const lowest_layer_type& lowest_layer() const { return *this; }

  void open(const protocol& which = v4());
  void open(const protocol& which, ErrorCode& error);
  void bind(const endpoint& local);
  void bind(const endpoint& local, ErrorCode& error);
  // Opens the socket if it is not. Errors of connect(2): connection_refused, timed_out, host_unreachable, ...
  void connect(const endpoint& remote);
  void connect(const endpoint& remote, ErrorCode& error);
  template <boost::asio::completion_token_for<void(ErrorCode)> Token>
  auto async_connect(const endpoint& remote, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode)>(
        [this, remote](auto handler) {
          begin_connect(remote, detail::WaitHandler(std::move(handler), get_executor()));
        },
        token);
  }

  [[nodiscard]] endpoint local_endpoint() const;
  [[nodiscard]] endpoint local_endpoint(ErrorCode& error) const;
  [[nodiscard]] endpoint remote_endpoint() const;
  [[nodiscard]] endpoint remote_endpoint(ErrorCode& error) const;

  // One octet or more; eof at the end of the stream. An empty buffer sequence completes at once with 0.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, ErrorCode& error) {
    return receive(buffers, 0, error);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return receive(buffers, 0);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, ErrorCode& error) {
    return send(buffers, 0, error);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return send(buffers, 0);
  }
  template <class Buffers>
  std::size_t receive(const Buffers& buffers, message_flags flags, ErrorCode& error) {
    error = {};
    const std::size_t count = receive_pieces(detail::MutablePieces(buffers), flags, nullptr, error);
    if (!error && count == 0 && boost::asio::buffer_size(buffers) != 0) error = boost::asio::error::eof;
    return count;
  }
  template <class Buffers>
  std::size_t receive(const Buffers& buffers, message_flags flags = 0) {
    ErrorCode error;
    const std::size_t count = receive(buffers, flags, error);
    detail::throw_if(error, "receive");
    return count;
  }
  template <class Buffers>
  std::size_t send(const Buffers& buffers, message_flags flags, ErrorCode& error) {
    return send_pieces(detail::ConstPieces(buffers), flags, nullptr, error);
  }
  template <class Buffers>
  std::size_t send(const Buffers& buffers, message_flags flags = 0) {
    ErrorCode error;
    const std::size_t count = send(buffers, flags, error);
    detail::throw_if(error, "send");
    return count;
  }

  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return async_receive(buffers, 0, std::forward<Token>(token));
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return async_send(buffers, 0, std::forward<Token>(token));
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_receive(const Buffers& buffers, message_flags flags, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers, flags](auto handler) {
          start_receive(detail::MutablePieces(buffers), flags, nullptr,
                        detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_receive(const Buffers& buffers, Token&& token) {
    return async_receive(buffers, 0, std::forward<Token>(token));
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_send(const Buffers& buffers, message_flags flags, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers, flags](auto handler) {
          start_send(detail::ConstPieces(buffers), flags, nullptr,
                     detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_send(const Buffers& buffers, Token&& token) {
    return async_send(buffers, 0, std::forward<Token>(token));
  }

 private:
  friend class acceptor;
  void begin_connect(const endpoint& remote, detail::WaitHandler handler);
};

namespace detail_accept {
using Handler = detail::ErasedHandler<void(boost::system::error_code, socket)>;
}

class acceptor : public AnySocket {
 public:
  using protocol_type = protocol;
  using endpoint_type = endpoint;

  explicit acceptor(executor_type executor) : AnySocket(std::move(executor)) {}
  acceptor(executor_type executor, Runtime& runtime) : AnySocket(std::move(executor), runtime) {}
  template <detail::ExecutionContext Context>
  explicit acceptor(Context& context) : AnySocket(context.get_executor()) {}
  template <detail::ExecutionContext Context>
  acceptor(Context& context, Runtime& runtime) : AnySocket(context.get_executor(), runtime) {}
  // Opened, SO_REUSEADDR (as Asio does), bound, listening.
  acceptor(executor_type executor, const endpoint& local, bool reuse = true);
  acceptor(executor_type executor, Runtime& runtime, const endpoint& local, bool reuse = true);
  template <detail::ExecutionContext Context>
  acceptor(Context& context, const endpoint& local, bool reuse = true)
      : acceptor(executor_type(context.get_executor()), local, reuse) {}
  template <detail::ExecutionContext Context>
  acceptor(Context& context, Runtime& runtime, const endpoint& local, bool reuse = true)
      : acceptor(executor_type(context.get_executor()), runtime, local, reuse) {}
  acceptor(acceptor&&) noexcept = default;
  acceptor& operator=(acceptor&&) noexcept = default;

  void open(const protocol& which = v4());
  void open(const protocol& which, ErrorCode& error);
  void bind(const endpoint& local);
  void bind(const endpoint& local, ErrorCode& error);
  void listen(int backlog = max_listen_connections);
  void listen(int backlog, ErrorCode& error);
  [[nodiscard]] endpoint local_endpoint() const;
  [[nodiscard]] endpoint local_endpoint(ErrorCode& error) const;

  // Accepted sockets belong to this runtime and, unless another is named, to the acceptor's executor.
  [[nodiscard]] socket accept();
  [[nodiscard]] socket accept(ErrorCode& error);
  void accept(socket& peer);
  void accept(socket& peer, ErrorCode& error);
  void accept(socket& peer, endpoint& remote, ErrorCode& error);

  template <boost::asio::completion_token_for<void(ErrorCode, socket)> Token>
  auto async_accept(Token&& token) {
    return async_accept(get_executor(), std::forward<Token>(token));
  }
  template <boost::asio::completion_token_for<void(ErrorCode, socket)> Token>
  auto async_accept(const executor_type& executor, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, socket)>(
        [this, executor](auto handler) {
          start_accept(executor, detail_accept::Handler(std::move(handler), get_executor()));
        },
        token);
  }
  template <detail::ExecutionContext Context, boost::asio::completion_token_for<void(ErrorCode, socket)> Token>
  auto async_accept(Context& context, Token&& token) {
    return async_accept(executor_type(context.get_executor()), std::forward<Token>(token));
  }
  // Into `peer`, which must live until the handler runs.
  template <boost::asio::completion_token_for<void(ErrorCode)> Token>
  auto async_accept(socket& peer, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode)>(
        [this, &peer](auto handler) {
          start_accept_into(peer, detail::WaitHandler(std::move(handler), get_executor()));
        },
        token);
  }

 private:
  void start_accept(const executor_type& executor, detail_accept::Handler handler);
  void start_accept_into(socket& peer, detail::WaitHandler handler);
};

}  // namespace fourtuple::tcp
