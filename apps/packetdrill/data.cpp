// The table's functions that send and receive.
#include <unistd.h>

#include "apps/packetdrill/adapter.hpp"
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
    return ft_recvfrom(session.descriptors().ours(fd), data, size, flags, from, length);
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
    return ft_sendto(session.descriptors().ours(fd), data, size, flags, to, length);
  });
}

ssize_t sendmsg(void* userdata, int fd, const msghdr* message, int flags) {
  return in_call(userdata,
                 [&](Session& session) { return ft_sendmsg(session.descriptors().ours(fd), message, flags); });
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
