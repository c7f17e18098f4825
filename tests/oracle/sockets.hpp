// The socket calls, to be made on the kernel or on fourtuple: everything that the oracle's cases are written against.
// Every member is the POSIX function of that name, -1 and errno included.
#pragma once

#include <memory>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace fourtuple::oracle {

class Sockets {
 public:
  Sockets() = default;
  virtual ~Sockets() = default;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  virtual int socket(int domain, int type, int protocol) = 0;
  virtual int bind(int fd, const sockaddr* address, socklen_t length) = 0;
  virtual int listen(int fd, int backlog) = 0;
  virtual int accept4(int fd, sockaddr* address, socklen_t* length, int flags) = 0;
  virtual int connect(int fd, const sockaddr* address, socklen_t length) = 0;
  virtual int shutdown(int fd, int how) = 0;
  virtual int close(int fd) = 0;
  virtual int dup(int fd) = 0;
  virtual int dup2(int fd, int to) = 0;
  virtual ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) = 0;
  virtual ssize_t sendmsg(int fd, const msghdr* message, int flags) = 0;
  virtual ssize_t writev(int fd, const iovec* pieces, int count) = 0;
  virtual ssize_t recvfrom(int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) = 0;
  virtual ssize_t recvmsg(int fd, msghdr* message, int flags) = 0;
  virtual ssize_t readv(int fd, const iovec* pieces, int count) = 0;
  virtual int getsockname(int fd, sockaddr* address, socklen_t* length) = 0;
  virtual int getpeername(int fd, sockaddr* address, socklen_t* length) = 0;
  virtual int getsockopt(int fd, int level, int name, void* value, socklen_t* length) = 0;
  virtual int setsockopt(int fd, int level, int name, const void* value, socklen_t length) = 0;
  virtual int fcntl(int fd, int command, int argument) = 0;
  virtual int ioctl(int fd, unsigned long request, int* argument) = 0;
  virtual int sockatmark(int fd) = 0;
  virtual int select(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, timeval* timeout) = 0;
  virtual int poll(pollfd* descriptors, nfds_t count, int timeout_ms) = 0;
  virtual int epoll_create1(int flags) = 0;
  virtual int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) = 0;
  virtual int epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) = 0;

  // Lets a millisecond go by: on the kernel the world's, on fourtuple the stack's own virtual one.
  virtual void pass_a_millisecond() = 0;
  [[nodiscard]] virtual long now_ms() const = 0;
  // From now on only numbers below `count` may be given to new descriptors; EMFILE afterwards.
  virtual void limit_descriptors(int count) = 0;
};

// In the network namespace of this process.
[[nodiscard]] std::unique_ptr<Sockets> kernel_sockets();
// On a stack with loopback and nothing else, in virtual time: what one call sets off has happened when it returns, as
// on the kernel's loopback.
[[nodiscard]] std::unique_ptr<Sockets> fourtuple_sockets();

}  // namespace fourtuple::oracle
