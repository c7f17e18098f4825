// What an accepted socket has from its listener.
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

struct Inherited {
  Option option;
  int value;
};
const Inherited kNumbers[] = {
    {ORACLE_OPTION(IPPROTO_TCP, TCP_NODELAY), 1},
    {ORACLE_OPTION(SOL_SOCKET, SO_KEEPALIVE), 1},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPIDLE), 77},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPINTVL), 33},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPCNT), 3},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT), 12345},
    {ORACLE_OPTION(SOL_SOCKET, SO_RCVBUF), 50000},
    {ORACLE_OPTION(SOL_SOCKET, SO_SNDBUF), 60000},
    {ORACLE_OPTION(IPPROTO_IP, IP_TOS), 0x10},
    {ORACLE_OPTION(IPPROTO_IP, IP_TTL), 33},
    {ORACLE_OPTION(SOL_SOCKET, SO_OOBINLINE), 1},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_CORK), 1},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_LINGER2), 7},
    {ORACLE_OPTION(SOL_SOCKET, SO_RCVLOWAT), 5},
    {ORACLE_OPTION(SOL_SOCKET, SO_DONTROUTE), 1},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_SYNCNT), 4},
    {ORACLE_OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP), 20000},
    {ORACLE_OPTION(IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DO},
    {ORACLE_OPTION(SOL_SOCKET, SO_REUSEPORT), 1},
    {ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR), 1},
    {ORACLE_OPTION(SOL_SOCKET, SO_PRIORITY), 4},
    {ORACLE_OPTION(SOL_SOCKET, SO_BROADCAST), 1},
    {ORACLE_OPTION(IPPROTO_IP, IP_RECVTTL), 1},
    {ORACLE_OPTION(IPPROTO_IP, IP_RECVTOS), 1},
};

}  // namespace

ORACLE(Inheritance, OfEveryNumber) {
  for (const Inherited& one : kNumbers) {
    const int listener = s.socket("listener");
    s.set(listener, one.option, one.value);
    s.get(listener, one.option);
    const int on = 1;
    s.sockets().setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    s.bind(listener, "127.0.0.1:4000");
    s.listen(listener, 4);
    const int client = s.socket("client");
    s.connect(client, "127.0.0.1:4000");
    const int server = s.accept(listener, "server");
    s.get(server, one.option);
    for (const int fd : {client, server, listener}) s.close(fd);
  }
}

ORACLE(Inheritance, OfLingerAndTimeouts) {
  const int listener = s.listener("listener");
  s.set_linger(listener, 1, 9);
  s.set_time(listener, ORACLE_OPTION(SOL_SOCKET, SO_RCVTIMEO), 1500);
  s.set_time(listener, ORACLE_OPTION(SOL_SOCKET, SO_SNDTIMEO), 2500);
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  const int server = s.accept(listener, "server");
  s.get_linger(server);
  for (const Option option : {ORACLE_OPTION(SOL_SOCKET, SO_RCVTIMEO), ORACLE_OPTION(SOL_SOCKET, SO_SNDTIMEO)}) {
    timeval time{};
    socklen_t size = sizeof time;
    s.say(option.text, s.sockets().getsockopt(server, option.level, option.name, &time, &size));
    s.say(std::to_string(time.tv_sec) + " s " + std::to_string(time.tv_usec) + " us");
  }
}

ORACLE(Inheritance, NotOfFileFlags) {
  const int listener = s.listener("listener");
  s.set_non_blocking(listener);
  s.fcntl(listener, ORACLE_NAMED(F_SETFD), FD_CLOEXEC);
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  const int server = s.accept(listener, "server");
  s.fcntl(server, ORACLE_NAMED(F_GETFL));
  s.fcntl(server, ORACLE_NAMED(F_GETFD));
}

ORACLE(Inheritance, OfTheLargestSegmentWithoutRoomForTimestamps) {
  const Option option = ORACLE_OPTION(IPPROTO_TCP, TCP_MAXSEG);
  const int listener = s.listener("listener");
  s.set(listener, option, 900);
  s.get(listener, option);
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  const int server = s.accept(listener, "server");
  s.get(server, option);
}

ORACLE(Inheritance, IsTakenWhenTheConnectionComesNotWhenItIsAccepted) {
  const int listener = s.listener("listener");
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  s.set(listener, ORACLE_OPTION(IPPROTO_TCP, TCP_NODELAY), 1);
  s.set(listener, ORACLE_OPTION(SOL_SOCKET, SO_KEEPALIVE), 1);
  const int server = s.accept(listener, "server");
  s.get(server, ORACLE_OPTION(IPPROTO_TCP, TCP_NODELAY));
  s.get(server, ORACLE_OPTION(SOL_SOCKET, SO_KEEPALIVE));
}

}  // namespace fourtuple::oracle
