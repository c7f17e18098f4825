#include "apps/control/control_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <unistd.h>
#include <utility>
#include <vector>

#include "apps/control/address.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr int kMaxSessions = 16;

}  // namespace

struct ControlServer::Parts {
  explicit Parts(asio::io_context& context) : io(context) {}

  asio::io_context& io;
  std::vector<Local::acceptor> acceptors;
  Answer answer;
  int sessions = 0;
};

namespace {

// One request, one answer.
template <class Parts>
asio::awaitable<void> serve(std::shared_ptr<Parts> parts, Local::socket peer) {
  std::string line;
  const auto [read_error, size] =
      co_await asio::async_read_until(peer, asio::dynamic_buffer(line, ControlServer::kMaxRequestBytes), '\n', kTuple);
  if (!read_error) {
    const auto request = parse_listing_request(std::string_view(line).substr(0, size - 1));
    const std::string text = request ? parts->answer(*request) : std::string();
    co_await asio::async_write(peer, asio::buffer(text), kTuple);
  }
  --parts->sessions;
}

template <class Parts>
asio::awaitable<void> accept(std::shared_ptr<Parts> parts, std::size_t which) {
  for (;;) {
    auto [error, peer] = co_await parts->acceptors[which].async_accept(kTuple);
    if (error) co_return;
    if (parts->sessions >= kMaxSessions || !is_same_user(peer.native_handle(), true)) continue;
    ++parts->sessions;
    asio::co_spawn(parts->io, serve(parts, std::move(peer)), asio::detached);
  }
}

}  // namespace

ControlServer::ControlServer(asio::io_context& io) : parts_(std::make_shared<Parts>(io)) {}

ControlServer::~ControlServer() {
  boost::system::error_code ignored;
  for (auto& acceptor : parts_->acceptors) acceptor.close(ignored);
}

void ControlServer::listen_here() {
  Local::acceptor acceptor(parts_->io);
  boost::system::error_code error;
  acceptor.open(Local(), error);
  if (!error) acceptor.bind(Local::endpoint(control_address(::getpid())), error);
  if (!error) acceptor.listen(kMaxSessions, error);
  if (!error) parts_->acceptors.push_back(std::move(acceptor));
}

void ControlServer::start(Answer answer) {
  parts_->answer = std::move(answer);
  for (std::size_t i = 0; i < parts_->acceptors.size(); ++i)
    asio::co_spawn(parts_->io, accept(parts_, i), asio::detached);
}

}  // namespace fourtuple::apps
