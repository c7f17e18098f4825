#include "tests/bench/link/clients.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>

namespace fourtuple::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunk = 256 * 1024;

// A peer that does not answer shall spoil one measurement, not hang the run.
void set_patience(int socket) {
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

bool exchange_octet(int socket) {
  char octet = 'x';
  return ::send(socket, &octet, 1, MSG_NOSIGNAL) == 1 && ::recv(socket, &octet, 1, 0) == 1;
}

double since(Clock::time_point start) { return Seconds(Clock::now() - start).count(); }

// Runs `step` for a quarter of `span` unmeasured, then measures what `total` grows by in the rest.
template <class Step, class Total>
double rate(Seconds span, Step&& step, Total&& total) {
  const Clock::time_point begin = Clock::now();
  while (since(begin) < span.count() / 4)
    if (!step()) return 0;
  const Clock::time_point start = Clock::now();
  const double before = total();
  while (since(start) < span.count() * 3 / 4)
    if (!step()) return 0;
  return (total() - before) / since(start);
}

double unacknowledged(int socket) {
  int octets = 0;
  return ::ioctl(socket, SIOCOUTQ, &octets) == 0 ? octets : 0;
}

void connect_in_a_loop(Ipv4Address address, std::uint16_t port, bool exchange, const std::atomic<bool>& stop,
                       std::atomic<std::uint64_t>& count) {
  while (!stop.load(std::memory_order_relaxed)) {
    const Descriptor socket = connect_to(address, port);
    if (socket && (!exchange || exchange_octet(socket.get()))) count.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace

Descriptor connect_to(Ipv4Address address, std::uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  static constexpr std::string_view kCubic = "cubic";
  // New namespaces may inherit a pacing controller, which would measure its pacing. Refused where there is no cubic.
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_CONGESTION, kCubic.data(), kCubic.size());
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  set_patience(socket.get());
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.value);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) return {};
  return socket;
}

double bulk_to(Ipv4Address address, std::uint16_t port, Seconds span) {
  const Descriptor socket = connect_to(address, port);
  if (!socket) return 0;
  const std::vector<char> chunk(kChunk, 'd');
  double written = 0;
  const auto step = [&] {
    const ssize_t done = ::send(socket.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL);
    written += static_cast<double>(done);
    return done > 0;
  };
  return rate(span, step, [&] { return written - unacknowledged(socket.get()); });
}

double bulk_from(Ipv4Address address, std::uint16_t port, Seconds span) {
  const Descriptor socket = connect_to(address, port);
  if (!socket) return 0;
  std::vector<char> chunk(kChunk);
  double got = 0;
  const auto step = [&] {
    const ssize_t done = ::recv(socket.get(), chunk.data(), chunk.size(), 0);
    got += static_cast<double>(done);
    return done > 0;
  };
  return rate(span, step, [&] { return got; });
}

double round_trip(Ipv4Address address, std::uint16_t port, Seconds span) {
  const Descriptor socket = connect_to(address, port);
  if (!socket) return 0;
  double count = 0;
  const auto step = [&] {
    ++count;
    return exchange_octet(socket.get());
  };
  const double per_second = rate(span, step, [&] { return count; });
  return per_second == 0 ? 0 : 1 / per_second;
}

double connection_rate(Ipv4Address address, std::uint16_t port, Seconds span, int clients, bool exchange) {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> count{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&] { connect_in_a_loop(address, port, exchange, stop, count); });
  const auto step = [] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return true;
  };
  const double result = rate(span, step, [&] { return static_cast<double>(count.load()); });
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return result;
}

std::vector<Descriptor> idle_connections(Ipv4Address address, std::uint16_t port, std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<Descriptor> connections;
  while (connections.size() < count) {
    Descriptor socket = connect_to(address, port);
    if (!socket) break;
    connections.push_back(std::move(socket));
  }
  return connections;
}

}  // namespace fourtuple::bench
