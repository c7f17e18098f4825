// epoll: books, levels, edges, one-shot, exclusive.
#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {

ORACLE(Epoll, KeepsItsBooks) {
  const int epoll = s.epoll_create("set");
  const int fd = s.socket("fresh");
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, fd, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, fd, EPOLLOUT);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0);
  s.epoll_ctl(epoll, 9, fd, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, 900, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, -1, EPOLLIN);
  s.epoll_ctl(900, EPOLL_CTL_ADD, fd, EPOLLIN);
  s.epoll_ctl(fd, EPOLL_CTL_ADD, epoll, EPOLLIN);
  s.epoll_ctl(fd, EPOLL_CTL_ADD, fd, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, EPOLLIN);
  s.say("add with null", s.sockets().epoll_ctl(epoll, EPOLL_CTL_ADD, fd, nullptr));
  s.say("delete with null", s.sockets().epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr));
}

ORACLE(Epoll, RefusesBadWaits) {
  const int epoll = s.epoll_create("set");
  const int fd = s.socket("fresh");
  epoll_event event{};
  s.say("wait for 0", s.sockets().epoll_wait(epoll, &event, 0, 0));
  s.say("wait for -1", s.sockets().epoll_wait(epoll, &event, -1, 0));
  s.say("wait at a socket", s.sockets().epoll_wait(fd, &event, 1, 0));
  s.say("wait at nothing", s.sockets().epoll_wait(900, &event, 1, 0));
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, EPOLLOUT);
  s.say("wait with null", s.sockets().epoll_wait(epoll, nullptr, 1, 0));
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ShowsErrorsUnasked) {
  const int epoll = s.epoll_create("set");
  const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, client, 0);
  s.epoll_wait(epoll);
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLERR);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, client, EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLRDNORM | EPOLLWRBAND);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ReportsALevelAgainAndAgain) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN);
  s.epoll_wait(epoll);
  s.send(pair.server, "abc");
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
  s.recv(pair.client, 1);
  s.epoll_wait(epoll);
  s.recv(pair.client);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ReportsAnEdgeOnce) {
  const auto pair = s.connected(true);
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLET);
  s.send(pair.server, "a");
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
  s.send(pair.server, "b");
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
  s.recv(pair.client, 1);
  s.epoll_wait(epoll);
  s.recv(pair.client);
  s.recv(pair.client);
  s.send(pair.server, "c");
  s.epoll_wait(epoll, 1000);
  s.close(pair.server);
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, AnEdgeIsThereWhenAddedOrModified) {
  const auto pair = s.connected(true);
  const int epoll = s.epoll_create("set");
  s.send(pair.server, "a");
  s.await(pair.client, POLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLOUT | EPOLLET);
  s.epoll_wait(epoll);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, pair.client, EPOLLIN | EPOLLOUT | EPOLLET);
  s.epoll_wait(epoll);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, pair.client, EPOLLIN);
  s.epoll_wait(epoll);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, AnEdgeShowsAllThatHolds) {
  const auto pair = s.connected(true);
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  s.epoll_wait(epoll);
  s.send(pair.server, "a");
  s.epoll_wait(epoll, 1000);
  s.shutdown(pair.server, SHUT_WR);
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
  s.shutdown(pair.client, SHUT_WR);
  s.epoll_wait(epoll, 1000);
}

ORACLE(Epoll, AnEdgeComesWithEachConnection) {
  const int listener = s.listener("listener");
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLET);
  s.epoll_wait(epoll);
  for (int i = 0; i < 2; ++i) {
    const int client = s.socket("client");
    s.connect(client, "127.0.0.1:4000");
    s.epoll_wait(epoll, 1000);
    s.epoll_wait(epoll);
  }
  s.accept(listener, "server");
  s.epoll_wait(epoll);
}

ORACLE(Epoll, AnEdgeComesWhenAFullSocketHasRoomAgain) {
  const auto pair = s.connected(true);
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLOUT | EPOLLET);
  s.epoll_wait(epoll);
  s.fill(pair.client);
  s.epoll_wait(epoll);
  s.drain(pair.server);
  s.epoll_wait(epoll, 1000);
}

ORACLE(Epoll, AnEdgeOfConnecting) {
  s.listener("listener");
  const int epoll = s.epoll_create("set");
  const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, client, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  s.epoll_wait(epoll);
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLOUT);
  s.epoll_wait(epoll, 1000);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ShootsOnceUntilItIsArmedAgain) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLONESHOT);
  s.send(pair.server, "a");
  s.epoll_wait(epoll, 1000);
  s.send(pair.server, "b");
  s.pass(60);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLONESHOT);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, pair.client, EPOLLIN | EPOLLONESHOT);
  s.epoll_wait(epoll);
  s.epoll_wait(epoll);
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.epoll_wait(epoll);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, pair.client, EPOLLIN | EPOLLET | EPOLLONESHOT);
  s.epoll_wait(epoll);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ExclusiveHasItsRules) {
  const int listener = s.listener("listener");
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE | EPOLLRDHUP);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE | EPOLLPRI);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLOUT | EPOLLEXCLUSIVE | EPOLLET);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, listener, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, listener, EPOLLIN | EPOLLEXCLUSIVE);
  s.epoll_ctl(epoll, EPOLL_CTL_DEL, listener, 0);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, listener, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_MOD, listener, EPOLLIN | EPOLLEXCLUSIVE);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, EPOLLIN | EPOLLEXCLUSIVE);
}

ORACLE(Epoll, ForgetsAClosedSocketButNotADuplicate) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  const int twin = s.dup(pair.client, "twin");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, twin, EPOLLIN | EPOLLOUT);
  s.send(pair.server, "x");
  s.await(twin, POLLIN);
  s.epoll_wait(epoll);
  s.close(pair.client);
  s.epoll_wait(epoll);
  s.close(twin);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, ServesInTurnWhenThereIsLittleRoom) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLOUT);
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.server, EPOLLOUT);
  s.epoll_wait(epoll, 0, 1);
  s.epoll_wait(epoll, 0, 1);
  s.epoll_wait(epoll, 0, 1);
  s.epoll_wait(epoll);
}

ORACLE(Epoll, TimesOut) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.timed(100, [&] { s.epoll_wait(epoll, 100); });
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN);
  s.timed(100, [&] { s.epoll_wait(epoll, 100); });
}

ORACLE(Epoll, OfAnotherEpollSet) {
  const auto pair = s.connected();
  const int inner = s.epoll_create("inner");
  const int outer = s.epoll_create("outer");
  s.epoll_ctl(inner, EPOLL_CTL_ADD, pair.client, EPOLLIN);
  s.epoll_ctl(outer, EPOLL_CTL_ADD, inner, EPOLLIN);
  s.epoll_ctl(inner, EPOLL_CTL_ADD, outer, EPOLLIN);
  s.epoll_wait(outer);
  s.send(pair.server, "x");
  s.epoll_wait(outer, 1000);
  s.epoll_wait(inner);
  s.recv(pair.client);
  s.epoll_wait(outer);
}

ORACLE(Epoll, OfUrgentDataAndTheEnd) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN | EPOLLPRI | EPOLLRDHUP);
  s.send(pair.server, "ab", MSG_OOB);
  s.epoll_wait(epoll, 1000);
  s.recv(pair.client, 1, MSG_OOB);
  s.epoll_wait(epoll);
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.epoll_wait(epoll);
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.client, POLLHUP);
  s.epoll_wait(epoll);
}

}  // namespace fourtuple::oracle
