// perf-server: discard, source and echo, to be measured against.
#include <array>
#include <fmt/format.h>
#include <vector>

#include "apps/programs.hpp"
#include "apps/programs/sessions.hpp"
#include "apps/report.hpp"
#include "apps/station/program.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBulkBytes = std::size_t{1} << 18;

// One buffer for all connections: there is one thread, and nobody needs what is in it from one handler to the next.
// (An asynchronous read fills its buffer before its handler runs, so the echo waits first and reads then.)
struct Scratch {
  std::vector<char> bytes = std::vector<char>(kBulkBytes);
};

asio::awaitable<void> discard(tcp::socket socket, std::shared_ptr<Scratch> scratch) {
  for (;;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(scratch->bytes), kAsTuple);
    if (error) co_return;
  }
}

asio::awaitable<void> send_for_ever(tcp::socket socket, std::shared_ptr<Scratch> scratch) {
  for (;;) {
    const auto [error, size] = co_await socket.async_write_some(asio::buffer(scratch->bytes), kAsTuple);
    if (error) co_return;
  }
}

// Writes all of `bytes`, first as much as goes at once.
asio::awaitable<bool> write_all(tcp::socket& socket, std::string_view bytes) {
  ErrorCode error;
  std::size_t done = socket.write_some(asio::buffer(bytes), error);
  if (error && error != asio::error::would_block) co_return false;
  if (done == bytes.size()) co_return true;
  const std::vector<char> rest(bytes.begin() + static_cast<std::ptrdiff_t>(done), bytes.end());
  for (done = 0; done < rest.size();) {
    const auto [failed, size] = co_await socket.async_write_some(asio::buffer(rest) + done, kAsTuple);
    if (failed) co_return false;
    done += size;
  }
  co_return true;
}

asio::awaitable<void> echo(tcp::socket socket, std::shared_ptr<Scratch> scratch) {
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  while (!std::get<0>(co_await socket.async_wait(tcp::socket::wait_read, kAsTuple))) {
    ErrorCode error;
    const std::size_t size = socket.read_some(asio::buffer(scratch->bytes), error);
    if (error == asio::error::would_block) continue;
    const std::string_view bytes(scratch->bytes.data(), size);
    if (error || !co_await write_all(socket, bytes)) co_return;
  }
}

class PerfServer {
 public:
  using Serve = asio::awaitable<void> (*)(tcp::socket, std::shared_ptr<Scratch>);

  [[nodiscard]] SetupResult<bool> open(Program& program, Port port, Serve serve) {
    auto listening = program.listen(port);
    if (!listening) return failure(listening.error());
    auto acceptor = std::make_shared<tcp::acceptor>(std::move(*listening));
    asio::io_context& io = program.io();
    const auto start = [&io, serve, scratch = scratch_](tcp::socket socket) {
      asio::co_spawn(io, serve(std::move(socket), scratch), asio::detached);
    };
    accept_many(io, acceptor, start);
    acceptors_.push_back(std::move(acceptor));
    return true;
  }

 private:
  std::shared_ptr<Scratch> scratch_ = std::make_shared<Scratch>();
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors_;
};

struct Service {
  Port port;
  PerfServer::Serve serve;
};

}  // namespace

int run_perf_server(const PerfServerOptions& options) {
  if (options.port < 3 || options.port > 65525)
    return report_usage("--port of perf-server goes from 3 to 65525; the source is ten above, the echo two below");
  const std::array services{Service{options.port, discard},
                            Service{static_cast<Port>(options.port + 10), send_for_ever},
                            Service{static_cast<Port>(options.port - 2), echo}};
  Program program("perf-server", options.attach);
  return program.run([&](Program& host) -> SetupResult<Program::Holding> {
    auto server = std::make_shared<PerfServer>();
    for (const Service& service : services)
      if (auto done = server->open(host, service.port, service.serve); !done) return failure(done.error());
    host.set_ready(fmt::format("discard on {0}:{1}, source on {0}:{2}, echo on {0}:{3}",
                               to_string(host.station().address()), services[0].port, services[1].port,
                               services[2].port));
    return Program::Holding(server);
  });
}

}  // namespace fourtuple::apps
