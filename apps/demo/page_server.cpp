#include "apps/demo/page_server.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <utility>

#include "apps/http/request_parser.hpp"
#include "apps/http/response.hpp"
#include "apps/programs/sessions.hpp"

namespace fourtuple::apps {

namespace asio = boost::asio;

PageServer::PageServer(asio::io_context& io, std::string page, OnRequest on_request)
    : io_(io), page_(std::move(page)), on_request_(std::move(on_request)), acceptor_(io), permission_(io) {}

ErrorCode PageServer::listen(Port port) {
  ErrorCode error;
  acceptor_.open(tcp::v4(), error);
  if (!error) acceptor_.bind({tcp::v4(), port}, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) asio::co_spawn(io_, accept(), asio::detached);
  return error;
}

void PageServer::go_on() {
  asio::post(io_, [self = shared_from_this()] { self->permission_.cancel(); });
}

void PageServer::hold_no_more() {
  asio::post(io_, [self = shared_from_this()] {
    self->holds_ = false;
    self->permission_.cancel();
  });
}

asio::awaitable<void> PageServer::accept() {
  const auto self = shared_from_this();
  for (;;) {
    auto [error, client] = co_await acceptor_.async_accept(kAsTuple);
    if (error) co_return;
    asio::co_spawn(io_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> PageServer::serve(tcp::socket client) {
  const auto self = shared_from_this();
  http::RequestParser parser;
  std::string input;
  const auto [error, size] = co_await asio::async_read_until(
      client, asio::dynamic_buffer(input, http::RequestParser::kMaxHeadBytes), "\r\n\r\n", kAsTuple);
  if (error) co_return;
  const auto taken = parser.take(input);
  permission_.expires_at(asio::steady_timer::time_point::max());
  on_request_();
  if (holds_) co_await permission_.async_wait(kAsTuple);
  http::ResponseHead head{.status = taken && parser.has_head() ? 200 : 400};
  head.content_length = page_.size();
  head.content_type = "text/plain";
  head.keep_alive = false;
  const std::string text = http::to_text(head, std::time(nullptr)) + page_;
  co_await asio::async_write(client, asio::buffer(text), kAsTuple);
  ErrorCode ignored;
  client.shutdown(tcp::socket::shutdown_send, ignored);
  // The client closes when it has all; then so do we, without leaving anything of its unread.
  std::array<char, 256> rest{};
  co_await client.async_read_some(asio::buffer(rest), kAsTuple);
}

}  // namespace fourtuple::apps
