// The C face: ft_poll and ft_select.
#include <algorithm>
#include <optional>
#include <poll.h>
#include <sys/select.h>
#include <vector>

#include "fourtuple/socket.h"
#include "stack/socket/blocking.hpp"
#include "stack/socket/process.hpp"

namespace fourtuple::sockets {
namespace {

constexpr unsigned kAlways = POLLERR | POLLHUP | POLLNVAL;

// One call of poll(): looks at every descriptor, and leaves a waiter at each until the call is over.
class Poll {
 public:
  explicit Poll(std::span<pollfd> wanted) : wanted_(wanted), sockets_(wanted.size()), waiters_(wanted.size()) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto socket = socket_of(wanted[i].fd);
      if (socket) sockets_[i] = *socket;
      if (socket && !core_) core_ = (*socket)->core();
    }
    if (!core_) core_ = process().current_core();  // nothing to watch: waits in the time of the default stack
  }
  ~Poll() {
    for_each_socket([this](std::size_t i, Turn&) { waiters_[i].reset(); });
  }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  [[nodiscard]] int run(Duration timeout) {
    const Instant start = now();
    const Instant deadline = timeout == Duration::max() ? kNever : start + timeout;
    for (bool is_late = timeout == Duration::zero();;) {
      signal_->reset();
      if (const int count = look(!is_late); count != 0 || is_late) return count;
      is_late = core_ ? !core_->block(*signal_, deadline) : !signal_->wait_until(deadline);
    }
  }
  [[nodiscard]] Instant now() const { return core_ ? core_->clock().now() : SteadyClock().now(); }

 private:
  // Calls `visit` with each socket's token held; neighbours on one stack share a turn.
  template <class Visit>
  void for_each_socket(Visit&& visit) {
    std::optional<Turn> turn;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (!sockets_[i]) continue;
      if (!turn || &turn->core() != sockets_[i]->core().get()) {
        turn.reset();
        turn.emplace(sockets_[i]->core());
      }
      visit(i, *turn);
    }
  }

  int look(bool leave_waiters) {
    int ready = 0;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const bool is_unknown = wanted_[i].fd >= 0 && !sockets_[i];
      wanted_[i].revents = is_unknown ? POLLNVAL : 0;
      ready += is_unknown ? 1 : 0;
    }
    for_each_socket([&](std::size_t i, Turn& turn) {
      const unsigned mask = static_cast<unsigned short>(wanted_[i].events) | kAlways;
      const unsigned bits = sockets_[i]->is_closed() ? POLLNVAL : sockets_[i]->poll_bits(turn) & mask;
      wanted_[i].revents = static_cast<short>(bits);
      ready += bits != 0 ? 1 : 0;
      if (ready != 0 || !leave_waiters || waiters_[i]) return;
      waiters_[i] = std::make_unique<SignalWaiter>(0xff, signal_);
      sockets_[i]->add(*waiters_[i]);
    });
    return ready;
  }

  std::span<pollfd> wanted_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  std::vector<std::unique_ptr<SignalWaiter>> waiters_;
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  std::shared_ptr<RuntimeCore> core_;  // of the first socket: who drives while we sleep
};

// --- select() is poll() with sets of bits.

constexpr unsigned kReadable = POLLIN | POLLRDNORM | POLLHUP | POLLERR;
constexpr unsigned kWritable = POLLOUT | POLLWRNORM | POLLERR;

struct Sets {
  fd_set* readable;
  fd_set* writable;
  fd_set* exceptional;
};

[[nodiscard]] bool has(int descriptor, const fd_set* set) {
  return set != nullptr && FD_ISSET(descriptor, set);  // NOLINT: the system's macro
}

[[nodiscard]] Result<std::vector<pollfd>> read_sets(int count, const Sets& sets) {
  std::vector<pollfd> wanted;
  for (int fd = 0; fd < count; ++fd) {
    const unsigned events = (has(fd, sets.readable) ? POLLIN | POLLRDNORM : 0U) |
                            (has(fd, sets.writable) ? POLLOUT | POLLWRNORM : 0U) |
                            (has(fd, sets.exceptional) ? POLLPRI : 0U);
    if (events == 0) continue;
    if (!process().descriptors.find(fd)) return failure(std::errc::bad_file_descriptor);
    wanted.push_back({fd, static_cast<short>(events), 0});
  }
  return wanted;
}

[[nodiscard]] int write_sets(const std::vector<pollfd>& wanted, const Sets& sets) {
  int count = 0;
  const auto keep = [&](const pollfd& one, fd_set* set, unsigned asked, unsigned means) {
    if ((static_cast<unsigned>(one.events) & asked) == 0) return;
    if ((static_cast<unsigned>(one.revents) & means) != 0) {
      ++count;
    } else {
      FD_CLR(one.fd, set);
    }
  };
  for (const pollfd& one : wanted) {
    keep(one, sets.readable, POLLIN, kReadable);
    keep(one, sets.writable, POLLOUT, kWritable);
    keep(one, sets.exceptional, POLLPRI, POLLPRI);
  }
  return count;
}

[[nodiscard]] Result<Duration> read_timeout(const timeval* timeout) {
  if (timeout == nullptr) return Duration::max();
  if (timeout->tv_sec < 0 || timeout->tv_usec < 0) return failure(std::errc::invalid_argument);
  constexpr long kLongest = 1L << 32;  // seconds; longer is not told apart
  return std::chrono::seconds(std::min<long>(timeout->tv_sec, kLongest)) + std::chrono::microseconds(timeout->tv_usec);
}

// Linux leaves in `timeout` what was not slept.
void write_timeout(timeval* timeout, Duration rest) {
  if (timeout == nullptr) return;
  rest = std::max(rest, Duration::zero());
  timeout->tv_sec = std::chrono::duration_cast<std::chrono::seconds>(rest).count();
  timeout->tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(rest % std::chrono::seconds(1)).count();
}

[[nodiscard]] Result<int> select_descriptors(int count, const Sets& sets, timeval* timeout) {
  if (count < 0 || count > FD_SETSIZE) return failure(std::errc::invalid_argument);
  const auto longest = read_timeout(timeout);
  if (!longest) return failure(longest.error());
  auto wanted = read_sets(count, sets);
  if (!wanted) return failure(wanted.error());
  Poll poll(*wanted);
  const Instant start = poll.now();
  (void)poll.run(*longest);
  write_timeout(timeout, *longest - (poll.now() - start));
  return write_sets(*wanted, sets);
}

}  // namespace
}  // namespace fourtuple::sockets

extern "C" {

int ft_poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  return fourtuple::sockets::guarded([&]() -> int {
    using namespace fourtuple;  // NOLINT
    if (descriptors == nullptr && count != 0) return sockets::fail_with(std::errc::bad_address);
    const Duration timeout = timeout_ms < 0 ? Duration::max() : Duration(std::chrono::milliseconds(timeout_ms));
    return sockets::Poll({descriptors, count}).run(timeout);
  });
}

int ft_select(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, timeval* timeout) {
  return fourtuple::sockets::guarded([&]() -> int {
    return fourtuple::sockets::answer(
        fourtuple::sockets::select_descriptors(count, {readable, writable, exceptional}, timeout));
  });
}

}  // extern "C"
