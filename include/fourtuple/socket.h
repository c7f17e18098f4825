/* The sockets of POSIX over fourtuple: every function is `ft_` + the POSIX name, with the same arguments, the kernel's
 * structures and constants, -1 and errno. C11 and C++.
 *
 *   struct ft_stack_options options = {.tap = "tap0", .address = "10.0.0.4/24", .gateway = "10.0.0.5"};
 *   ft_stack* stack = ft_stack_open(&options);
 *   if (stack == NULL) { fprintf(stderr, "%s\n", ft_stack_error()); return 1; }
 *   int listener = ft_socket(AF_INET, SOCK_STREAM, 0);
 *
 * Descriptors are numbers of fourtuple's own table (lowest free first, from 0); they are not the kernel's and must not
 * be given to the kernel's functions, nor the other way about. Meanings and errno follow Linux (docs: SOCKETS); where a
 * call is not listed with an errno of its own, the one of its POSIX page applies. All functions may be called from any
 * thread. EBADF: not an open descriptor; EFAULT: a null pointer where one is not allowed; ENETDOWN: there is no stack.
 *
 * SIGPIPE is never raised, as if MSG_NOSIGNAL were always given: send() answers EPIPE. (The kernel raises it for the
 * process; a library that kills its caller helps nobody.) Calls are never interrupted by signals (EINTR).
 * A stack belongs to the process that opened it: after fork() only one of the two may go on using it.
 */
#ifndef FOURTUPLE_SOCKET_H
#define FOURTUPLE_SOCKET_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mmsghdr;
struct timespec;

/* ---- Stacks. A process has as many as it likes; sockets are made on the default one: the first that was opened, until
 * ft_use_stack() names another. */
typedef struct ft_stack ft_stack;

struct ft_stack_options {
  const char* tap;      /* a TAP device, existing or to be created (needs CAP_NET_ADMIN) ... */
  const char* raw;      /* ... or an interface to take raw frames from (CAP_NET_RAW) ... */
                        /* ... or neither: a stack with loopback only */
  const char* address;  /* "10.0.0.4/24"; required with a device */
  const char* gateway;  /* "10.0.0.5"; NULL: no default route */
  const char* mac;      /* "02:00:00:00:00:04"; NULL: derived from the address */
  unsigned mtu;         /* 68..65535; 0: the device's */
  unsigned descriptors; /* size of the descriptor table, which all stacks share; 0: leave it (65536 at first) */
};

/* Opens a device, attaches a stack to it and starts a thread that drives it. NULL on failure: errno says what kind
 * (EINVAL, ENODEV, EPERM, ...) and ft_stack_error() says it in one sentence, with the cure. `options` NULL: loopback
 * only. */
ft_stack* ft_stack_open(const struct ft_stack_options* options);
/* One line of text about the last failure of ft_stack_open() in this thread; "" if there was none. */
const char* ft_stack_error(void);
/* Makes `stack` the default for ft_socket(); NULL: none. */
void ft_use_stack(ft_stack* stack);
/* The default stack, or NULL. */
ft_stack* ft_current_stack(void);
/* Serves closed connections until they have delivered (2 s at most), then ends the stack. Sockets still open act as
 * closed. */
void ft_stack_close(ft_stack* stack);

/* ---- Sockets. AF_INET; SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, with SOCK_NONBLOCK and SOCK_CLOEXEC. */
int ft_socket(int domain, int type, int protocol);
int ft_bind(int fd, const struct sockaddr* address, socklen_t length);
int ft_listen(int fd, int backlog);
int ft_accept(int fd, struct sockaddr* address, socklen_t* length);
int ft_accept4(int fd, struct sockaddr* address, socklen_t* length, int flags);
int ft_connect(int fd, const struct sockaddr* address, socklen_t length);
int ft_shutdown(int fd, int how);
int ft_close(int fd);
/* Another number for the same socket; the socket closes with the last. */
int ft_dup(int fd);
int ft_dup2(int fd, int to);
int ft_dup3(int fd, int to, int flags);

