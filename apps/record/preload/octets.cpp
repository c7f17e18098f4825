// Calls that move octets, heard on their way to libc.
#include <climits>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "apps/record/preload/hearing.hpp"
#include "apps/record/preload/real.hpp"

using fourtuple::record::Call;

// What programs compiled with _FORTIFY_SOURCE call instead.
extern "C" {
ssize_t __read_chk(int fd, void* buffer, std::size_t size, std::size_t room);
ssize_t __recv_chk(int fd, void* buffer, std::size_t size, std::size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void* buffer, std::size_t size, std::size_t room, int flags, sockaddr* address,
                       socklen_t* length);
}

namespace {

std::size_t total_of(const iovec* pieces, std::size_t count) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < count && i < IOV_MAX; ++i) total += pieces[i].iov_len;
  return total;
}

// Only after a call that the kernel took: before, the pointers may lead nowhere.
void hear_sent(const Call& call, const iovec* pieces, std::size_t count, int flags, ssize_t answer) {
  if (call.is_heard()) call.sent(answer >= 0 ? total_of(pieces, count) : 0, flags, answer);
}

void hear_received(const Call& call, const iovec* pieces, std::size_t count, int flags, ssize_t answer) {
  if (call.is_heard()) call.received(answer >= 0 ? total_of(pieces, count) : 0, flags, answer);
}

}  // namespace

FOURTUPLE_HEARD ssize_t send(int fd, const void* octets, std::size_t size, int flags) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(send)(fd, octets, size, flags);
  call.sent(size, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t sendto(int fd, const void* octets, std::size_t size, int flags, const sockaddr* address,
                               socklen_t length) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(sendto)(fd, octets, size, flags, address, length);
  call.sent(size, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(sendmsg)(fd, message, flags);
  if (message != nullptr) hear_sent(call, message->msg_iov, message->msg_iovlen, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t write(int fd, const void* octets, std::size_t size) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(write)(fd, octets, size);
  call.sent(size, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t writev(int fd, const iovec* pieces, int count) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(writev)(fd, pieces, count);
  hear_sent(call, pieces, count > 0 ? static_cast<std::size_t>(count) : 0, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t sendfile(int fd, int file, off_t* offset, std::size_t size) noexcept {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(sendfile)(fd, file, offset, size);
  call.sent(size, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t sendfile64(int fd, int file, off64_t* offset, std::size_t size) noexcept {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(sendfile64)(fd, file, offset, size);
  call.sent(size, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t recv(int fd, void* buffer, std::size_t size, int flags) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(recv)(fd, buffer, size, flags);
  call.received(size, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t recvfrom(int fd, void* buffer, std::size_t size, int flags, sockaddr* address,
                                 socklen_t* length) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(recvfrom)(fd, buffer, size, flags, address, length);
  call.received(size, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t recvmsg(int fd, msghdr* message, int flags) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(recvmsg)(fd, message, flags);
  if (message != nullptr) hear_received(call, message->msg_iov, message->msg_iovlen, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t read(int fd, void* buffer, std::size_t size) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(read)(fd, buffer, size);
  call.received(size, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t readv(int fd, const iovec* pieces, int count) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(readv)(fd, pieces, count);
  hear_received(call, pieces, count > 0 ? static_cast<std::size_t>(count) : 0, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t __read_chk(int fd, void* buffer, std::size_t size, std::size_t room) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(__read_chk)(fd, buffer, size, room);
  call.received(size, 0, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t __recv_chk(int fd, void* buffer, std::size_t size, std::size_t room, int flags) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(__recv_chk)(fd, buffer, size, room, flags);
  call.received(size, flags, answer);
  return answer;
}

FOURTUPLE_HEARD ssize_t __recvfrom_chk(int fd, void* buffer, std::size_t size, std::size_t room, int flags,
                                       sockaddr* address, socklen_t* length) {
  const Call call(fd);
  const ssize_t answer = FOURTUPLE_REAL(__recvfrom_chk)(fd, buffer, size, room, flags, address, length);
  call.received(size, flags, answer);
  return answer;
}
