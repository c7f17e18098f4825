// echo: sends back what it gets, with a control port for test runners.
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "apps/echo/control_command.hpp"
#include "apps/echo/echo_room.hpp"
#include "apps/programs.hpp"
#include "apps/programs/sessions.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"
#include "fourtuple/udp.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxLineBytes = 256;
constexpr std::size_t kMaxDatagramBytes = 65507;

tcp::endpoint as_endpoint(const Endpoint& endpoint) {
  return {asio::ip::make_address_v4(endpoint.address.v4().value), endpoint.port};
}

void start_session(tcp::socket socket, const std::shared_ptr<EchoRoom>& room) {
  std::make_shared<EchoSession>(std::move(socket), room)->start();
}

asio::awaitable<std::string> open_actively(Endpoint remote, std::shared_ptr<EchoRoom> room) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto [error] = co_await socket.async_connect(as_endpoint(remote), kAsTuple);
  if (error) co_return fmt::format("ERR {}\n", errno_name(error.value()));
  start_session(std::move(socket), room);
  co_return "OK\n";
}

asio::awaitable<std::string> obey(std::string_view line, std::shared_ptr<EchoRoom> room) {
  const auto command = parse_control_command(line);
  if (!command) co_return fmt::format("ERR {}\n", errno_name(EINVAL));
  switch (command->kind) {
    case ControlCommand::Kind::kStat:
      co_return fmt::format("STAT echo={}\n", room->size());
    case ControlCommand::Kind::kConnect:
      co_return co_await open_actively(command->remote, room);
    case ControlCommand::Kind::kBye:
      room->close_all();
      break;
    case ControlCommand::Kind::kShut:
      room->end_sending_on_all();
      break;
  }
  co_return std::string();
}

asio::awaitable<void> control(tcp::socket socket, std::shared_ptr<EchoRoom> room) {
  std::string input;
  for (;;) {
    const auto [error, size] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(input, kMaxLineBytes), '\n', kAsTuple);
    if (error) co_return;
    const std::string answer = co_await obey(std::string_view(input).substr(0, size - 1), room);
    input.erase(0, size);
    const auto [failed, written] = co_await asio::async_write(socket, asio::buffer(answer), kAsTuple);
    if (failed) co_return;
  }
}

asio::awaitable<void> echo_datagrams(std::shared_ptr<udp::socket> socket) {
  std::vector<char> datagram(kMaxDatagramBytes);
  udp::endpoint from;
  for (;;) {
    const auto [error, size] = co_await socket->async_receive_from(asio::buffer(datagram), from, kAsTuple);
    if (error == asio::error::operation_aborted) co_return;
    ErrorCode ignored;  // a datagram that cannot be sent is lost, like any other
    if (!error) socket->send_to(asio::buffer(datagram, size), from, 0, ignored);
  }
}

// The listeners; sessions own themselves through the room.
struct EchoServer {
  EchoServer() = default;
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer() { room->close_all(); }

  std::shared_ptr<EchoRoom> room = std::make_shared<EchoRoom>();
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
  std::shared_ptr<udp::socket> datagrams;

  template <class Serve>
  [[nodiscard]] SetupResult<bool> listen(Program& program, Port port, Serve serve) {
    auto listening = program.listen(port);
    if (!listening) return failure(listening.error());
    auto acceptor = std::make_shared<tcp::acceptor>(std::move(*listening));
    accept_many(program.io(), acceptor, serve);
    acceptors.push_back(std::move(acceptor));
    return true;
  }

  void listen_for_datagrams(Program& program, Port port) {
    datagrams = std::make_shared<udp::socket>(program.io(), udp::endpoint(udp::v4(), port));
    asio::co_spawn(program.io(), echo_datagrams(datagrams), asio::detached);
  }
};

SetupResult<Program::Holding> start(Program& program, const EchoOptions& options) {
  const auto control_port = static_cast<Port>(options.port + 1);
  auto server = std::make_shared<EchoServer>();
  const auto echo = [room = server->room](tcp::socket socket) { start_session(std::move(socket), room); };
  const auto obedient = [&io = program.io(), room = server->room](tcp::socket socket) {
    asio::co_spawn(io, control(std::move(socket), room), asio::detached);
  };
  if (auto done = server->listen(program, options.port, echo); !done) return failure(done.error());
  if (auto done = server->listen(program, control_port, obedient); !done) return failure(done.error());
  if (options.datagrams) server->listen_for_datagrams(program, options.port);
  program.set_ready(fmt::format("echo on {0}:{1}, control on {0}:{2}", to_string(program.station().address()),
                                options.port, control_port));
  return Program::Holding(server);
}

}  // namespace

int run_echo(const EchoOptions& options) {
  if (options.port == 65535) return report_usage("--port of echo goes from 1 to 65534; the control port is one above");
  Program program("echo", options.attach);
  return program.run([&](Program& host) { return start(host, options); });
}

}  // namespace fourtuple::apps
