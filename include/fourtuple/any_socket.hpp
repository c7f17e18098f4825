// What the C++ sockets of every kind share: opening, naming, options, waiting, cancelling, closing.
//
// The shape is that of boost::asio::basic_socket, and so are meanings and error codes: errors are errno values of
// boost::system::system_category(), the end of a stream is boost::asio::error::eof, and an operation that was
// cancelled, or whose socket was closed or destroyed, completes with boost::asio::error::operation_aborted.
//
// Threads: distinct sockets may be used from distinct threads at will. One socket may be used from several threads
// too (Asio does not promise that), except that moving, closing and destroying it must not race with another use.
// SIGPIPE is never raised.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <type_traits>
#include <utility>

namespace fourtuple {

class Runtime;
class RuntimeCore;
namespace sockets {
class Socket;
}

namespace detail {

using ErrorCode = boost::system::error_code;

// The io_context that `executor` hands work to without restrictions, or nullptr.
[[nodiscard]] boost::asio::io_context* context_of(const boost::asio::any_io_executor& executor);
[[nodiscard]] boost::asio::io_context* context_of(const boost::asio::io_context::executor_type& executor);
template <class Executor>
[[nodiscard]] boost::asio::io_context* context_of(const Executor&) {
  return nullptr;
}

// A handler without its type. Where it runs in the io_context of its socket, as nearly all do, that is noted while the
// types are known: going through type-erased executors costs more than the stack's own work for a small segment.
template <class Signature>
struct ErasedHandler {
  template <class Handler>
  ErasedHandler(Handler&& handler, const boost::asio::any_io_executor& executor)
      : home(context_of(executor)), call(take_home(handler, executor)) {}

  boost::asio::io_context* home;  // where both run, or nullptr
  boost::asio::any_completion_handler<Signature> call;

 private:
  template <class Handler>
  Handler&& take_home(Handler& handler, const boost::asio::any_io_executor& executor) {
    if (home != nullptr && context_of(boost::asio::get_associated_executor(handler, executor)) != home) home = nullptr;
    return std::move(handler);
  }
};
using WaitHandler = ErasedHandler<void(ErrorCode)>;
using TransferHandler = ErasedHandler<void(ErrorCode, std::size_t)>;

// The first octets of a buffer sequence, without the sequence's type. What lies beyond kMaxPieces is left for the next
// call, which "some" in read_some and write_some allows.
template <class Buffer>
struct Pieces {
  static constexpr std::size_t kMaxPieces = 16;
  Buffer pieces[kMaxPieces];
  std::size_t count = 0;
  std::size_t bytes = 0;

  template <class Sequence>
  explicit Pieces(const Sequence& sequence) {
    auto end = boost::asio::buffer_sequence_end(sequence);
    for (auto it = boost::asio::buffer_sequence_begin(sequence); it != end && count < kMaxPieces; ++it) {
      const Buffer piece(*it);
      if (piece.size() == 0) continue;
      pieces[count++] = piece;
      bytes += piece.size();
    }
  }
};
using MutablePieces = Pieces<boost::asio::mutable_buffer>;
using ConstPieces = Pieces<boost::asio::const_buffer>;

inline void throw_if(const ErrorCode& error, const char* what) {
  if (error) throw boost::system::system_error(error, what);
}

template <class Source>
concept ExecutionContext = std::is_convertible_v<Source&, boost::asio::execution_context&>;

}  // namespace detail

class AnySocket : public boost::asio::socket_base {
 public:
  using executor_type = boost::asio::any_io_executor;
  using ErrorCode = boost::system::error_code;

  [[nodiscard]] executor_type get_executor() const { return executor_; }
  [[nodiscard]] bool is_open() const;

  // Ends pending operations with operation_aborted. A stream then sends a FIN after what was written (a reset where
  // unread data is thrown away), unless SO_LINGER says otherwise.
  void close();
  void close(ErrorCode& error);
  void cancel();
  void cancel(ErrorCode& error);

