// The table's functions that send and receive.
#include <unistd.h>

#include "apps/packetdrill/adapter.hpp"
#include "apps/packetdrill/mapped.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {
namespace {

ssize_t read(void* userdata, int fd, void* data, size_t size) {
  return in_call(userdata, [&](Session& session) {
    if (session.descriptors().is_pipe(fd)) return ::read(fd, data, size);
    return ft_read(session.descriptors().ours(fd), data, size);
  });
}

ssize_t readv(void* userdata, int fd, const iovec* pieces, int count) {
  return in_call(userdata, [&](Session& session) {
    if (session.descriptors().is_pipe(fd)) return ::readv(fd, pieces, count);
    return ft_readv(session.descriptors().ours(fd), pieces, count);
  });
}

ssize_t recv(void* userdata, int fd, void* data, size_t size, int flags) {
  return in_call(userdata,
                 [&](Session& session) { return ft_recv(session.descriptors().ours(fd), data, size, flags); });
}

ssize_t recvfrom(void* userdata, int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length) {
  return in_call(userdata, [&](Session& session) {
    const int ours = session.descriptors().ours(fd);
    if (!session.descriptors().is_v6(fd) || from == nullptr || length == nullptr) {
      return ft_recvfrom(ours, data, size, flags, from, length);
    }
    sockaddr_in peer{};
    socklen_t peer_length = sizeof peer;
    const ssize_t got = ft_recvfrom(ours, data, size, flags, reinterpret_cast<sockaddr*>(&peer), &peer_length);
    if (got >= 0 && peer_length != 0) write_mapped(peer, from, length);
    if (got >= 0 && peer_length == 0) *length = 0;  // a stream has no sender
    return got;
  });
}

ssize_t recvmsg(void* userdata, int fd, msghdr* message, int flags) {
  return in_call(userdata,
                 [&](Session& session) { return ft_recvmsg(session.descriptors().ours(fd), message, flags); });
}

ssize_t write(void* userdata, int fd, const void* data, size_t size) {
  return in_call(userdata, [&](Session& session) {
    if (session.descriptors().is_pipe(fd)) return ::write(fd, data, size);
    return ft_write(session.descriptors().ours(fd), data, size);
  });
}

ssize_t writev(void* userdata, int fd, const iovec* pieces, int count) {
  return in_call(userdata, [&](Session& session) {
    if (session.descriptors().is_pipe(fd)) return ::writev(fd, pieces, count);
    return ft_writev(session.descriptors().ours(fd), pieces, count);
  });
}

ssize_t send(void* userdata, int fd, const void* data, size_t size, int flags) {
  return in_call(userdata,
                 [&](Session& session) { return ft_send(session.descriptors().ours(fd), data, size, flags); });
}

ssize_t sendto(void* userdata, int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) {
  return in_call(userdata, [&](Session& session) {
    const PlainName name(to, length);
    return ft_sendto(session.descriptors().ours(fd), data, size, flags, name.get(), name.length());
  });
}

ssize_t sendmsg(void* userdata, int fd, const msghdr* message, int flags) {
  return in_call(userdata, [&](Session& session) {
    if (message == nullptr) return ft_sendmsg(session.descriptors().ours(fd), message, flags);
    const PlainName name(static_cast<const sockaddr*>(message->msg_name), message->msg_namelen);
    msghdr plain = *message;
    plain.msg_name = const_cast<sockaddr*>(name.get());  // NOLINT: sendmsg() reads it only
    plain.msg_namelen = name.length();
    return ft_sendmsg(session.descriptors().ours(fd), &plain, flags);
  });
}

}  // namespace

void fill_data(packetdrill_interface& table) {
  table.read = read;
  table.readv = readv;
  table.recv = recv;
  table.recvfrom = recvfrom;
  table.recvmsg = recvmsg;
  table.write = write;
  table.writev = writev;
  table.send = send;
  table.sendto = sendto;
  table.sendmsg = sendmsg;
}

}  // namespace fourtuple::packetdrill
