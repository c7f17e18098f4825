#include <cerrno>

#include "fourtuple/stack_handle.hpp"
#include "stack/socket/process.hpp"
#include "tests/oracle/sockets.hpp"

namespace fourtuple::oracle {
namespace {

constexpr std::size_t kManyDescriptors = 65536;

// One runtime with loopback, in virtual time and one thread.
class Host {
 public:
  Host() : runtime_(options()), stack_(adopt_stack(runtime_)) { ft_use_stack(stack_); }
  ~Host() { ft_stack_close(stack_); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // What can happen now, happens.
  void settle() {
    while (runtime_.poll() || runtime_.next_deadline() <= clock_->now()) {
    }
  }
  void pass(Duration time) {
    const Instant end = clock_->now() + time;
    while (step(end)) {
    }
  }
  [[nodiscard]] Instant now() const { return clock_->now(); }

 private:
  // False when `limit` has come.
  bool step(Instant limit) {
    if (runtime_.poll()) return true;
    const Instant next = std::min(runtime_.next_deadline(), limit);
    if (next == kNever) return false;
    clock_->advance_to(next);
    return next < limit;
  }
  RuntimeOptions options() {
    RuntimeOptions chosen;
    chosen.stack.tcp.check_invariants = true;
    chosen.seed = RandomSource::Seed{1, 2, 3, 4};
    chosen.clock = clock_;
    chosen.while_blocked = [this](Instant limit) { return step(limit) || clock_->now() >= limit; };
    return chosen;
  }

  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  Runtime runtime_;
  ft_stack* stack_;
};

class FourtupleSockets final : public Sockets {
 public:
  ~FourtupleSockets() override {
    process_limit(kManyDescriptors);
    for (int fd = 0; fd < 256; ++fd) ft_close(fd);
  }
  int socket(int domain, int type, int protocol) override { return after(ft_socket(domain, type, protocol)); }
  int bind(int fd, const sockaddr* address, socklen_t length) override { return after(ft_bind(fd, address, length)); }
  int listen(int fd, int backlog) override { return after(ft_listen(fd, backlog)); }
  int accept4(int fd, sockaddr* address, socklen_t* length, int flags) override {
    return after(ft_accept4(fd, address, length, flags));
  }
  int connect(int fd, const sockaddr* address, socklen_t length) override {
    return after(ft_connect(fd, address, length));
  }
  int shutdown(int fd, int how) override { return after(ft_shutdown(fd, how)); }
  int close(int fd) override { return after(ft_close(fd)); }
  int dup(int fd) override { return after(ft_dup(fd)); }
  int dup2(int fd, int to) override { return after(ft_dup2(fd, to)); }
  ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) override {
    return after(ft_sendto(fd, data, size, flags, to, length));
  }
  ssize_t sendmsg(int fd, const msghdr* message, int flags) override { return after(ft_sendmsg(fd, message, flags)); }
  ssize_t writev(int fd, const iovec* pieces, int count) override { return after(ft_writev(fd, pieces, count)); }
  ssize_t recvfrom(int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) override {
    return after(ft_recvfrom(fd, data, size, flags, from, length));
  }
  ssize_t recvmsg(int fd, msghdr* message, int flags) override { return after(ft_recvmsg(fd, message, flags)); }
  ssize_t readv(int fd, const iovec* pieces, int count) override { return after(ft_readv(fd, pieces, count)); }
  int getsockname(int fd, sockaddr* address, socklen_t* length) override {
    return after(ft_getsockname(fd, address, length));
  }
  int getpeername(int fd, sockaddr* address, socklen_t* length) override {
    return after(ft_getpeername(fd, address, length));
  }
  int getsockopt(int fd, int level, int name, void* value, socklen_t* length) override {
    return after(ft_getsockopt(fd, level, name, value, length));
  }
  int setsockopt(int fd, int level, int name, const void* value, socklen_t length) override {
    return after(ft_setsockopt(fd, level, name, value, length));
  }
  int fcntl(int fd, int command, int argument) override { return after(ft_fcntl(fd, command, argument)); }
  int ioctl(int fd, unsigned long request, int* argument) override { return after(ft_ioctl(fd, request, argument)); }
  int sockatmark(int fd) override { return after(ft_sockatmark(fd)); }
  int select(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, timeval* timeout) override {
    return after(ft_select(count, readable, writable, exceptional, timeout));
  }
  int poll(pollfd* descriptors, nfds_t count, int timeout_ms) override {
    return after(ft_poll(descriptors, count, timeout_ms));
  }
  int epoll_create1(int flags) override { return after(ft_epoll_create1(flags)); }
  int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override {
    return after(ft_epoll_ctl(epoll, operation, fd, event));
  }
  int epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) override {
    return after(ft_epoll_wait(epoll, events, count, timeout_ms));
  }

  void pass_a_millisecond() override { host_.pass(std::chrono::milliseconds(1)); }
  [[nodiscard]] long now_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(host_.now().time_since_epoch()).count();
  }
  void limit_descriptors(int count) override { process_limit(static_cast<std::size_t>(count)); }

 private:
  static void process_limit(std::size_t count) { sockets::process().descriptors.set_limit(count); }
  template <class Number>
  Number after(Number result) {
    const int error = errno;
    host_.settle();
    errno = error;
    return result;
  }

  Host host_;
};

}  // namespace

std::unique_ptr<Sockets> fourtuple_sockets() { return std::make_unique<FourtupleSockets>(); }

}  // namespace fourtuple::oracle
