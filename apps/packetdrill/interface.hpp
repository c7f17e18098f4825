// What packetdrill asks of a shared object: a table of functions that the object fills in. Written from the description
// of the interface in docs/packetdrill.md; the order of the members is the interface.
#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

extern "C" {

// NOLINTBEGIN(readability-identifier-naming): packetdrill's names.
struct packetdrill_interface {
  void* userdata;
  void (*free)(void* userdata);

  int (*socket)(void* userdata, int domain, int type, int protocol);
  int (*bind)(void* userdata, int fd, const sockaddr* address, socklen_t length);
  int (*listen)(void* userdata, int fd, int backlog);
  int (*accept)(void* userdata, int fd, sockaddr* address, socklen_t* length);
  int (*connect)(void* userdata, int fd, const sockaddr* address, socklen_t length);

  ssize_t (*read)(void* userdata, int fd, void* data, size_t size);
  ssize_t (*readv)(void* userdata, int fd, const iovec* pieces, int count);
  ssize_t (*recv)(void* userdata, int fd, void* data, size_t size, int flags);
  ssize_t (*recvfrom)(void* userdata, int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length);
  ssize_t (*recvmsg)(void* userdata, int fd, msghdr* message, int flags);
  ssize_t (*write)(void* userdata, int fd, const void* data, size_t size);
  ssize_t (*writev)(void* userdata, int fd, const iovec* pieces, int count);
  ssize_t (*send)(void* userdata, int fd, const void* data, size_t size, int flags);
  ssize_t (*sendto)(void* userdata, int fd, const void* data, size_t size, int flags, const sockaddr* to,
                    socklen_t length);
  ssize_t (*sendmsg)(void* userdata, int fd, const msghdr* message, int flags);

  int (*fcntl)(void* userdata, int fd, int command, ...);
  int (*ioctl)(void* userdata, int fd, unsigned long request, ...);
  int (*close)(void* userdata, int fd);
  int (*shutdown)(void* userdata, int fd, int how);
  int (*getsockopt)(void* userdata, int fd, int level, int name, void* value, socklen_t* length);
  int (*setsockopt)(void* userdata, int fd, int level, int name, const void* value, socklen_t length);
  int (*poll)(void* userdata, pollfd* descriptors, nfds_t count, int timeout_ms);

  // A raw IP datagram arrives at the stack.
  int (*netdev_send)(void* userdata, const void* packet, size_t count);
  // The oldest one that left: `count` is the buffer's size, then the datagram's; `time_usecs` when it left.
  int (*netdev_receive)(void* userdata, void* buffer, size_t* count, long long* time_usecs);
  int (*usleep)(void* userdata, useconds_t microseconds);
  int (*gettimeofday)(void* userdata, timeval* now, struct timezone* zone);

  int (*epoll_create)(void* userdata, int size);
  int (*epoll_ctl)(void* userdata, int epoll, int operation, int fd, epoll_event* event);
  int (*epoll_wait)(void* userdata, int epoll, epoll_event* events, int count, int timeout_ms);
  int (*pipe)(void* userdata, int ends[2]);
  ssize_t (*splice)(void* userdata, int from, loff_t* from_offset, int to, loff_t* to_offset, size_t size,
                    unsigned flags);
};
// NOLINTEND(readability-identifier-naming)

// The one symbol of the object. `flags` is the text of --so_flags, or null.
void packetdrill_interface_init(const char* flags, packetdrill_interface* interface);
}