/* ---- Data. Flags: MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, MSG_OOB, MSG_TRUNC; MSG_MORE, MSG_NOSIGNAL, MSG_OOB. */
ssize_t ft_send(int fd, const void* data, size_t size, int flags);
ssize_t ft_sendto(int fd, const void* data, size_t size, int flags, const struct sockaddr* to, socklen_t length);
ssize_t ft_sendmsg(int fd, const struct msghdr* message, int flags);
ssize_t ft_write(int fd, const void* data, size_t size);
ssize_t ft_writev(int fd, const struct iovec* pieces, int count);
ssize_t ft_recv(int fd, void* data, size_t size, int flags);
ssize_t ft_recvfrom(int fd, void* data, size_t size, int flags, struct sockaddr* from, socklen_t* length);
ssize_t ft_recvmsg(int fd, struct msghdr* message, int flags);
ssize_t ft_read(int fd, void* data, size_t size);
ssize_t ft_readv(int fd, const struct iovec* pieces, int count);
/* Several messages with one call; how many is the answer, and an error only where there was not even one. */
int ft_recvmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags, struct timespec* timeout);
int ft_sendmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags);

/* ---- Names, options, control. */
int ft_getsockname(int fd, struct sockaddr* address, socklen_t* length);
int ft_getpeername(int fd, struct sockaddr* address, socklen_t* length);
int ft_getsockopt(int fd, int level, int name, void* value, socklen_t* length);
int ft_setsockopt(int fd, int level, int name, const void* value, socklen_t length);
/* F_GETFL, F_SETFL (O_NONBLOCK; O_ASYNC is remembered), F_GETFD, F_SETFD, F_GETOWN, F_SETOWN (remembered), F_DUPFD,
 * F_DUPFD_CLOEXEC. */
int ft_fcntl(int fd, int command, ...);
/* FIONBIO, FIONREAD, SIOCINQ, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK, SIOCGSTAMP, SIOCGSTAMPNS; remembered: FIOASYNC, FIOSETOWN,
 * FIOGETOWN, SIOCSPGRP, SIOCGPGRP, FIOCLEX, FIONCLEX; of interfaces: SIOCGIFCONF, SIOCGIFNAME, SIOCGIFINDEX, SIOCGIFADDR,
 * SIOCGIFDSTADDR, SIOCGIFNETMASK, SIOCGIFBRDADDR, SIOCGIFFLAGS, SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFMETRIC, SIOCGIFTXQLEN,
 * SIOCGARP. Requests that would change interfaces, routes or neighbours are refused with EPERM. */
int ft_ioctl(int fd, unsigned long request, ...);
int ft_sockatmark(int fd);

/* ---- Readiness. All descriptors are fourtuple's. */
int ft_select(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, struct timeval* timeout);
int ft_poll(struct pollfd* descriptors, nfds_t count, int timeout_ms);
/* With a timeout in nanoseconds and the signals that are blocked meanwhile. Signals do not end the wait. */
int ft_pselect(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, const struct timespec* timeout,
               const sigset_t* mask);
int ft_ppoll(struct pollfd* descriptors, nfds_t count, const struct timespec* timeout, const sigset_t* mask);
/* EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, EPOLLERR, EPOLLHUP; EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE. */
int ft_epoll_create(int size);
int ft_epoll_create1(int flags);
int ft_epoll_ctl(int epoll, int operation, int fd, struct epoll_event* event);
int ft_epoll_wait(int epoll, struct epoll_event* events, int count, int timeout_ms);
int ft_epoll_pwait(int epoll, struct epoll_event* events, int count, int timeout_ms, const sigset_t* mask);
int ft_epoll_pwait2(int epoll, struct epoll_event* events, int count, const struct timespec* timeout,
                    const sigset_t* mask);

#ifdef __cplusplus
}
#endif

#endif
