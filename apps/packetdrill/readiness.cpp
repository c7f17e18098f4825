// The table's poll and epoll.
#include <algorithm>
#include <climits>
#include <poll.h>
#include <span>
#include <vector>

#include "apps/packetdrill/adapter.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {
namespace {

constexpr int kNobodys = INT_MAX;  // no descriptor has this number: POLLNVAL

// How many ends of pipes are ready, which only the kernel knows. They are looked at once, before sockets are waited
// for.
[[nodiscard]] int poll_pipes(Session& session, std::span<pollfd> wanted) {
  int ready = 0;
  for (pollfd& one : wanted) {
    one.revents = 0;
    if (session.descriptors().is_pipe(one.fd)) ready += std::max(::poll(&one, 1, 0), 0);
  }
  return ready;
}

[[nodiscard]] std::vector<pollfd> translated(Session& session, std::span<const pollfd> wanted) {
  std::vector<pollfd> list(wanted.begin(), wanted.end());
  for (pollfd& one : list) {
    if (one.fd < 0) continue;
    const int ours = session.descriptors().ours(one.fd);
    // poll() passes over negative numbers: so for what the kernel has answered already.
    one.fd = ours >= 0 ? ours : session.descriptors().is_pipe(one.fd) ? -1 : kNobodys;
  }
  return list;
}

[[nodiscard]] int poll_all(Session& session, std::span<pollfd> wanted, int timeout_ms) {
  const int ready_pipes = poll_pipes(session, wanted);
  auto list = translated(session, wanted);
  const int count = ft_poll(list.data(), list.size(), ready_pipes != 0 ? 0 : timeout_ms);
  if (count < 0) return count;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].fd >= 0) wanted[i].revents = list[i].revents;
  }
  return count + ready_pipes;
}

int poll(void* userdata, pollfd* descriptors, nfds_t count, int timeout_ms) {
  return in_call(userdata, [&](Session& session) {
    if (descriptors == nullptr && count != 0) {
      errno = EFAULT;
      return -1;
    }
    return poll_all(session, {descriptors, count}, timeout_ms);
  });
}

int epoll_create(void* userdata, int size) {
  return in_call(userdata, [&](Session& session) {
    if (size <= 0) {
      errno = EINVAL;
      return -1;
    }
    const int ours = ft_epoll_create1(0);
    return ours < 0 ? -1 : session.descriptors().hand_out(ours);
  });
}

int epoll_ctl(void* userdata, int epoll, int operation, int fd, epoll_event* event) {
  return in_call(userdata, [&](Session& session) {
    Descriptors& descriptors = session.descriptors();
    return ft_epoll_ctl(descriptors.ours(epoll), operation, descriptors.ours(fd), event);
  });
}

int epoll_wait(void* userdata, int epoll, epoll_event* events, int count, int timeout_ms) {
  return in_call(userdata, [&](Session& session) {
    return ft_epoll_wait(session.descriptors().ours(epoll), events, count, timeout_ms);
  });
}

}  // namespace

void fill_readiness(packetdrill_interface& table) {
  table.poll = poll;
  table.epoll_create = epoll_create;
  table.epoll_ctl = epoll_ctl;
  table.epoll_wait = epoll_wait;
}

}  // namespace fourtuple::packetdrill
