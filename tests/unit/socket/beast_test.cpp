// A Beast HTTP server and client over tcp::socket: Beast's code as it is, our sockets below it.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>

#include "fourtuple/tcp.hpp"
#include "tests/unit/socket/world.hpp"

namespace fourtuple::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;

asio::awaitable<void> serve_once(tcp::acceptor& acceptor) {
  tcp::socket peer = co_await acceptor.async_accept(use_awaitable);
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  co_await http::async_read(peer, buffer, request, use_awaitable);
  http::response<http::string_body> response(http::status::ok, request.version());
  response.set(http::field::content_type, "text/plain");
  response.body() = "you asked for " + std::string(request.target()) + std::string(100000, '.');
  response.prepare_payload();
  co_await http::async_write(peer, response, use_awaitable);
  peer.shutdown(tcp::socket::shutdown_send);
}

asio::awaitable<void> get(tcp::socket& socket, http::response<http::string_body>& response) {
  co_await socket.async_connect({asio::ip::make_address("10.0.0.4"), 80}, use_awaitable);
  http::request<http::empty_body> request(http::verb::get, "/index.html", 11);
  request.set(http::field::host, "10.0.0.4");
  co_await http::async_write(socket, request, use_awaitable);
  boost::beast::flat_buffer buffer;
  co_await http::async_read(socket, buffer, response, use_awaitable);
}

TEST(Beast, ServesAndFetchesAPage) {
  World world;
  tcp::acceptor acceptor(world.io, world.near, {tcp::v4(), 80});
  tcp::socket client(world.io, world.far);
  http::response<http::string_body> response;
  bool done = false;
  asio::co_spawn(world.io, serve_once(acceptor), asio::detached);
  asio::co_spawn(world.io, get(client, response), [&](const std::exception_ptr& problem) { done = !problem; });
  EXPECT_TRUE(world.turn_until([&] { return done; }));
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_EQ(response.body().size(), 100025U);
  EXPECT_EQ(response.body().substr(0, 25), "you asked for /index.html");
}

}  // namespace
}  // namespace fourtuple::test
