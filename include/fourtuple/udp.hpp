// UDP sockets in the shape of boost::asio::ip::udp (RFC 768).
#pragma once

#include "fourtuple/any_socket.hpp"

namespace fourtuple {

// What udp::socket and raw::socket share; `Protocol` only says which endpoint type they speak.
template <class Endpoint>
class DatagramSocket : public AnySocket {
 public:
  using endpoint_type = Endpoint;

  void bind(const Endpoint& local, ErrorCode& error) { bind_name(AnySocket::name_of(local), error); }
  void bind(const Endpoint& local) {
    ErrorCode error;
    bind(local, error);
    detail::throw_if(error, "bind");
  }
  // Fixes the peer: only its datagrams are received, and send() goes there.
  void connect(const Endpoint& remote, ErrorCode& error) { connect_name(AnySocket::name_of(remote), error); }
  void connect(const Endpoint& remote) {
    ErrorCode error;
    connect(remote, error);
    detail::throw_if(error, "connect");
  }
  [[nodiscard]] Endpoint local_endpoint(ErrorCode& error) const {
    return AnySocket::template endpoint_of<Endpoint>(local_name(error));
  }
  [[nodiscard]] Endpoint local_endpoint() const {
    ErrorCode error;
    const Endpoint local = local_endpoint(error);
    detail::throw_if(error, "local_endpoint");
    return local;
  }
  [[nodiscard]] Endpoint remote_endpoint(ErrorCode& error) const {
    return AnySocket::template endpoint_of<Endpoint>(remote_name(error));
  }
  [[nodiscard]] Endpoint remote_endpoint() const {
    ErrorCode error;
    const Endpoint remote = remote_endpoint(error);
    detail::throw_if(error, "remote_endpoint");
    return remote;
  }

  // One datagram; what does not fit is lost.
  template <class Buffers>
  std::size_t receive_from(const Buffers& buffers, Endpoint& from, message_flags flags, ErrorCode& error) {
    from = Endpoint();
    return receive_pieces(detail::MutablePieces(buffers), flags, from.data(), error);
  }
  template <class Buffers>
  std::size_t receive_from(const Buffers& buffers, Endpoint& from) {
    ErrorCode error;
    const std::size_t count = receive_from(buffers, from, 0, error);
    detail::throw_if(error, "receive_from");
    return count;
  }
  template <class Buffers>
  std::size_t receive(const Buffers& buffers, message_flags flags, ErrorCode& error) {
    return receive_pieces(detail::MutablePieces(buffers), flags, nullptr, error);
  }
  template <class Buffers>
  std::size_t receive(const Buffers& buffers) {
    ErrorCode error;
    const std::size_t count = receive(buffers, 0, error);
    detail::throw_if(error, "receive");
    return count;
  }
  // One datagram of at most 65507 octets (message_size above).
  template <class Buffers>
  std::size_t send_to(const Buffers& buffers, const Endpoint& to, message_flags flags, ErrorCode& error) {
    const Name name = AnySocket::name_of(to);
    return send_pieces(detail::ConstPieces(buffers), flags, &name, error);
  }
  template <class Buffers>
  std::size_t send_to(const Buffers& buffers, const Endpoint& to) {
    ErrorCode error;
    const std::size_t count = send_to(buffers, to, 0, error);
    detail::throw_if(error, "send_to");
    return count;
  }
  template <class Buffers>
  std::size_t send(const Buffers& buffers, message_flags flags, ErrorCode& error) {
    return send_pieces(detail::ConstPieces(buffers), flags, nullptr, error);
  }
  template <class Buffers>
  std::size_t send(const Buffers& buffers) {
    ErrorCode error;
    const std::size_t count = send(buffers, 0, error);
    detail::throw_if(error, "send");
    return count;
  }

  // `from` must live until the handler runs.
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_receive_from(const Buffers& buffers, Endpoint& from, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers, &from](auto handler) {
          from = Endpoint();
          start_receive(detail::MutablePieces(buffers), 0, from.data(),
                        detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_receive(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers](auto handler) {
          start_receive(detail::MutablePieces(buffers), 0, nullptr,
                        detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_send_to(const Buffers& buffers, const Endpoint& to, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers, name = AnySocket::name_of(to)](auto handler) {
          start_send(detail::ConstPieces(buffers), 0, &name,
                     detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }
  template <class Buffers, boost::asio::completion_token_for<void(ErrorCode, std::size_t)> Token>
  auto async_send(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this, buffers](auto handler) {
          start_send(detail::ConstPieces(buffers), 0, nullptr,
                     detail::TransferHandler(std::move(handler), get_executor()));
        },
        token);
  }

 protected:
  using AnySocket::AnySocket;
};

namespace udp {

using protocol = boost::asio::ip::udp;
using endpoint = boost::asio::ip::udp::endpoint;
using resolver = boost::asio::ip::udp::resolver;  // the system's names
[[nodiscard]] inline protocol v4() { return protocol::v4(); }

class socket : public DatagramSocket<endpoint> {
 public:
  using protocol_type = protocol;

  explicit socket(executor_type executor) : DatagramSocket(std::move(executor)) {}
  socket(executor_type executor, Runtime& runtime) : DatagramSocket(std::move(executor), runtime) {}
  template <detail::ExecutionContext Context>
  explicit socket(Context& context) : DatagramSocket(context.get_executor()) {}
  template <detail::ExecutionContext Context>
  socket(Context& context, Runtime& runtime) : DatagramSocket(context.get_executor(), runtime) {}
  // Opened and bound.
  template <class ExecutorOrContext>
  socket(ExecutorOrContext&& where, const endpoint& local) : socket(std::forward<ExecutorOrContext>(where)) {
    open();
    bind(local);
  }
  template <class ExecutorOrContext>
  socket(ExecutorOrContext&& where, Runtime& runtime, const endpoint& local)
      : socket(std::forward<ExecutorOrContext>(where), runtime) {
    open();
    bind(local);
  }

  void open(const protocol& which, ErrorCode& error) {
    if (which != v4()) {
      error = boost::asio::error::address_family_not_supported;
      return;
    }
    open_kind(SOCK_DGRAM, IPPROTO_UDP, error);
  }
  void open(const protocol& which = v4()) {
    ErrorCode error;
    open(which, error);
    detail::throw_if(error, "open");
  }
};

}  // namespace udp
}  // namespace fourtuple
