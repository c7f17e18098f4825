// Descriptors: numbers, duplicates, limits, and numbers that are no socket.
#include <array>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

// Every call with a descriptor that is none, or no socket.
void every_call(Script& s, int fd) {
  s.bind(fd, "127.0.0.1:4000");
  s.listen(fd, 1);
  s.accept(fd, "none");
  s.connect(fd, "127.0.0.1:4000");
  s.disconnect(fd);
  s.shutdown(fd, SHUT_RDWR);
  s.getsockname(fd);
  s.getpeername(fd);
  s.send(fd, "x");
  s.sendto(fd, "x", "127.0.0.1:4000");
  s.recv(fd);
  s.recvfrom(fd);
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  s.set(fd, ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR), 1);
  char octet = 'x';
  iovec piece{&octet, 1};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  s.say("sendmsg", s.sockets().sendmsg(fd, &message, 0));
  s.say("recvmsg", s.sockets().recvmsg(fd, &message, 0));
}

}  // namespace

ORACLE(Descriptor, IsTheLowestFreeNumber) {
  const int first = s.socket("first");
  const int second = s.socket("second");
  s.socket("third");
  s.close(second);
  s.close(first);
  s.socket("fourth");
  s.epoll_create("fifth");
  s.socket("sixth");
}

ORACLE(Descriptor, ThatIsNotOpenIsBad) {
  const int fd = s.socket("closed");
  s.close(fd);
  s.close(fd);
  every_call(s, fd);
  char octet = 'x';
  const iovec piece{&octet, 1};
  s.say("writev", s.sockets().writev(fd, &piece, 1));
  s.say("readv", s.sockets().readv(fd, &piece, 1));
  s.say("send null", s.sockets().sendto(fd, nullptr, 1, 0, nullptr, 0));
  s.say("recv to null", s.sockets().recvfrom(fd, nullptr, 1, 0, nullptr, nullptr));
  s.say("bind of null", s.sockets().bind(fd, nullptr, 16));
  s.say("connect to null", s.sockets().connect(fd, nullptr, 16));
  s.say("getsockname to null", s.sockets().getsockname(fd, nullptr, nullptr));
  s.say("getpeername to null", s.sockets().getpeername(fd, nullptr, nullptr));
  s.say("getsockopt to null", s.sockets().getsockopt(fd, SOL_SOCKET, SO_ERROR, nullptr, nullptr));
  s.say("setsockopt of null", s.sockets().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, nullptr, 4));
  s.ask(fd, ORACLE_NAMED(FIONREAD));
  s.sockatmark(fd);
  s.dup(fd, "none");
  s.dup2(fd, fd + 20);
  s.poll(fd);
  s.select(fd);
  for (const Named command : {ORACLE_NAMED(F_GETFL), ORACLE_NAMED(F_SETFL), ORACLE_NAMED(F_GETFD),
                              ORACLE_NAMED(F_SETFD), ORACLE_NAMED(F_DUPFD)}) {
    s.fcntl(fd, command);
  }
  for (const int other : {-1, 100000}) s.say("close of no number", s.sockets().close(other));
}

ORACLE(Descriptor, OfAnEpollSetIsNotASocket) {
  const int epoll = s.epoll_create("set");
  every_call(s, epoll);
  s.poll(epoll);
  s.select(epoll);
}

ORACLE(Descriptor, DuplicatesShareTheSocket) {
  const auto pair = s.connected();
  const int twin = s.dup(pair.client, "twin");
  s.close(pair.client);
  s.send(twin, "still");
  s.recv(pair.server);
  s.set_non_blocking(twin);
  const int third = s.sockets().fcntl(twin, F_DUPFD, twin);
  s.call_it(third, "third");
  s.fcntl(third, ORACLE_NAMED(F_GETFL));
  s.close(twin);
  s.poll(pair.server);
  s.close(third);
  s.await(pair.server, POLLRDHUP);
  s.recv(pair.server);
}

ORACLE(Descriptor, ShutdownOfADuplicateIsOfTheSocket) {
  const auto pair = s.connected();
  const int twin = s.dup(pair.client, "twin");
  s.shutdown(twin, SHUT_WR);
  s.send(pair.client, "x");
  s.await(pair.server, POLLRDHUP);
  s.poll(pair.client);
}

