// The C API on the two stacks of a World. Names with `near` are at 10.0.0.4, with `far` at 10.0.0.5.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <string_view>

#include "fourtuple/stack_handle.hpp"
#include "tests/unit/socket/world.hpp"

namespace fourtuple::test {

class CSockets : public ::testing::Test {
 protected:
  CSockets() : near_stack_(adopt_stack(world.near)), far_stack_(adopt_stack(world.far)) {}
  ~CSockets() override {
    for (int fd = 0; fd < 64; ++fd) ft_close(fd);
    ft_stack_close(far_stack_);
    ft_stack_close(near_stack_);
  }

  static sockaddr_in name(std::string_view address, Port port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = ::inet_addr(std::string(address).c_str());
    return result;
  }
  int open_near(int type = SOCK_STREAM, int protocol = 0) {
    ft_use_stack(near_stack_);
    return ft_socket(AF_INET, type, protocol);
  }
  int open_far(int type = SOCK_STREAM, int protocol = 0) {
    ft_use_stack(far_stack_);
    return ft_socket(AF_INET, type, protocol);
  }
  static int bind_to(int fd, std::string_view address, Port port) {
    const sockaddr_in local = name(address, port);
    return ft_bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local);
  }
  static int connect_to(int fd, std::string_view address, Port port) {
    const sockaddr_in remote = name(address, port);
    return ft_connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
  }
  // A listener at 10.0.0.4.
  int listen_near(Port port = 80, int backlog = 16) {
    const int fd = open_near();
    EXPECT_EQ(bind_to(fd, "0.0.0.0", port), 0);
    EXPECT_EQ(ft_listen(fd, backlog), 0);
    return fd;
  }
  // A connection from 10.0.0.5 to a listener at 10.0.0.4.
  struct Pair {
    int near = -1;
    int far = -1;
    int listener = -1;
  };
  Pair connected(Port port = 80) {
    Pair pair;
    pair.listener = listen_near(port);
    pair.far = open_far();
    EXPECT_EQ(connect_to(pair.far, "10.0.0.4", port), 0) << errno;
    pair.near = ft_accept(pair.listener, nullptr, nullptr);
    EXPECT_GE(pair.near, 0) << errno;
    return pair;
  }
  static int poll_bits(int fd) {
    pollfd one{fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
    ft_poll(&one, 1, 0);
    return one.revents;
  }
  static int option(int fd, int level, int what) {
    int value = -1;
    socklen_t size = sizeof value;
    return ft_getsockopt(fd, level, what, &value, &size) == 0 ? value : -errno;
  }
  static int set(int fd, int level, int what, int value) {
    return ft_setsockopt(fd, level, what, &value, sizeof value);
  }
  static int make_non_blocking(int fd) { return ft_fcntl(fd, F_SETFL, O_NONBLOCK); }
  static std::string read_some(int fd, std::size_t size = 100, int flags = 0) {
    std::string text(size, '\0');
    const ssize_t count = ft_recv(fd, text.data(), size, flags);
    if (count < 0) return "errno " + std::to_string(errno);
    text.resize(static_cast<std::size_t>(count));
    return text;
  }
  static ssize_t write_text(int fd, std::string_view text, int flags = 0) {
    return ft_send(fd, text.data(), text.size(), flags);
  }

  World world;
  ft_stack* near_stack_;
  ft_stack* far_stack_;
};

// EXPECT that a call answers -1 with this errno.
#define EXPECT_ERRNO(call, expected)         \
  do {                                       \
    errno = 0;                               \
    EXPECT_EQ(static_cast<long>(call), -1L); \
    EXPECT_EQ(errno, expected) << #call;     \
  } while (false)

}  // namespace fourtuple::test
