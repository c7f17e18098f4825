#include "apps/record/services.hpp"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "apps/programs/sessions.hpp"
#include "apps/record/pages.hpp"

namespace fourtuple::record {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPieceBytes = 16384;

asio::awaitable<void> echo(RecordedSocket socket) {
  socket.set_no_delay();
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    const auto [error, size] = co_await socket.read_some(asio::buffer(piece));
    if (error) co_return;
    const std::string_view octets(piece.data(), size);
    const bool written = co_await socket.write(octets);
    if (!written) co_return;
  }
}

asio::awaitable<void> discard(RecordedSocket socket) {
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    const auto [error, size] = co_await socket.read_some(asio::buffer(piece));
    if (error) co_return;
  }
}

asio::awaitable<void> send_for_ever(RecordedSocket socket) {
  const std::string octets = pattern(kPieceBytes);
  for (;;) {
    const bool written = co_await socket.write(octets);
    if (!written) co_return;
  }
}

struct Service {
  Port port;
  std::string_view name;
  asio::awaitable<void> (*serve)(RecordedSocket);
};

constexpr std::array<Service, 4> kServices{{{kEchoPort, "echo", echo},
                                            {kDiscardPort, "discard", discard},
                                            {kSourcePort, "source", send_for_ever},
                                            {kHttpPort, "http", serve_pages}}};

// A listener's first calls, as one who writes a server makes them.
int note_listener(OwnSockets& sockets, Port port) {
  const int number = sockets.new_number();
  sockets.add(call_on(number, wall_clock(), "bind", fmt::format("\"0.0.0.0:{}\"", port), "null"));
  sockets.add(call_on(number, wall_clock(), "listen", std::to_string(tcp::acceptor::max_listen_connections), "null"));
  return number;
}

// The stack is there for a moment longer than what is held, so that what closes here closes properly.
struct Services {
  explicit Services(std::shared_ptr<OwnSockets> all) : sockets(std::move(all)) {}
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  ~Services() { sockets->close_all(); }

  [[nodiscard]] SetupResult<bool> start(apps::Program& program, const Service& service) {
    auto listening = program.listen(service.port);
    if (!listening) return failure(listening.error());
    auto acceptor = std::make_shared<tcp::acceptor>(std::move(*listening));
    const int number = note_listener(*sockets, service.port);
    asio::io_context& io = program.io();
    const auto serve = [&io, all = sockets, number, talk = service.serve](tcp::socket socket) {
      asio::co_spawn(io, talk(RecordedSocket(std::move(socket), all, number)), asio::detached);
    };
    apps::accept_many(io, acceptor, serve);
    acceptors.push_back(std::move(acceptor));
    return true;
  }

  std::shared_ptr<OwnSockets> sockets;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
};

}  // namespace

SetupResult<apps::Program::Holding> start_services(apps::Program& program, const std::shared_ptr<OwnSockets>& sockets) {
  auto services = std::make_shared<Services>(sockets);
  for (const Service& service : kServices)
    if (auto done = services->start(program, service); !done) return failure(done.error());
  return apps::Program::Holding(services);
}

std::string describe_services() {
  std::vector<std::string> words;
  for (const Service& service : kServices) words.push_back(fmt::format("{} on port {}", service.name, service.port));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace fourtuple::record
