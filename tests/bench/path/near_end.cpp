#include "tests/bench/path/near_end.hpp"

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <linux/tcp.h>
#include <poll.h>
#include <span>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "tests/bench/link/subjects.hpp"
#include "tests/bench/path/places.hpp"

namespace fourtuple::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Seconds kConnectPatience{20};
constexpr Seconds kPause{0.3};  // between transfers: what is on the path arrives, and queues are empty again

double since(Clock::time_point start) { return Seconds(Clock::now() - start).count(); }

// Waits until one of the sockets is ready for `events`, at most until `end`.
bool wait_for(std::span<pollfd> entries, Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 && ::poll(entries.data(), entries.size(), static_cast<int>(left)) > 0;
}

Descriptor connect_patiently(Ipv4Address address, std::uint16_t port, const std::string& congestion) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_CONGESTION, congestion.data(), static_cast<socklen_t>(congestion.size()));
  const linger at_once{.l_onoff = 1, .l_linger = 0};  // a transfer that is over leaves nothing behind
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.value);
  (void)::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  pollfd entry{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(kConnectPatience);
  return wait_for({&entry, 1}, end) && (entry.revents & POLLERR) == 0 ? std::move(socket) : Descriptor();
}

std::size_t read_all(int socket, std::vector<char>& room) {
  std::size_t total = 0;
  for (ssize_t size = 0; (size = ::recv(socket, room.data(), room.size(), 0)) > 0;)
    total += static_cast<std::size_t>(size);
  return total;
}

// Octets a second of each of several transfers at once.
std::vector<double> receive(std::span<const Descriptor> sockets, Seconds span) {
  std::vector<char> room(std::size_t{1} << 18);
  std::vector<double> octets(sockets.size(), 0);
  std::vector<pollfd> entries;
  for (const Descriptor& socket : sockets) entries.push_back({.fd = socket.get(), .events = POLLIN, .revents = 0});
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(span);
  while (wait_for(entries, end)) {
    for (std::size_t i = 0; i < entries.size(); ++i) octets[i] += static_cast<double>(read_all(sockets[i].get(), room));
  }
  for (double& each : octets) each /= span.count();
  return octets;
}

double acknowledged(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? static_cast<double>(info.tcpi_bytes_acked)
                                                                        : 0;
}

double send_for(int socket, Seconds span) {
  const std::vector<char> piece(std::size_t{1} << 16, 'd');
  pollfd entry{.fd = socket, .events = POLLOUT, .revents = 0};
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(span);
  while (wait_for({&entry, 1}, end) && ::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL) > 0) {
  }
  std::this_thread::sleep_until(end);
  return acknowledged(socket) / span.count();
}

// Segments that came although all of them was here: what this kernel reported with D-SACK.
double duplicates() {
  std::ifstream file("/proc/net/netstat");
  std::string names, values, name;
  double sum = 0;
  while (std::getline(file, names) && std::getline(file, values)) {
    std::istringstream each(names), numbers(values);
    std::string value;
    while (each >> name && numbers >> value)
      if (name == "TCPDSACKOldSent" || name == "TCPDSACKOfoSent") sum += std::stod(value);
  }
  return sum;
}

void say(std::string_view name, double value) { fmt::print("{} {}\n", name, value); }

struct FarHost {
  const char* name;
  Ipv4Address address;
};

std::array<FarHost, 2> hosts(const NearOptions& options) {
  const FarHost ours{"ours", kFarOurs};
  const FarHost linux{"linux", kFarLinux};
  return options.ours_first ? std::array{ours, linux} : std::array{linux, ours};
}

void measure_receiving(const NearOptions& options) {
  for (const FarHost& host : hosts(options)) {
    const double before = duplicates();
    std::array sockets{connect_patiently(host.address, kSourcePort, options.congestion)};
    if (!sockets[0]) continue;
    const double rate = receive(sockets, options.span)[0];
    say(fmt::format("from_{}", host.name), rate);
    const double segments = rate * options.span.count() / 1448 + 1;
    say(fmt::format("vain_{}", host.name), (duplicates() - before) / segments);
    sockets[0] = {};
    std::this_thread::sleep_for(kPause);
  }
}

void measure_sending(const NearOptions& options) {
  for (const FarHost& host : hosts(options)) {
    const Descriptor socket = connect_patiently(host.address, kDiscardPort, options.congestion);
    if (socket) say(fmt::format("to_{}", host.name), send_for(socket.get(), options.span));
    std::this_thread::sleep_for(kPause);
  }
}

void share(std::array<Ipv4Address, 2> senders, std::array<const char*, 2> names, const NearOptions& options) {
  std::array<Descriptor, 2> sockets;
  for (std::size_t i = 0; i < 2; ++i) sockets[i] = connect_patiently(senders[i], kSourcePort, options.congestion);
  if (!sockets[0] || !sockets[1]) return;
  const std::vector<double> rates = receive(sockets, options.span);
  for (std::size_t i = 0; i < 2; ++i) say(names[i], rates[i]);
}

void measure_fairness(const NearOptions& options) {
  const auto [first, second] = hosts(options);
  const auto name = [](const FarHost& host) { return host.name[0] == 'o' ? "share_ours" : "share_linux"; };
  share({first.address, second.address}, {name(first), name(second)}, options);
  std::this_thread::sleep_for(kPause);
  share({kFarLinux, kFarLinux}, {"share_a", "share_b"}, options);
}

// The wire counts the data of one connection, so there is one a run.
void measure_tail(const NearOptions& options) {
  const FarHost host = hosts(options)[0];
  std::vector<char> room(kShortOctets);
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(options.span);
  const Descriptor socket = connect_patiently(host.address, kShortPort, options.congestion);
  std::size_t octets = 0;
  pollfd entry{.fd = socket.get(), .events = POLLIN, .revents = 0};
  while (octets < kShortOctets && wait_for({&entry, 1}, end)) octets += read_all(socket.get(), room);
  say(fmt::format("tail_{}", host.name), since(start));
}

// Until both far hosts answer: neighbours know each other before anything is measured.
bool meet(const NearOptions& options) {
  for (const FarHost& host : hosts(options)) {
    const auto start = Clock::now();
    while (!connect_patiently(host.address, kDiscardPort, options.congestion)) {
      if (since(start) > kConnectPatience.count()) return false;
      std::this_thread::sleep_for(Seconds(0.05));
    }
  }
  std::this_thread::sleep_for(kPause);
  return true;
}

}  // namespace

int run_near_end(const NearOptions& options) {
  // What one transfer has learned of the path is not the next one's to know.
  std::ofstream("/proc/sys/net/ipv4/tcp_no_metrics_save") << 1;
  if (!meet(options)) return 1;
  if (options.what == "goodput" || options.what == "reordering") measure_receiving(options);
  if (options.what == "goodput") measure_sending(options);
  if (options.what == "fairness") measure_fairness(options);
  if (options.what == "tail") measure_tail(options);
  return 0;
}

}  // namespace fourtuple::bench
