// Calls that make, change and end connections, heard on their way to libc.
#include <cstdint>
#include <cstdlib>
#include <sys/socket.h>
#include <unistd.h>

#include "apps/record/preload/hearing.hpp"
#include "apps/record/preload/real.hpp"

using fourtuple::record::Call;
using fourtuple::record::Line;

namespace {

Line address_argument(const Call& call, const sockaddr* address, socklen_t length) {
  Line argument;
  if (call.is_heard() && address != nullptr) fourtuple::record::append_address(argument, address, length);
  return argument;
}

const char* shutdown_word(int how) {
  switch (how) {
    case SHUT_RD:
      return "\"RD\"";
    case SHUT_WR:
      return "\"WR\"";
    case SHUT_RDWR:
      return "\"RDWR\"";
    default:
      return "null";
  }
}

// What the program closes by itself at its end has been heard by then.
__attribute__((destructor)) void at_exit() { fourtuple::record::hear_exit(); }

}  // namespace

FOURTUPLE_HEARD int bind(int fd, const sockaddr* address, socklen_t length) noexcept {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(bind)(fd, address, length);
  call.ended("bind", address_argument(call, address, length).view(), answer);
  return answer;
}

FOURTUPLE_HEARD int connect(int fd, const sockaddr* address, socklen_t length) {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(connect)(fd, address, length);
  call.connected(address_argument(call, address, length).view(), answer);
  return answer;
}

FOURTUPLE_HEARD int listen(int fd, int backlog) noexcept {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(listen)(fd, backlog);
  Line argument;
  argument.number(backlog);
  call.ended("listen", argument.view(), answer);
  return answer;
}

FOURTUPLE_HEARD int accept(int fd, sockaddr* address, socklen_t* length) {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(accept)(fd, address, length);
  call.accepted(answer);
  return answer;
}

FOURTUPLE_HEARD int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(accept4)(fd, address, length, flags);
  call.accepted(answer);
  return answer;
}

FOURTUPLE_HEARD int setsockopt(int fd, int level, int name, const void* value, socklen_t length) noexcept {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(setsockopt)(fd, level, name, value, length);
  Line argument;
  if (call.is_heard()) fourtuple::record::append_option(argument, level, name, value, length);
  call.ended("setsockopt", argument.view(), answer);
  return answer;
}

FOURTUPLE_HEARD int shutdown(int fd, int how) noexcept {
  const Call call(fd);
  const int answer = FOURTUPLE_REAL(shutdown)(fd, how);
  call.ended("shutdown", shutdown_word(how), answer);
  return answer;
}

FOURTUPLE_HEARD int close(int fd) {
  const Call call(fd);
  const std::uint64_t written = fourtuple::record::octets_written(call, fd);
  const int answer = FOURTUPLE_REAL(close)(fd);
  call.closed("null", written, answer);
  return answer;
}

FOURTUPLE_HEARD __attribute__((noreturn)) void _exit(int code) {
  fourtuple::record::hear_exit();
  FOURTUPLE_REAL(_exit)(code);
  __builtin_unreachable();
}

FOURTUPLE_HEARD __attribute__((noreturn)) void _Exit(int code) noexcept {
  fourtuple::record::hear_exit();
  FOURTUPLE_REAL(_Exit)(code);
  __builtin_unreachable();
}