  // Asio's option objects and others of their shape (level, name, data, size): tcp::no_delay, keep_alive, linger,
  // receive_buffer_size, ... SOCKETS.md names those understood; others are no_protocol_option.
  template <class Option>
  void set_option(const Option& option, ErrorCode& error) {
    const auto protocol = boost::asio::ip::tcp::v4();
    set_raw_option(option.level(protocol), option.name(protocol), option.data(protocol), option.size(protocol), error);
  }
  template <class Option>
  void set_option(const Option& option) {
    ErrorCode error;
    set_option(option, error);
    detail::throw_if(error, "set_option");
  }
  template <class Option>
  void get_option(Option& option, ErrorCode& error) const {
    const auto protocol = boost::asio::ip::tcp::v4();
    std::size_t size = option.size(protocol);
    get_raw_option(option.level(protocol), option.name(protocol), option.data(protocol), size, error);
    if (!error) option.resize(protocol, size);
  }
  template <class Option>
  void get_option(Option& option) const {
    ErrorCode error;
    get_option(option, error);
    detail::throw_if(error, "get_option");
  }
  // Asio's io_control objects: bytes_readable.
  template <class Command>
  void io_control(Command& command, ErrorCode& error) {
    control(command.name(), command.data(), error);
  }
  template <class Command>
  void io_control(Command& command) {
    ErrorCode error;
    io_control(command, error);
    detail::throw_if(error, "io_control");
  }

  // Whether the synchronous calls answer would_block instead of waiting.
  [[nodiscard]] bool non_blocking() const;
  void non_blocking(bool on);
  void non_blocking(bool on, ErrorCode& error);

  // Octets readable without waiting.
  [[nodiscard]] std::size_t available() const;
  [[nodiscard]] std::size_t available(ErrorCode& error) const;

  // True while an out-of-band octet is next to be read (SIOCATMARK).
  [[nodiscard]] bool at_mark() const;
  [[nodiscard]] bool at_mark(ErrorCode& error) const;

  void shutdown(shutdown_type what);
  void shutdown(shutdown_type what, ErrorCode& error);

  // Until the socket is readable (data, end, a connection to accept), writable, or has an error pending.
  void wait(wait_type what);
  void wait(wait_type what, ErrorCode& error);
  template <boost::asio::completion_token_for<void(ErrorCode)> Token>
  auto async_wait(wait_type what, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode)>(
        [this, what](auto handler) { start_wait(what, detail::WaitHandler(std::move(handler), executor_)); }, token);
  }

  // The stack's object behind this one; nullptr while closed. For code of the stack itself.
  [[nodiscard]] const std::shared_ptr<sockets::Socket>& implementation() const { return socket_; }

 protected:
  using Name = ::sockaddr_in;                  // an endpoint without Asio's type
  explicit AnySocket(executor_type executor);  // finds the runtime when the socket is opened
  AnySocket(executor_type executor, Runtime& runtime);
  AnySocket(AnySocket&& other) noexcept;
  AnySocket& operator=(AnySocket&& other) noexcept;
  AnySocket(const AnySocket&) = delete;
  AnySocket& operator=(const AnySocket&) = delete;
  ~AnySocket();

  // An IPv6 endpoint becomes a name of family AF_INET6, which every call refuses with address_family_not_supported.
  template <class Endpoint>
  [[nodiscard]] static Name name_of(const Endpoint& endpoint) {
    Name name{};
    std::memcpy(&name, endpoint.data(), sizeof name);
    return name;
  }
  template <class Endpoint>
  [[nodiscard]] static Endpoint endpoint_of(const Name& name) {
    Endpoint endpoint;
    std::memcpy(endpoint.data(), &name, sizeof name);
    return endpoint;
  }

  // As socket(2): SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
  void open_kind(int type, int protocol, ErrorCode& error);
  void adopt(std::shared_ptr<sockets::Socket> socket) { socket_ = std::move(socket); }
  void bind_name(Name name, ErrorCode& error);
  void connect_name(Name name, ErrorCode& error);
  [[nodiscard]] Name local_name(ErrorCode& error) const;
  [[nodiscard]] Name remote_name(ErrorCode& error) const;
  [[nodiscard]] std::size_t receive_pieces(const detail::MutablePieces& pieces, int flags, ::sockaddr* from,
                                           ErrorCode& error);
  [[nodiscard]] std::size_t send_pieces(const detail::ConstPieces& pieces, int flags, const Name* to, ErrorCode& error);

  void start_wait(wait_type what, detail::WaitHandler handler);
  void start_connect(Name name, detail::WaitHandler handler);
  // `from` (or nullptr) has room for a sockaddr_in and lives until the handler runs.
  void start_receive(const detail::MutablePieces& pieces, int flags, ::sockaddr* from, detail::TransferHandler handler);
  void start_send(const detail::ConstPieces& pieces, int flags, const Name* to, detail::TransferHandler handler);

  void set_raw_option(int level, int name, const void* data, std::size_t size, ErrorCode& error);
  void get_raw_option(int level, int name, void* data, std::size_t& size, ErrorCode& error) const;
  void control(int command, void* data, ErrorCode& error);

  executor_type executor_;
  std::shared_ptr<RuntimeCore> core_;
  std::shared_ptr<sockets::Socket> socket_;
};

}  // namespace fourtuple
