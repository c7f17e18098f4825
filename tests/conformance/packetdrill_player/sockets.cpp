// The C sockets over the shared object: linked in the place of our own.
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "fourtuple/socket.h"
#include "tests/conformance/packetdrill_player/object_world.hpp"

namespace {

using fourtuple::player::ObjectWorld;
using Table = packetdrill_interface;

ObjectWorld& world() { return ObjectWorld::current(); }

// May wait.
template <class Call>
long long waiting(Call&& call) {
  return world().wait_for([&](const Table& table) -> long long { return call(table, table.userdata); });
}

sockaddr_in name_from(const sockaddr* address, socklen_t length) {
  sockaddr_in name{};
  if (address != nullptr) std::memcpy(&name, address, std::min<std::size_t>(length, sizeof name));
  return name;
}

int tell_name(const sockaddr_in& name, sockaddr* address, socklen_t* length) {
  if (name.sin_family != AF_INET) {
    errno = ENOTCONN;
    return -1;
  }
  std::memcpy(address, &name, std::min<std::size_t>(*length, sizeof name));
  *length = sizeof name;
  return 0;
}

}  // namespace

extern "C" {

int ft_socket(int domain, int type, int protocol) {
  return world().make([&](auto& table, void* self) { return table.socket(self, domain, type, protocol); });
}

int ft_bind(int fd, const sockaddr* address, socklen_t length) {
  const int result = world().make([&](auto& table, void* self) { return table.bind(self, fd, address, length); });
  if (result == 0) world().names[fd].local = name_from(address, length);
  return result;
}

int ft_listen(int fd, int backlog) {
  return world().make([&](auto& table, void* self) { return table.listen(self, fd, backlog); });
}

int ft_accept4(int fd, sockaddr* address, socklen_t* length, int) {
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const auto result = static_cast<int>(waiting(
      [&](auto& table, void* self) { return table.accept(self, fd, reinterpret_cast<sockaddr*>(&from), &size); }));
  if (result >= 0 && address != nullptr && length != nullptr) tell_name(from, address, length);
  return result;
}

int ft_connect(int fd, const sockaddr* address, socklen_t length) {
  const auto result =
      static_cast<int>(waiting([&](auto& table, void* self) { return table.connect(self, fd, address, length); }));
  world().names[fd].remote = name_from(address, length);
  return result;
}

int ft_shutdown(int fd, int how) {
  return world().make([&](auto& table, void* self) { return table.shutdown(self, fd, how); });
}

int ft_close(int fd) {
  return static_cast<int>(waiting([&](auto& table, void* self) { return table.close(self, fd); }));
}

int ft_dup(int) {
  errno = ENOSYS;
  return -1;
}

ssize_t ft_send(int fd, const void* data, size_t size, int flags) {
  return waiting([&](auto& table, void* self) { return table.send(self, fd, data, size, flags); });
}

ssize_t ft_sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) {
  return waiting([&](auto& table, void* self) { return table.sendto(self, fd, data, size, flags, to, length); });
}

ssize_t ft_sendmsg(int fd, const msghdr* message, int flags) {
  return waiting([&](auto& table, void* self) { return table.sendmsg(self, fd, message, flags); });
}

ssize_t ft_writev(int fd, const iovec* pieces, int count) {
  return waiting([&](auto& table, void* self) { return table.writev(self, fd, pieces, count); });
}

ssize_t ft_recv(int fd, void* data, size_t size, int flags) {
  return waiting([&](auto& table, void* self) { return table.recv(self, fd, data, size, flags); });
}

ssize_t ft_recvfrom(int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) {
  return waiting([&](auto& table, void* self) { return table.recvfrom(self, fd, data, size, flags, from, length); });
}

ssize_t ft_recvmsg(int fd, msghdr* message, int flags) {
  return waiting([&](auto& table, void* self) { return table.recvmsg(self, fd, message, flags); });
}

ssize_t ft_readv(int fd, const iovec* pieces, int count) {
  return waiting([&](auto& table, void* self) { return table.readv(self, fd, pieces, count); });
}

int ft_getsockname(int fd, sockaddr* address, socklen_t* length) {
  return tell_name(world().names[fd].local, address, length);
}

int ft_getpeername(int fd, sockaddr* address, socklen_t* length) {
  return tell_name(world().names[fd].remote, address, length);
}

int ft_getsockopt(int fd, int level, int name, void* value, socklen_t* length) {
  return world().make([&](auto& table, void* self) { return table.getsockopt(self, fd, level, name, value, length); });
}

int ft_setsockopt(int fd, int level, int name, const void* value, socklen_t length) {
  return world().make([&](auto& table, void* self) { return table.setsockopt(self, fd, level, name, value, length); });
}

int ft_fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  const int argument = va_arg(rest, int);
  va_end(rest);
  return world().make([&](auto& table, void* self) { return table.fcntl(self, fd, command, argument); });
}

int ft_ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return world().make([&](auto& table, void* self) { return table.ioctl(self, fd, request, argument); });
}

int ft_poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  return static_cast<int>(
      waiting([&](auto& table, void* self) { return table.poll(self, descriptors, count, timeout_ms); }));
}

int ft_epoll_create1(int) {
  return world().make([&](auto& table, void* self) { return table.epoll_create(self, 1); });
}

int ft_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  return world().make([&](auto& table, void* self) { return table.epoll_ctl(self, epoll, operation, fd, event); });
}

int ft_epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) {
  return static_cast<int>(
      waiting([&](auto& table, void* self) { return table.epoll_wait(self, epoll, events, count, timeout_ms); }));
}

}  // extern "C"