ORACLE(Descriptor, Dup2ReplacesAndCloses) {
  const auto pair = s.connected();
  const int other = s.socket("other");
  s.dup2(pair.client, other);
  s.send(other, "moved");
  s.recv(pair.server);
  s.dup2(other, other);
  const int fresh = s.socket("fresh");
  s.dup2(fresh, pair.client);
  s.dup2(fresh, other);
  s.await(pair.server, POLLRDHUP);
  s.recv(pair.server);
  s.say("dup2 to -1", s.sockets().dup2(fresh, -1));
  s.say("dup2 beyond the limit", s.sockets().dup2(fresh, 10000000));
}

ORACLE(Descriptor, DupFdTakesTheLowestFromANumberOn) {
  const int fd = s.socket("first");
  const auto duplicate = [&](const char* what, int command, int from) {
    const int result = s.sockets().fcntl(fd, command, from);
    s.say(std::string(what) + (result < 0 ? " = " + errno_name(errno) : " = first + " + std::to_string(result - fd)));
    return result;
  };
  duplicate("F_DUPFD from +10", F_DUPFD, fd + 10);
  duplicate("F_DUPFD from +10", F_DUPFD, fd + 10);
  const int exec = duplicate("F_DUPFD_CLOEXEC from +5", F_DUPFD_CLOEXEC, fd + 5);
  s.call_it(exec, "duplicate");
  s.fcntl(exec, ORACLE_NAMED(F_GETFD));
  duplicate("F_DUPFD from -1", F_DUPFD, -1);
  duplicate("F_DUPFD beyond the limit", F_DUPFD, 10000000);
  duplicate("F_DUPFD from +1", F_DUPFD, fd + 1);
}

ORACLE(Descriptor, RemembersFlags) {
  for (const int flags : {0, int{SOCK_NONBLOCK}, int{SOCK_CLOEXEC}, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
    const int fd = s.socket("flagged", SOCK_STREAM | flags);
    s.fcntl(fd, ORACLE_NAMED(F_GETFL));
    s.fcntl(fd, ORACLE_NAMED(F_GETFD));
  }
  const int fd = s.socket("plain");
  s.fcntl(fd, ORACLE_NAMED(F_SETFL), O_NONBLOCK);
  s.fcntl(fd, ORACLE_NAMED(F_GETFL));
  s.fcntl(fd, ORACLE_NAMED(F_SETFL), O_RDONLY);
  s.fcntl(fd, ORACLE_NAMED(F_GETFL));
  s.fcntl(fd, ORACLE_NAMED(F_SETFD), FD_CLOEXEC);
  s.fcntl(fd, ORACLE_NAMED(F_GETFD));
  s.fcntl(fd, ORACLE_NAMED(F_SETFD), 0);
  s.fcntl(fd, ORACLE_NAMED(F_GETFD));
  int on = 1;
  s.say("FIONBIO 1", s.sockets().ioctl(fd, FIONBIO, &on));
  s.fcntl(fd, ORACLE_NAMED(F_GETFL));
  on = 0;
  s.say("FIONBIO 0", s.sockets().ioctl(fd, FIONBIO, &on));
  s.fcntl(fd, ORACLE_NAMED(F_GETFL));
  const int epoll = s.epoll_create("set", EPOLL_CLOEXEC);
  s.fcntl(epoll, ORACLE_NAMED(F_GETFD));
  s.epoll_create("none", 1);
}

ORACLE(Socket, KnowsItsFamiliesTypesAndProtocols) {
  s.socket("tcp", SOCK_STREAM, IPPROTO_TCP);
  s.socket("udp", SOCK_DGRAM, IPPROTO_UDP);
  s.socket("none", SOCK_STREAM, IPPROTO_UDP);
  s.socket("none", SOCK_DGRAM, IPPROTO_TCP);
  s.socket("none", SOCK_STREAM, 1000);
  s.socket("none", SOCK_STREAM, -1);
  s.socket("none", 0);
  s.socket("none", 77);
  s.socket("none", SOCK_STREAM | 0x100000);
  s.socket("none", SOCK_SEQPACKET);
  s.socket("none", SOCK_STREAM, 0, 999);
  s.socket("none", SOCK_STREAM, 0, -1);
}

ORACLE(Socket, SaysWhatItIs) {
  for (const int type : {int{SOCK_STREAM}, int{SOCK_DGRAM}}) {
    const int fd = s.socket("some", type);
    s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_TYPE));
    s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_DOMAIN));
    s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_PROTOCOL));
    s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN));
  }
}

}  // namespace fourtuple::oracle
