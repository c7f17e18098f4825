// The page's server: HTTP by Beast, over the kernel's loopback or over any stack with Asio's sockets.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>

#include "apps/lab/web/backend.hpp"
#include "apps/lab/web/gate.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::lab::web {

// On 127.0.0.1; port 0: any.
[[nodiscard]] SetupResult<boost::asio::ip::tcp::acceptor> listen_on_loopback(boost::asio::any_io_executor executor,
                                                                             Port port);

class Server {
 public:
  static constexpr std::size_t kMostConnections = 64;  // more are closed at once
  static constexpr std::size_t kMostBodyBytes = std::size_t{256} << 10;

  // `backend` outlives it.
  Server(Gate gate, Backend& backend) : gate_(std::move(gate)), backend_(backend) {}

  // Serves whoever connects, until the acceptor is closed.
  void serve(boost::asio::ip::tcp::acceptor acceptor);

  // What is said to a request: the page's files, or the backend's answer behind the gate.
  [[nodiscard]] std::optional<Reply> answer(const Request& request, bool patience_is_over);
  [[nodiscard]] const Gate& gate() const { return gate_; }

  // One client, whose descriptor is closed at its end.
  template <class Socket>
  boost::asio::awaitable<void> converse(Socket stream);

 private:
  // Waits for news where the backend says so.
  boost::asio::awaitable<Reply> patient_answer(Request request);
  boost::asio::awaitable<void> accept_all(boost::asio::ip::tcp::acceptor acceptor);

  Gate gate_;
  Backend& backend_;
  std::size_t connections_ = 0;
};

}  // namespace fourtuple::lab::web
