// F10: socket calls in any order, with descriptors that are open, closed, of the wrong kind or never were, on two
// stacks in virtual time. Each call answers what its page allows and nothing else, and in the end nothing is left over.
#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <string_view>

#include "fourtuple/stack_handle.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/unit/socket/world.hpp"

namespace fourtuple::fuzz {
namespace {

using Errors = std::initializer_list<int>;

class Caller {
 public:
  Caller() : stacks_{adopt_stack(world_.near), adopt_stack(world_.far)} {}
  ~Caller() {
    for (int fd = 0; fd < kMost; ++fd) ft_close(fd);
    world_.pass(std::chrono::hours(2));
    for (Runtime* runtime : {&world_.near, &world_.far}) check(*runtime, true);
    for (ft_stack* stack : stacks_) ft_stack_close(stack);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void step(Input& input) {
    call(input);
    world_.settle();
    for (Runtime* runtime : {&world_.near, &world_.far}) check(*runtime, false);
  }

 private:
  static constexpr int kMost = 12;

  // -1 comes with an errno of the call's page, or of those that every call has.
  static void answered(std::string_view call, long answer, Errors allowed) {
    if (answer >= 0) return;
    require(answer == -1, "a failure is -1");
    const int error = errno;
    const Errors always{EBADF, ENOTSOCK, EFAULT, ENOBUFS, ENOMEM};
    const bool fits = std::ranges::count(allowed, error) + std::ranges::count(always, error) != 0;
    if (!fits) std::fprintf(stderr, "%.*s answers errno %d\n", static_cast<int>(call.size()), call.data(), error);
    require(fits, "the errno is one of the call's");
  }

  static void check(Runtime& runtime, bool at_the_end) {
    runtime.with_stack([&](Stack& stack, Instant) {
      const char* const broken = stack.broken_invariant();
      require(broken == nullptr, broken);
      if (!at_the_end) return;
      require(stack.tcp().connection_count() == 0, "no connection is left");
      require(stack.buffers().bytes_in_use() == 0, "no packet buffer is left");
    });
  }

  static sockaddr_in name_from(Input& input) {
    const std::uint8_t what = input.octet();
    sockaddr_in name{};
    name.sin_family = what % 16 == 15 ? AF_UNSPEC : AF_INET;
    name.sin_port = htons(static_cast<Port>(7000 + what % 3));
    name.sin_addr.s_addr = htonl(0x0a000004U + (what >> 4U & 1U));
    if (what % 16 == 14) name.sin_addr.s_addr = 0;
    if (what % 16 == 13) name.sin_addr.s_addr = htonl(0xc0000201U);  // nowhere
    return name;
  }

  void call(Input& input) {
    const std::uint8_t what = input.octet();
    const int fd = input.octet() % kMost;
    switch (what % 16) {
      case 0:
      case 1:
        return open(input);
      case 2:
        return bind(fd, input);
      case 3:
        return answered("listen", ft_listen(fd, input.octet() - 1), {EADDRINUSE, EINVAL, EOPNOTSUPP, EISCONN});
      case 4:
      case 5:
        return connect(fd, input);
      case 6:
        return accept(fd);
      case 7:
      case 8:
        return send(fd, input);
      case 9:
      case 10:
        return receive(fd, input);
      case 11:
        return answered("shutdown", ft_shutdown(fd, input.octet() % 4), {EINVAL, ENOTCONN});
      case 12:
        return answered("close", ft_close(fd), {});
      case 13:
        return option(fd, input);
      case 14:
        return look(fd, input);
      default:
        return world_.pass(std::chrono::milliseconds(input.word()));
    }
  }

  void accept(int fd) {
    const int accepted = ft_accept4(fd, nullptr, nullptr, SOCK_NONBLOCK);
    answered("accept", accepted, {EAGAIN, EINVAL, EOPNOTSUPP, ECONNABORTED, EMFILE});
    if (accepted >= kMost) answered("close", ft_close(accepted), {});  // nobody would name it
  }

  void open(Input& input) {
    const std::uint8_t what = input.octet();
    ft_use_stack(stacks_[what & 1U]);
    const int type = (what & 2U) != 0 ? SOCK_DGRAM : SOCK_STREAM;
    const int fd = ft_socket(what == 255 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK, 0);
    answered("socket", fd, {EAFNOSUPPORT, EMFILE, EPROTONOSUPPORT});
    if (fd >= kMost) answered("close", ft_close(fd), {});
    if ((what & 4U) == 0 || fd < 0) return;
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    answered("setsockopt", ft_setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), {});
  }

  static void bind(int fd, Input& input) {
    const sockaddr_in name = name_from(input);
    answered("bind", ft_bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name),
             {EADDRINUSE, EADDRNOTAVAIL, EINVAL, EAFNOSUPPORT});
  }

  static void connect(int fd, Input& input) {
    const sockaddr_in name = name_from(input);
    answered("connect", ft_connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name),
             {EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, ECONNREFUSED, ECONNRESET, ECONNABORTED,
              EINPROGRESS, EISCONN, ENETUNREACH, EHOSTUNREACH, EINVAL, EOPNOTSUPP, ETIMEDOUT, EPIPE});
  }

