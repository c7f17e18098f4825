// The C face: descriptors, names, connections.
#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <limits>

#include "fourtuple/socket.h"
#include "stack/socket/blocking.hpp"
#include "stack/socket/epoll_set.hpp"
#include "stack/socket/operations.hpp"
#include "stack/socket/process.hpp"
#include "stack/socket/sockaddr.hpp"

namespace fourtuple::sockets {
namespace {

constexpr int kTypeFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;

// address_family_not_supported, invalid_argument, bad_address.
[[nodiscard]] Result<Endpoint> read_name(const sockaddr* address, socklen_t length) {
  if (address == nullptr) return failure(std::errc::bad_address);
  if (length < sizeof(sockaddr_in)) return failure(std::errc::invalid_argument);
  sockaddr_in name{};
  std::memcpy(&name, address, sizeof name);
  return to_endpoint(name);
}

// bind() takes AF_UNSPEC for AF_INET where the address is the wildcard, as Linux does for old programs.
[[nodiscard]] Result<Endpoint> read_bind_name(const sockaddr* address, socklen_t length) {
  if (address == nullptr) return failure(std::errc::bad_address);
  if (length < sizeof(sockaddr_in)) return failure(std::errc::invalid_argument);
  sockaddr_in name{};
  std::memcpy(&name, address, sizeof name);
  if (name.sin_family == AF_UNSPEC && name.sin_addr.s_addr == INADDR_ANY) name.sin_family = AF_INET;
  return to_endpoint(name);
}

// Cut to the caller's room; `length` becomes the full size, as POSIX says. Nothing where no name is wanted.
[[nodiscard]] Result<void> write_name(const Endpoint& endpoint, sockaddr* address, socklen_t* length) {
  if (address == nullptr) return {};
  if (length == nullptr) return failure(std::errc::bad_address);
  if (*length > static_cast<socklen_t>(std::numeric_limits<int>::max())) return failure(std::errc::invalid_argument);
  const sockaddr_in name = to_sockaddr(endpoint);
  std::memcpy(address, &name, std::min<std::size_t>(*length, sizeof name));
  *length = sizeof name;
  return {};
}

// SO_LINGER with a time: the FIN goes out, and close() waits until it was acknowledged or the time is over.
void linger(const std::shared_ptr<Socket>& socket) {
  // The engine does not announce that a FIN was acknowledged, so the wait looks for itself now and then.
  static constexpr Duration kLook = std::chrono::milliseconds(5);
  const Clock& clock = socket->core()->clock();
  Instant end;
  {
    Turn turn(socket->core());
    const Settings& settings = socket->settings();
    if (socket->is_closed() || !settings.linger || settings.linger_seconds <= 0) return;
    if (socket->has_delivered(turn) || !socket->shutdown(SHUT_WR, turn)) return;
    end = turn.now() + std::chrono::seconds(settings.linger_seconds);
  }
  const auto delivered = [&](Turn& turn) -> Result<void> {
    if (socket->has_delivered(turn)) return {};
    return failure(std::errc::operation_would_block);
  };
  while (clock.now() < end) {
    const Patience until{.until = std::min(end, clock.now() + kLook)};
    const auto waited = retry_until(socket, 0xff, until, delivered);
    if (waited || waited.error() != std::errc::operation_would_block) return;
  }
}

void let_go(const DescriptorTable::Removed& removed) {
  if (!removed.is_last || !removed.file) return;
  if (removed.file->epoll) return removed.file->epoll->close();
  const auto& socket = removed.file->socket;
  linger(socket);
  Turn turn(socket->core());
  socket->close(turn);
}

[[nodiscard]] Result<int> open_socket(int domain, int type, int protocol) {
  if (domain != AF_INET) return failure(std::errc::address_family_not_supported);
  const auto core = process().current_core();
  if (!core) return failure(std::errc::network_down);
  auto socket = [&]() -> Result<std::shared_ptr<Socket>> {
    Turn turn(core);
    return Socket::open(type & ~kTypeFlags, protocol, turn);
  }();
  if (!socket) return failure(socket.error());
  (*socket)->set_non_blocking((type & SOCK_NONBLOCK) != 0);
  auto file = std::make_shared<OpenFile>();
  file->socket = *socket;
  const auto number = process().descriptors.add(std::move(file), (type & SOCK_CLOEXEC) != 0);
  if (!number) {
    Turn turn(core);
    (*socket)->close(turn);
  }
  return number;
}

// The number comes first: what was accepted must not be lost for want of one.
[[nodiscard]] Result<int> accept_connection(int descriptor, sockaddr* address, socklen_t* length, int flags) {
  if ((flags & ~kTypeFlags) != 0) return failure(std::errc::invalid_argument);
  const auto listener = socket_of(descriptor);
  if (!listener) return failure(listener.error());
  const auto number = process().descriptors.reserve();
  if (!number) return number;
  const auto accepted = retry_until(*listener, kWhenReadable, Patience::receiving(),
                                    [&](Turn& turn) { return (*listener)->accept(turn); });
  if (!accepted) {
    process().descriptors.remove(*number);
    return failure(accepted.error());
  }
  (*accepted)->set_non_blocking((flags & SOCK_NONBLOCK) != 0);
  auto file = std::make_shared<OpenFile>();
  file->socket = *accepted;
  process().descriptors.fill(*number, std::move(file), (flags & SOCK_CLOEXEC) != 0);
  const auto remote = [&] {
    Turn turn((*accepted)->core());
    return (*accepted)->accepted_from(turn);
  }();
  if (const auto written = write_name(remote, address, length); !written) {
    let_go(process().descriptors.remove(*number));
    return failure(written.error());
  }
  return number;
}

[[nodiscard]] Result<void> connect_socket(int descriptor, const sockaddr* address, socklen_t length) {
  const auto socket = socket_of(descriptor);
  if (!socket) return failure(socket.error());
  if (address == nullptr) return failure(std::errc::bad_address);
  if (length < sizeof(sa_family_t)) return failure(std::errc::invalid_argument);
  if (address->sa_family == AF_UNSPEC) {
    return with_socket(descriptor, [](Socket& one, Turn& turn) { return one.disconnect(turn); });
  }
  const auto remote = read_name(address, length);
  bool started = false;
  bool joins = false;  // a connection that is being opened already
  const auto attempt = [&](Turn& turn) -> Result<void> {
    if (std::exchange(started, true)) return (*socket)->finish_connect(turn);
    if (!remote) {
      const auto allowed = (*socket)->may_connect(turn);
      return allowed ? failure(remote.error()) : allowed;
    }
    auto connected = (*socket)->connect(*remote, turn);
    joins = !connected && connected.error() == std::errc::connection_already_in_progress;
    return joins ? failure(std::errc::operation_in_progress) : connected;
  };
  auto connected = retry_until(*socket, kWhenWritable, Patience::sending(), attempt);
  const bool unfinished = !connected && connected.error() == std::errc::operation_in_progress;
  return joins && unfinished ? failure(std::errc::connection_already_in_progress) : connected;
}

using NameQuestion = Result<Endpoint> (Socket::*)(Turn&) const;

// getsockname() and getpeername().
[[nodiscard]] Result<void> tell_name(int descriptor, NameQuestion question, sockaddr* address, socklen_t* length) {
  const auto socket = socket_of(descriptor);
  if (!socket) return failure(socket.error());
  if (address == nullptr || length == nullptr) return failure(std::errc::bad_address);
  const auto name = with_socket(descriptor, [&](Socket& one, Turn& turn) { return (one.*question)(turn); });
  return name ? write_name(*name, address, length) : failure(name.error());
}

}  // namespace
}  // namespace fourtuple::sockets

