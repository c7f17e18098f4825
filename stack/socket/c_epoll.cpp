// The C face: ft_epoll_*.
#include <sys/epoll.h>

#include "fourtuple/socket.h"
#include "stack/socket/epoll_set.hpp"
#include "stack/socket/process.hpp"

namespace fourtuple::sockets {
namespace {

[[nodiscard]] Result<std::shared_ptr<EpollSet>> epoll_of(int descriptor) {
  const auto file = process().descriptors.find(descriptor);
  if (!file) return failure(std::errc::bad_file_descriptor);
  if (!file->epoll) return failure(std::errc::invalid_argument);
  return file->epoll;
}

[[nodiscard]] Result<int> create(int flags) {
  if ((flags & ~EPOLL_CLOEXEC) != 0) return failure(std::errc::invalid_argument);
  auto file = std::make_shared<OpenFile>();
  file->epoll = std::make_shared<EpollSet>();
  return process().descriptors.add(std::move(file), (flags & EPOLL_CLOEXEC) != 0);
}

[[nodiscard]] Result<void> control(int epoll, int operation, int descriptor, const epoll_event* event) {
  const auto set = epoll_of(epoll);
  const auto file = process().descriptors.find(descriptor);
  if (!set) return failure(set.error());
  if (!file) return failure(std::errc::bad_file_descriptor);
  if (!file->socket) return failure(std::errc::invalid_argument);  // sets of sets are not offered
  if (event == nullptr && operation != EPOLL_CTL_DEL) return failure(std::errc::bad_address);
  switch (operation) {
    case EPOLL_CTL_ADD:
      return (*set)->add(descriptor, file, *event);
    case EPOLL_CTL_MOD:
      return (*set)->modify(descriptor, file, *event);
    case EPOLL_CTL_DEL:
      return (*set)->remove(descriptor, file);
    default:
      return failure(std::errc::invalid_argument);
  }
}

[[nodiscard]] Result<int> wait(int epoll, epoll_event* events, int count, int timeout_ms) {
  const auto set = epoll_of(epoll);
  if (!set) return failure(set.error());
  if (count <= 0) return failure(std::errc::invalid_argument);
  if (events == nullptr) return failure(std::errc::bad_address);
  return (*set)->wait({events, static_cast<std::size_t>(count)}, timeout_ms);
}

}  // namespace
}  // namespace fourtuple::sockets

using fourtuple::sockets::answer;

extern "C" {

int ft_epoll_create1(int flags) {
  return fourtuple::sockets::guarded([&]() -> int { return answer(fourtuple::sockets::create(flags)); });
}

int ft_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  return fourtuple::sockets::guarded(
      [&]() -> int { return answer(fourtuple::sockets::control(epoll, operation, fd, event)); });
}

int ft_epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) {
  return fourtuple::sockets::guarded(
      [&]() -> int { return answer(fourtuple::sockets::wait(epoll, events, count, timeout_ms)); });
}

}  // extern "C"
