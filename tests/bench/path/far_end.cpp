#include "tests/bench/path/far_end.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <net/if.h>
#include <netinet/tcp.h>
#include <string_view>
#include <vector>

#include "apps/programs/sessions.hpp"
#include "apps/station/program.hpp"
#include "tests/bench/link/linux_server.hpp"
#include "tests/bench/link/subjects.hpp"
#include "tests/bench/path/places.hpp"

namespace fourtuple::bench {
namespace {

namespace asio = boost::asio;
using apps::kAsTuple;

using Octets = std::shared_ptr<std::vector<char>>;

asio::awaitable<void> discard(tcp::socket socket, Octets octets) {
  for (;;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(*octets), kAsTuple);
    if (error) co_return;
  }
}

asio::awaitable<void> send_for_ever(tcp::socket socket, Octets octets) {
  for (;;) {
    const auto [error, size] = co_await socket.async_write_some(asio::buffer(*octets), kAsTuple);
    if (error) co_return;
  }
}

asio::awaitable<void> send_a_little(tcp::socket socket, Octets octets) {
  const auto piece = asio::buffer(*octets, kShortOctets);
  const auto [error, size] = co_await socket.async_write_some(piece, kAsTuple);
  if (!error) co_await discard(std::move(socket), octets);  // until the peer has enough
}

// TCP_CONGESTION in the shape of Asio's options.
struct CongestionOption {
  std::string controller;
  template <class Protocol>
  [[nodiscard]] int level(const Protocol&) const {
    return IPPROTO_TCP;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol&) const {
    return TCP_CONGESTION;
  }
  template <class Protocol>
  [[nodiscard]] const void* data(const Protocol&) const {
    return controller.data();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) const {
    return controller.size();
  }
};

struct Service {
  Port port;
  asio::awaitable<void> (*serve)(tcp::socket, Octets);
};

class OurServer {
 public:
  SetupResult<bool> open(apps::Program& program, const Service& service, const std::string& congestion) {
    auto listening = program.listen(service.port);
    if (!listening) return failure(listening.error());
    auto acceptor = std::make_shared<tcp::acceptor>(std::move(*listening));
    boost::system::error_code error;
    acceptor->set_option(CongestionOption{congestion}, error);
    if (error) return failure(SetupError{.cause = "we have no controller " + congestion, .cure = ""});
    asio::io_context& io = program.io();
    const auto start = [&io, serve = service.serve, octets = octets_](tcp::socket socket) {
      asio::co_spawn(io, serve(std::move(socket), octets), asio::detached);
    };
    apps::accept_many(io, acceptor, start);
    acceptors_.push_back(std::move(acceptor));
    return true;
  }

 private:
  Octets octets_ = std::make_shared<std::vector<char>>(std::size_t{1} << 18);
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors_;
};

// The only interface beside the loopback.
std::string interface_here() {
  std::array<char, IF_NAMESIZE> name{};
  for (unsigned index = 1; index < 64; ++index) {
    if (::if_indextoname(index, name.data()) != nullptr && std::string_view(name.data()) != "lo") return name.data();
  }
  return {};
}

// The kernel's address stands on the loopback, so that the interface is nobody's: where the kernel owns an address, our
// stack refuses to stand. It answers for it there as well.
bool move_kernel_aside(const std::string& interface) {
  const std::string address = to_string(kFarLinux);
  const std::string commands =
      fmt::format("ip addr flush dev {0} && ip addr add {1}/32 dev lo && ip route add {2}/24 dev {0} src {1}",
                  interface, address, to_string(Ipv4Address{kFarLinux.value & ~0xffU}));
  return std::system(commands.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe): there is one thread
}

int run_ours(const std::string& interface, const std::string& congestion) {
  apps::AttachOptions attach;
  attach.raw = interface;
  attach.address = {kFarOurs, 24};
  apps::Program program("bench-wire", attach);
  return program.run([&](apps::Program& host) -> SetupResult<apps::Program::Holding> {
    auto server = std::make_shared<OurServer>();
    for (const Service& service :
         {Service{kDiscardPort, discard}, Service{kSourcePort, send_for_ever}, Service{kShortPort, send_a_little}}) {
      if (auto done = server->open(host, service, congestion); !done) return failure(done.error());
    }
    return apps::Program::Holding(server);
  });
}

}  // namespace

int run_far_end(const std::string& linux_congestion, const std::string& our_congestion) {
  // What one transfer has learned of the path is not the next one's to know.
  std::ofstream("/proc/sys/net/ipv4/tcp_no_metrics_save") << 1;
  const std::string interface = interface_here();
  if (!move_kernel_aside(interface)) return 1;
  const Subject linux("linux", kFarLinux, [&] { run_linux_server(linux_congestion, kShortOctets); });
  return run_ours(interface, our_congestion);
}

}  // namespace fourtuple::bench