  void send(int fd, Input& input) {
    const std::uint8_t how = input.octet();
    const std::size_t size = std::min<std::size_t>(input.word(), octets_.size());
    const int flags = ((how & 1U) != 0 ? MSG_OOB : 0) | ((how & 2U) != 0 ? MSG_MORE : 0) | MSG_DONTWAIT;
    const Errors errors{EAGAIN, ECONNRESET,   EDESTADDRREQ, EINVAL, EISCONN,      EMSGSIZE,     ENOTCONN, EOPNOTSUPP,
                        EPIPE,  EHOSTUNREACH, ENETUNREACH,  EACCES, ECONNREFUSED, ECONNABORTED, ETIMEDOUT};
    if ((how & 4U) == 0) return answered("send", ft_send(fd, octets_.data(), size, flags), errors);
    const sockaddr_in to = name_from(input);
    answered("sendto", ft_sendto(fd, octets_.data(), size, flags, reinterpret_cast<const sockaddr*>(&to), sizeof to),
             errors);
  }

  void receive(int fd, Input& input) {
    const std::uint8_t how = input.octet();
    const std::size_t size = std::min<std::size_t>(input.word(), octets_.size());
    const int flags = ((how & 1U) != 0 ? MSG_PEEK : 0) | ((how & 2U) != 0 ? MSG_OOB : 0) |
                      ((how & 4U) != 0 ? MSG_WAITALL : 0) | ((how & 8U) != 0 ? MSG_TRUNC : 0) | MSG_DONTWAIT;
    const long got = ft_recv(fd, octets_.data(), size, flags);
    answered("recv", got,
             {EAGAIN, ECONNREFUSED, ECONNRESET, ECONNABORTED, ENOTCONN, ETIMEDOUT, EINVAL, EOPNOTSUPP, EPIPE,
              EHOSTUNREACH, ENETUNREACH});
    require((flags & MSG_TRUNC) != 0 || got <= static_cast<long>(size), "no more is read than there is room for");
  }

  static void option(int fd, Input& input) {
    constexpr std::array<std::array<int, 2>, 10> kOptions{{{SOL_SOCKET, SO_REUSEADDR},
                                                           {SOL_SOCKET, SO_KEEPALIVE},
                                                           {SOL_SOCKET, SO_RCVBUF},
                                                           {SOL_SOCKET, SO_SNDBUF},
                                                           {SOL_SOCKET, SO_ERROR},
                                                           {IPPROTO_TCP, TCP_NODELAY},
                                                           {IPPROTO_TCP, TCP_CORK},
                                                           {IPPROTO_TCP, TCP_QUICKACK},
                                                           {IPPROTO_TCP, TCP_MAXSEG},
                                                           {IPPROTO_IP, IP_TTL}}};
    const auto [level, name] = kOptions[input.octet() % kOptions.size()];
    int value = input.word();
    socklen_t size = sizeof value;
    const Errors errors{EINVAL, ENOPROTOOPT, EOPNOTSUPP, EDOM, EPERM};
    if ((input.octet() & 1U) != 0) return answered("getsockopt", ft_getsockopt(fd, level, name, &value, &size), errors);
    answered("setsockopt", ft_setsockopt(fd, level, name, &value, sizeof value), errors);
  }

  void look(int fd, Input& input) {
    pollfd one{.fd = fd, .events = POLLIN | POLLOUT | POLLPRI, .revents = 0};
    sockaddr_in name{};
    socklen_t size = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    switch (input.octet() % 5) {
      case 0:
        return answered("poll", ft_poll(&one, 1, 0), {});
      case 1:
        return answered("getsockname", ft_getsockname(fd, address, &size), {});
      case 2:
        return answered("getpeername", ft_getpeername(fd, address, &size), {ENOTCONN, EINVAL});
      case 3:
        return readable_is_readable(fd);
      default:
        return duplicate(fd);
    }
  }
  static void duplicate(int fd) {
    const int copy = ft_dup(fd);
    answered("dup", copy, {EMFILE});
    if (copy >= kMost) answered("close", ft_close(copy), {});
  }
  // What poll() calls readable does not make a read of a stream wait. A datagram socket whose receiving side is shut
  // down is readable and answers EAGAIN, as on Linux.
  void readable_is_readable(int fd) {
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    if (ft_poll(&one, 1, 0) != 1 || (one.revents & POLLIN) == 0) return;
    int listens = 0;
    socklen_t size = sizeof listens;
    if (ft_getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens != 0) return;
    int type = 0;
    size = sizeof type;
    if (ft_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return;
    const long got = ft_recv(fd, octets_.data(), 1, MSG_PEEK | MSG_DONTWAIT);
    require(got >= 0 || errno != EAGAIN, "what is readable can be read");
  }

  test::World world_;
  std::array<ft_stack*, 2> stacks_;
  std::array<char, 4096> octets_{};
};

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fourtuple::fuzz;
  constexpr int kMostSteps = 200;
  Input input(data, size);
  Caller caller;
  for (int i = 0; i < kMostSteps && !input.empty(); ++i) caller.step(input);
  return 0;
}
