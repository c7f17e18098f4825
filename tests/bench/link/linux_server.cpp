#include "tests/bench/link/linux_server.hpp"

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/bench/link/subjects.hpp"

namespace fourtuple::bench {
namespace {

constexpr std::size_t kBulkBytes = std::size_t{1} << 20;

int listen_on(std::uint16_t port, bool blocking, const std::string& congestion) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | (blocking ? 0 : SOCK_NONBLOCK), 0);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));  // inherited
  ::setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, congestion.data(), static_cast<socklen_t>(congestion.size()));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::bind(listener, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  ::listen(listener, 4096);
  return listener;
}

void echo_blocking(int socket) {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (size <= 0 || ::send(socket, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) break;
  }
  ::close(socket);
}

void serve_blocking(const std::string& congestion) {
  for (const int listener = listen_on(kBlockingEchoPort, true, congestion);;) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket >= 0) std::thread(echo_blocking, socket).detach();
  }
}

class EventLoop {
 public:
  EventLoop(std::string congestion, std::size_t short_octets)
      : congestion_(std::move(congestion)),
        short_octets_(short_octets),
        events_(::epoll_create1(0)),
        bytes_(kBulkBytes) {}

  void add_listener(std::uint16_t port) {
    const int listener = listen_on(port, false, congestion_);
    services_.push_back({listener, port});
    watch(listener, 0, EPOLLIN);
  }
  void run() {
    for (std::array<epoll_event, 64> ready{};;) {
      const int count = ::epoll_wait(events_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i) handle(ready[static_cast<std::size_t>(i)]);
    }
  }

 private:
  struct Service {
    int listener;
    std::uint16_t port;
  };

  // The event carries the descriptor and the port it serves (0: a listener).
  void watch(int socket, std::uint16_t port, std::uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.u64 = std::uint64_t{port} << 32 | static_cast<std::uint32_t>(socket);
    ::epoll_ctl(events_, EPOLL_CTL_ADD, socket, &event);
  }
  void handle(const epoll_event& event) {
    const auto socket = static_cast<int>(event.data.u64 & 0xffffffff);
    const auto port = static_cast<std::uint16_t>(event.data.u64 >> 32);
    if (port == 0) return accept_all(socket);
    if (!serve(socket, port)) ::close(socket);
  }
  void accept_all(int listener) {
    std::uint16_t port = 0;
    for (const Service& service : services_)
      if (service.listener == listener) port = service.port;
    for (;;) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      if (socket < 0) return;
      if (port == kShortPort) (void)::send(socket, bytes_.data(), short_octets_, MSG_NOSIGNAL);
      watch(socket, port, port == kSourcePort ? EPOLLOUT : EPOLLIN);
    }
  }
  // False once the connection is over.
  bool serve(int socket, std::uint16_t port) {
    if (port == kSourcePort) return ::send(socket, bytes_.data(), bytes_.size(), MSG_NOSIGNAL) > 0;
    const ssize_t size = ::recv(socket, bytes_.data(), bytes_.size(), 0);
    if (size <= 0) return false;
    return port == kDiscardPort || port == kShortPort ||
           ::send(socket, bytes_.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
  }

  const std::string congestion_;
  const std::size_t short_octets_;
  int events_;
  std::vector<char> bytes_;
  std::vector<Service> services_;
};

}  // namespace

void run_linux_server(const std::string& congestion, std::size_t short_octets) {
  std::thread(serve_blocking, congestion).detach();
  EventLoop loop(congestion, short_octets);
  for (const std::uint16_t port : {kDiscardPort, kSourcePort, kEchoPort}) loop.add_listener(port);
  if (short_octets != 0) loop.add_listener(kShortPort);
  loop.run();
}

}  // namespace fourtuple::bench
