// The table's functions that make, name, control and close sockets.
#include <arpa/inet.h>
#include <cstdarg>
#include <fcntl.h>
#include <netinet/in.h>

#include "apps/packetdrill/adapter.hpp"
#include "apps/packetdrill/mapped.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {
namespace {

// A real descriptor for a socket that was just made; without one the socket is closed again.
[[nodiscard]] int hand_out(Session& session, int ours, bool is_v6) {
  if (ours < 0) return -1;
  const int real = session.descriptors().hand_out(ours, is_v6);
  if (real >= 0) return real;
  const int number = errno;
  ft_close(ours);
  errno = number;
  return -1;
}

// A script may bind to any address that it calls its own.
void adopt(Session& session, const PlainName& name) {
  if (name.v4() != nullptr) session.bench().adopt({ntohl(name.v4()->sin_addr.s_addr)});
}

int open(void* userdata, int domain, int type, int protocol) {
  return in_call(userdata, [&](Session& session) {
    const bool is_v6 = domain == AF_INET6;
    return hand_out(session, ft_socket(is_v6 ? AF_INET : domain, type, protocol), is_v6);
  });
}

int bind(void* userdata, int fd, const sockaddr* address, socklen_t length) {
  return in_call(userdata, [&](Session& session) {
    const PlainName name(address, length);
    adopt(session, name);
    return ft_bind(session.descriptors().ours(fd), name.get(), name.length());
  });
}

int listen(void* userdata, int fd, int backlog) {
  return in_call(userdata, [&](Session& session) { return ft_listen(session.descriptors().ours(fd), backlog); });
}

int accept(void* userdata, int fd, sockaddr* address, socklen_t* length) {
  return in_call(userdata, [&](Session& session) {
    const int listener = session.descriptors().ours(fd);
    const bool is_v6 = session.descriptors().is_v6(fd);
    if (!is_v6 || address == nullptr || length == nullptr) {
      return hand_out(session, ft_accept(listener, address, length), is_v6);
    }
    sockaddr_in peer{};
    socklen_t peer_length = sizeof peer;
    const int real = hand_out(session, ft_accept(listener, reinterpret_cast<sockaddr*>(&peer), &peer_length), is_v6);
    if (real >= 0) write_mapped(peer, address, length);
    return real;
  });
}

int connect(void* userdata, int fd, const sockaddr* address, socklen_t length) {
  return in_call(userdata, [&](Session& session) {
    const PlainName name(address, length);
    return ft_connect(session.descriptors().ours(fd), name.get(), name.length());
  });
}

int close(void* userdata, int fd) {
  return in_call(userdata, [&](Session& session) {
    if (session.descriptors().close_pipe(fd)) return 0;
    const int ours = session.descriptors().take_back(fd);
    return ft_close(ours);
  });
}

int shutdown(void* userdata, int fd, int how) {
  return in_call(userdata, [&](Session& session) { return ft_shutdown(session.descriptors().ours(fd), how); });
}

int getsockopt(void* userdata, int fd, int level, int name, void* value, socklen_t* length) {
  return in_call(userdata, [&](Session& session) {
    return ft_getsockopt(session.descriptors().ours(fd), level, name, value, length);
  });
}

int setsockopt(void* userdata, int fd, int level, int name, const void* value, socklen_t length) {
  return in_call(userdata, [&](Session& session) {
    // Mapped addresses are all that there is, so a socket cannot be without them; that it may have them is granted.
    const bool grants = level == IPPROTO_IPV6 && name == IPV6_V6ONLY && session.descriptors().is_v6(fd) &&
                        value != nullptr && length == sizeof(int) && *static_cast<const int*>(value) == 0;
    if (grants) return 0;
    return ft_setsockopt(session.descriptors().ours(fd), level, name, value, length);
  });
}

int fcntl(void* userdata, int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  const bool has_argument = command != F_GETFD && command != F_GETFL;
  const int argument = has_argument ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return in_call(userdata, [&](Session& session) {
    const int result = ft_fcntl(session.descriptors().ours(fd), command, argument);
    const bool is_new = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    return is_new ? hand_out(session, result, session.descriptors().is_v6(fd)) : result;
  });
}

int ioctl(void* userdata, int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return in_call(userdata,
                 [&](Session& session) { return ft_ioctl(session.descriptors().ours(fd), request, argument); });
}

}  // namespace

void fill_names(packetdrill_interface& table) {
  table.socket = open;
  table.bind = bind;
  table.listen = listen;
  table.accept = accept;
  table.connect = connect;
  table.close = close;
  table.shutdown = shutdown;
  table.getsockopt = getsockopt;
  table.setsockopt = setsockopt;
  table.fcntl = fcntl;
  table.ioctl = ioctl;
}

}  // namespace fourtuple::packetdrill
