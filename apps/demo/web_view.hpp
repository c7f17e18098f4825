// The lab's page over a running stack: its server on the loopback device, and what it shows.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <future>
#include <optional>
#include <string>

#include "apps/lab/live_log.hpp"
#include "apps/lab/web/live_backend.hpp"
#include "apps/lab/web/server.hpp"
#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

class WebView {
 public:
  explicit WebView(boost::asio::io_context& io) : acceptor_(io), signals_(io, SIGINT, SIGTERM) {}

  // Where the browser can reach it: call it before the process moves into a network of its own. Port 0: any.
  [[nodiscard]] SetupResult<bool> listen(Port port);
  // Where events go.
  [[nodiscard]] lab::LiveLog& log() { return log_; }
  // Answers from now on, as far as the io_context runs.
  void serve(std::string peer, Ipv4Address peer_address, Ipv4Address our_address);
  // For the user's eyes: with the secret.
  [[nodiscard]] std::string address() const { return server_->gate().address(); }
  // Until SIGINT or SIGTERM, also one that came before.
  void wait_for_signal() { signalled_.get_future().wait(); }

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::signal_set signals_;
  std::promise<void> signalled_;
  lab::LiveLog log_;
  std::optional<lab::web::LiveBackend> backend_;
  std::optional<lab::web::Server> server_;
};

}  // namespace fourtuple::apps
