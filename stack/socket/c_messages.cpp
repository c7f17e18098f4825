// The C face: several messages with one call.
#include <algorithm>
#include <climits>
#include <ctime>
#include <sys/socket.h>

#include "fourtuple/socket.h"
#include "stack/socket/process.hpp"

namespace fourtuple::sockets {
namespace {

constexpr unsigned kMaxMessages = UIO_MAXIOV;

// Calls `one(message)` for each until one fails. What failed after the first is told to the next call by its state.
template <class One>
[[nodiscard]] int for_each_message(mmsghdr* messages, unsigned count, One&& one) {
  if (messages == nullptr && count != 0) return fail_with(std::errc::bad_address);
  const unsigned most = std::min(count, kMaxMessages);
  unsigned done = 0;
  for (; done < most; ++done) {
    const ssize_t moved = one(messages[done], done);
    if (moved < 0) return done == 0 ? -1 : static_cast<int>(done);
    messages[done].msg_len = static_cast<unsigned>(moved);
  }
  return static_cast<int>(done);
}

}  // namespace
}  // namespace fourtuple::sockets

using namespace fourtuple;           // NOLINT: this file is the other side of a C interface
using namespace fourtuple::sockets;  // NOLINT

extern "C" {

// The timeout of recvmmsg() is looked at between messages only, as on Linux; the first wait is SO_RCVTIMEO's.
int ft_recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  const auto socket = socket_of(fd);
  if (!socket) return fail_with(socket.error());
  const bool is_bad =
      timeout != nullptr && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec > 999'999'999);
  if (is_bad) return fail_with(std::errc::invalid_argument);
  const Clock& clock = (*socket)->core()->clock();
  const Instant start = clock.now();
  const Duration allowed = timeout == nullptr ? Duration::max()
                                              : std::chrono::seconds(std::min<long>(timeout->tv_sec, 1L << 32)) +
                                                    std::chrono::nanoseconds(timeout->tv_nsec);
  return for_each_message(messages, count, [&](mmsghdr& each, unsigned done) -> ssize_t {
    if (done != 0 && clock.now() - start >= allowed) return -1;
    const int wait = done != 0 && (flags & MSG_WAITFORONE) != 0 ? MSG_DONTWAIT : 0;
    return ft_recvmsg(fd, &each.msg_hdr, (flags & ~MSG_WAITFORONE) | wait);
  });
}

int ft_sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
  if (const auto socket = socket_of(fd); !socket) return fail_with(socket.error());
  return for_each_message(messages, count,
                          [&](mmsghdr& each, unsigned) { return ft_sendmsg(fd, &each.msg_hdr, flags); });
}

}  // extern "C"
