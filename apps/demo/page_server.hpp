// The demo's web server: one page, and a moment to look around before it is sent.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "fourtuple/tcp.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

class PageServer : public std::enable_shared_from_this<PageServer> {
 public:
  // Called on the event loop's thread with each request that has been read; the page goes out when go_on() is called.
  using OnRequest = std::function<void()>;

  PageServer(boost::asio::io_context& io, std::string page, OnRequest on_request);

  // EADDRINUSE and the like.
  [[nodiscard]] boost::system::error_code listen(Port port);
  // From any thread.
  void go_on();
  // From now on pages go out at once. From any thread.
  void hold_no_more();

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(tcp::socket client);

  boost::asio::io_context& io_;
  std::string page_;
  OnRequest on_request_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer permission_;
  bool holds_ = true;
};

}  // namespace fourtuple::apps
