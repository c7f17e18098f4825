#include <ctime>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/oracle/sockets.hpp"

namespace fourtuple::oracle {
namespace {

class KernelSockets final : public Sockets {
 public:
  int socket(int domain, int type, int protocol) override { return ::socket(domain, type, protocol); }
  int bind(int fd, const sockaddr* address, socklen_t length) override { return ::bind(fd, address, length); }
  int listen(int fd, int backlog) override { return ::listen(fd, backlog); }
  int accept4(int fd, sockaddr* address, socklen_t* length, int flags) override {
    return ::accept4(fd, address, length, flags);
  }
  int connect(int fd, const sockaddr* address, socklen_t length) override { return ::connect(fd, address, length); }
  int shutdown(int fd, int how) override { return ::shutdown(fd, how); }
  int close(int fd) override { return ::close(fd); }
  int dup(int fd) override { return ::dup(fd); }
  int dup2(int fd, int to) override { return ::dup2(fd, to); }
  ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) override {
    return ::sendto(fd, data, size, flags, to, length);
  }
  ssize_t sendmsg(int fd, const msghdr* message, int flags) override { return ::sendmsg(fd, message, flags); }
  ssize_t writev(int fd, const iovec* pieces, int count) override { return ::writev(fd, pieces, count); }
  ssize_t recvfrom(int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) override {
    return ::recvfrom(fd, data, size, flags, from, length);
  }
  ssize_t recvmsg(int fd, msghdr* message, int flags) override { return ::recvmsg(fd, message, flags); }
  ssize_t readv(int fd, const iovec* pieces, int count) override { return ::readv(fd, pieces, count); }
  int getsockname(int fd, sockaddr* address, socklen_t* length) override { return ::getsockname(fd, address, length); }
  int getpeername(int fd, sockaddr* address, socklen_t* length) override { return ::getpeername(fd, address, length); }
  int getsockopt(int fd, int level, int name, void* value, socklen_t* length) override {
    return ::getsockopt(fd, level, name, value, length);
  }
  int setsockopt(int fd, int level, int name, const void* value, socklen_t length) override {
    return ::setsockopt(fd, level, name, value, length);
  }
  int fcntl(int fd, int command, int argument) override { return ::fcntl(fd, command, argument); }
  int ioctl(int fd, unsigned long request, int* argument) override { return ::ioctl(fd, request, argument); }
  int sockatmark(int fd) override { return ::sockatmark(fd); }
  int select(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, timeval* timeout) override {
    return ::select(count, readable, writable, exceptional, timeout);
  }
  int poll(pollfd* descriptors, nfds_t count, int timeout_ms) override {
    return ::poll(descriptors, count, timeout_ms);
  }
  int epoll_create1(int flags) override { return ::epoll_create1(flags); }
  int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override {
    return ::epoll_ctl(epoll, operation, fd, event);
  }
  int epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) override {
    return ::epoll_wait(epoll, events, count, timeout_ms);
  }

  void pass_a_millisecond() override { ::poll(nullptr, 0, 1); }
  [[nodiscard]] long now_ms() const override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
  }
  void limit_descriptors(int count) override {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(count);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
};

}  // namespace

std::unique_ptr<Sockets> kernel_sockets() { return std::make_unique<KernelSockets>(); }

}  // namespace fourtuple::oracle
