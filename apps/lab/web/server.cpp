#include "apps/lab/web/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "apps/lab/page/assets.hpp"

namespace fourtuple::lab::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

constexpr auto kPatience = std::chrono::seconds(30);      // with a silent client
constexpr auto kNewsPatience = std::chrono::seconds(10);  // of a client that waits for news
constexpr auto kNewsInterval = std::chrono::milliseconds(50);

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Request request_of(const HttpRequest& message) {
  return {.method = view(message.method_string()),
          .target = view(message.target()),
          .host = view(message[http::field::host]),
          .origin = view(message[http::field::origin]),
          .token = view(message["X-Fourtuple-Token"]),
          .body = message.body()};
}

HttpResponse response_of(Reply reply, const HttpRequest& message) {
  HttpResponse response(static_cast<http::status>(reply.status), message.version());
  response.set(http::field::content_type, reply.content_type);
  response.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set(http::field::cache_control, "no-store");
  if (!reply.file_name.empty()) {
    response.set(http::field::content_disposition, "attachment; filename=\"" + reply.file_name + "\"");
  }
  response.keep_alive(message.keep_alive());
  response.body() = std::move(reply.body);
  response.prepare_payload();
  return response;
}

std::optional<Reply> file_reply(std::string_view path) {
  for (const Asset& asset : page_assets()) {
    const bool is_meant = asset.path == path || (path == "/" && asset.path == "/index.html");
    if (is_meant) return Reply{.content_type = std::string(asset.content_type), .body = std::string(asset.bytes)};
  }
  return std::nullopt;
}

}  // namespace

SetupResult<asio::ip::tcp::acceptor> listen_on_loopback(asio::any_io_executor executor, Port port) {
  const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  asio::ip::tcp::acceptor acceptor(std::move(executor));
  ErrorCode error;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  return failure(SetupError{"cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.message(),
                            "choose another port, or leave it out", false});
}

std::optional<Reply> Server::answer(const Request& request, bool patience_is_over) {
  if (auto refusal = gate_.refusal(request)) return refusal;
  if (auto file = file_reply(path_of(request.target)); file && request.method == "GET") return file;
  return backend_.handle(request, patience_is_over);
}

template <class Socket>
asio::awaitable<void> Server::converse(Socket stream) {
  // The watchdog may be on its way when this is over.
  const auto socket = std::make_shared<Socket>(std::move(stream));
  asio::steady_timer watchdog(socket->get_executor());
  boost::beast::flat_buffer buffer;
  for (bool goes_on = true; goes_on;) {
    watchdog.expires_after(kPatience);
    watchdog.async_wait([socket](ErrorCode error) {
      ErrorCode ignored;
      if (!error) socket->close(ignored);
    });
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMostBodyBytes);
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await http::async_read(*socket, buffer, parser, token);
    if (error) break;
    const HttpRequest message = parser.release();
    const HttpResponse response = response_of(co_await patient_answer(request_of(message)), message);
    co_await http::async_write(*socket, response, token);
    goes_on = !error && response.keep_alive();
  }
  watchdog.cancel();
  ErrorCode ignored;
  socket->shutdown(Socket::shutdown_both, ignored);
  socket->close(ignored);
}

asio::awaitable<Reply> Server::patient_answer(Request request) {
  const auto limit = std::chrono::steady_clock::now() + kNewsPatience;
  std::optional<Reply> reply = answer(request, false);
  while (!reply) {
    asio::steady_timer pause(co_await asio::this_coro::executor, kNewsInterval);
    co_await pause.async_wait(asio::use_awaitable);
    reply = answer(request, std::chrono::steady_clock::now() >= limit);
  }
  co_return std::move(*reply);
}

template asio::awaitable<void> Server::converse(asio::ip::tcp::socket stream);

void Server::serve(asio::ip::tcp::acceptor acceptor) {
  const auto executor = acceptor.get_executor();
  asio::co_spawn(executor, accept_all(std::move(acceptor)), asio::detached);
}

asio::awaitable<void> Server::accept_all(asio::ip::tcp::acceptor acceptor) {
  for (;;) {
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    asio::ip::tcp::socket socket = co_await acceptor.async_accept(token);
    if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
    if (error) continue;
    if (connections_ == kMostConnections) continue;  // the socket closes as it goes
    ++connections_;
    const auto executor = acceptor.get_executor();
    asio::co_spawn(executor, converse(std::move(socket)), [this](const std::exception_ptr&) { --connections_; });
  }
}

}  // namespace fourtuple::lab::web
