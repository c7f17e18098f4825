// What the preloaded object knows: where the log is, which descriptors are TCP sockets, and how a call becomes a line.
//
// A line is START TOOK WHO SOCKET FD CALL ARGUMENT RESULT NEW-SOCKET NEW-FD LOCAL, joined by tabs: START in nanoseconds
// since 1970, SOCKET the kernel's number of the socket (its inode, the same in every process that has it), ARGUMENT,
// RESULT (of a close: octets_written()) and LOCAL (of a connect: our own address) as JSON values. For each line the log
// is opened, written to at once behind the others, and closed: nothing is kept that fork, exec or a program that closes
// every descriptor could spoil.
#pragma once

#include <cstdint>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>

#include "apps/record/preload/line.hpp"

namespace fourtuple::record {

// errno is the program's; it finds it as the real call left it.
class KeptErrno {
 public:
  KeptErrno();
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;
  ~KeptErrno();

 private:
  int value_;
};

// The kernel's number of an IPv4 or IPv6 TCP socket; 0 for every other descriptor, and where nobody wants a log.
[[nodiscard]] std::uint64_t stream_socket(int fd);

// "10.0.0.4:80", as a JSON string; null for other families.
void append_address(Line& line, const sockaddr* address, socklen_t length);

// One call of the program on a descriptor, from before the real call on.
class Call {
 public:
  explicit Call(int fd);

  [[nodiscard]] bool is_heard() const { return socket_ != 0; }
  // The real call's answer, -1 with errno for a failure. `result` is the JSON value for a success, null by default.
  void ended(std::string_view name, std::string_view argument, ssize_t answer, std::string_view result = "null") const;
  // The same for calls that move octets. One that found nothing to do, or only peeked, changed nothing and is no line.
  void sent(std::size_t size, int flags, ssize_t answer) const;
  void received(std::size_t size, int flags, ssize_t answer) const;
  void connected(std::string_view argument, int answer) const;
  // `written` as octets_written() said before.
  void closed(std::string_view argument, std::uint64_t written, int answer) const;
  // A listener gave out a new descriptor, or failed.
  void accepted(int answer) const;

 private:
  struct More {
    int opened = -1;                  // a new descriptor
    std::string_view local = "null";  // our own address
  };
  void write(std::string_view name, std::string_view argument, std::string_view result, More more) const;

  int fd_;
  std::uint64_t socket_;
  std::int64_t begin_;
};

// How many octets were ever written to a TCP socket, in whatever way, as the kernel counts them; 0 where it does not.
// More than was heard means that some calls were not.
[[nodiscard]] std::uint64_t octets_written(const Call& call, int fd);

// The process ends, and the kernel closes what it has open.
void hear_exit();

// "TCP_NODELAY=1" as a JSON string.
void append_option(Line& line, int level, int name, const void* value, socklen_t length);

}  // namespace fourtuple::record
