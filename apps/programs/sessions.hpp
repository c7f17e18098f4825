// What the servers share: accepting for ever.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "fourtuple/tcp.hpp"

namespace fourtuple::apps {

using ErrorCode = boost::system::error_code;

// co_await answers a tuple of error and result instead of throwing.
// (GCC 12 miscompiles braced arguments inside co_await expressions: name them before, or write the type.)
inline constexpr auto kAsTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

// Gives each connection to `serve`, until the acceptor is closed. Out of descriptors or memory it waits a moment for
// better times instead of giving up.
template <class Serve>
boost::asio::awaitable<void> accept_each(std::shared_ptr<tcp::acceptor> acceptor, Serve serve) {
  boost::asio::steady_timer pause(acceptor->get_executor());
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(kAsTuple);
    if (!error) {
      serve(std::move(socket));
    } else if (error == boost::asio::error::operation_aborted) {
      co_return;
    } else {
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kAsTuple);
    }
  }
}

// Clients that connect and close in a loop do not wait to be accepted: one acceptance at a time would let the queue
// fill up.
template <class Serve>
void accept_many(boost::asio::io_context& io, const std::shared_ptr<tcp::acceptor>& acceptor, const Serve& serve) {
  constexpr int kAtOnce = 16;
  for (int i = 0; i < kAtOnce; ++i) boost::asio::co_spawn(io, accept_each(acceptor, serve), boost::asio::detached);
}

}  // namespace fourtuple::apps