using namespace fourtuple;           // NOLINT: this file is the other side of a C interface
using namespace fourtuple::sockets;  // NOLINT

extern "C" {

int ft_socket(int domain, int type, int protocol) {
  return guarded([&]() -> int { return answer(open_socket(domain, type, protocol)); });
}

int ft_bind(int fd, const sockaddr* address, socklen_t length) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [&](Socket& socket, Turn& turn) -> Result<void> {
      const auto local = read_bind_name(address, length);
      return local ? socket.bind(*local, turn) : failure(local.error());
    }));
  });
}

int ft_listen(int fd, int backlog) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [&](Socket& socket, Turn& turn) { return socket.listen(backlog, turn); }));
  });
}

int ft_accept(int fd, sockaddr* address, socklen_t* length) { return ft_accept4(fd, address, length, 0); }

int ft_accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  return guarded([&]() -> int { return answer(accept_connection(fd, address, length, flags)); });
}

int ft_connect(int fd, const sockaddr* address, socklen_t length) {
  return guarded([&]() -> int { return answer(connect_socket(fd, address, length)); });
}

int ft_shutdown(int fd, int how) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [&](Socket& socket, Turn& turn) { return socket.shutdown(how, turn); }));
  });
}

int ft_close(int fd) {
  return guarded([&]() -> int {
    const auto removed = process().descriptors.remove(fd);
    if (!removed.file) return fail_with(std::errc::bad_file_descriptor);
    let_go(removed);
    return 0;
  });
}

int ft_dup(int fd) { return ft_fcntl(fd, F_DUPFD, 0); }

int ft_dup2(int fd, int to) {
  return guarded([&]() -> int {
    auto file = process().descriptors.find(fd);
    if (!file) return fail_with(std::errc::bad_file_descriptor);
    if (fd == to) return to;
    const auto replaced = process().descriptors.replace(to, std::move(file));
    if (!replaced) return fail_with(replaced.error());
    let_go(*replaced);
    return to;
  });
}

int ft_getsockname(int fd, sockaddr* address, socklen_t* length) {
  return guarded([&]() -> int { return answer(tell_name(fd, &Socket::local_name, address, length)); });
}

int ft_getpeername(int fd, sockaddr* address, socklen_t* length) {
  return guarded([&]() -> int { return answer(tell_name(fd, &Socket::remote_name, address, length)); });
}

int ft_getsockopt(int fd, int level, int name, void* value, socklen_t* length) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [&](Socket& socket, Turn& turn) -> Result<void> {
      if (value == nullptr || length == nullptr) return failure(std::errc::bad_address);
      if (*length > static_cast<socklen_t>(std::numeric_limits<int>::max()))
        return failure(std::errc::invalid_argument);
      std::size_t size = 0;
      const auto got = socket.get_option(level, name, {static_cast<std::byte*>(value), *length}, size, turn);
      if (got) *length = static_cast<socklen_t>(size);
      return got;
    }));
  });
}

int ft_setsockopt(int fd, int level, int name, const void* value, socklen_t length) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [&](Socket& socket, Turn& turn) -> Result<void> {
      if (length > static_cast<socklen_t>(std::numeric_limits<int>::max())) return failure(std::errc::invalid_argument);
      return socket.set_option(level, name, {static_cast<const std::byte*>(value), length}, turn);
    }));
  });
}

}  // extern "C"
