// poll() and select(): what they show in each state, and what they refuse.
#include <array>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr int kEveryBit =
    POLLIN | POLLPRI | POLLOUT | POLLRDHUP | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND | POLLERR | POLLHUP;

void show(Script& s, int fd) {
  s.poll(fd, kEveryBit);
  s.poll(fd, 0);
  s.poll(fd, POLLIN);
  s.poll(fd, POLLOUT);
  s.poll(fd, POLLWRBAND | POLLRDBAND);
  s.poll(fd, POLLRDHUP);
  s.select(fd);
}

}  // namespace

ORACLE(Readiness, OfAFreshSocket) { show(s, s.socket("fresh")); }

ORACLE(Readiness, OfABoundSocket) {
  const int fd = s.socket("bound");
  s.bind(fd, "127.0.0.1:4000");
  show(s, fd);
}

ORACLE(Readiness, OfAListener) {
  const int listener = s.listener("listener");
  show(s, listener);
  const int client = s.socket("client");
  s.connect(client, "127.0.0.1:4000");
  s.await(listener, POLLIN);
  show(s, listener);
}

ORACLE(Readiness, OfAConnection) {
  const auto pair = s.connected();
  show(s, pair.client);
  s.send(pair.server, "x");
  s.await(pair.client, POLLIN);
  show(s, pair.client);
}

ORACLE(Readiness, OfAFullConnection) {
  const auto pair = s.connected(true);
  s.fill(pair.client);
  show(s, pair.client);
  show(s, pair.server);
}

ORACLE(Readiness, AfterThePeersFin) {
  const auto pair = s.connected();
  s.send(pair.server, "x");
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  show(s, pair.client);
  s.recv(pair.client);
  show(s, pair.client);
}

ORACLE(Readiness, AfterShutdownOfWriting) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLRDHUP);
  show(s, pair.client);
}

ORACLE(Readiness, AfterShutdownOfReading) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_RD);
  show(s, pair.client);
  show(s, pair.server);
}

ORACLE(Readiness, AfterShutdownOfBoth) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_RDWR);
  s.await(pair.server, POLLRDHUP);
  show(s, pair.client);
}

ORACLE(Readiness, AfterBothFins) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLRDHUP);
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLHUP);
  show(s, pair.client);
  show(s, pair.server);
}

ORACLE(Readiness, AfterAReset) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  show(s, pair.client);
  s.recv(pair.client);
  show(s, pair.client);
}

ORACLE(Readiness, AfterARefusal) {
  const int client = s.socket("client", SOCK_STREAM | SOCK_NONBLOCK);
  s.connect(client, "127.0.0.1:4000");
  s.await(client, POLLERR);
  show(s, client);
  s.get(client, ORACLE_OPTION(SOL_SOCKET, SO_ERROR));
  show(s, client);
}

ORACLE(Readiness, OfUrgentData) {
  const auto pair = s.connected();
  s.send(pair.server, "ab", MSG_OOB);
  s.await(pair.client, POLLPRI);
  show(s, pair.client);
  s.recv(pair.client, 1, MSG_OOB);
  show(s, pair.client);
}

ORACLE(Poll, PassesOverNegativeNumbersAndNamesBadOnes) {
  const int fd = s.socket("fresh");
  std::array<pollfd, 3> three{pollfd{-1, POLLIN, 55}, pollfd{fd, POLLIN, 55}, pollfd{900, POLLIN, 55}};
  s.say("poll of three", s.sockets().poll(three.data(), 3, 0));
  for (const pollfd& one : three) s.say("  " + poll_text(static_cast<unsigned short>(one.revents)));
  s.say("poll of nothing", s.sockets().poll(nullptr, 0, 0));
  s.say("poll at null", s.sockets().poll(nullptr, 1, 0));
  s.timed(100, [&] { s.say("poll of nothing", s.sockets().poll(nullptr, 0, 100)); });
}

ORACLE(Poll, TakesItsTime) {
  const auto pair = s.connected();
  pollfd one{pair.client, POLLIN, 0};
  s.timed(120, [&] { s.say("poll", s.sockets().poll(&one, 1, 120)); });
  s.send(pair.server, "x");
  s.timed(120, [&] { s.say("poll", s.sockets().poll(&one, 1, 120)); });
  s.timed(120, [&] { s.say("poll", s.sockets().poll(&one, 1, -1)); });
}

ORACLE(Poll, CountsDescriptorsNotBits) {
  const auto pair = s.connected();
  s.send(pair.server, "x");
  s.await(pair.client, POLLIN);
  std::array<pollfd, 4> four{pollfd{pair.client, POLLIN | POLLOUT, 0}, pollfd{pair.client, POLLIN, 0},
                             pollfd{pair.server, POLLOUT, 0}, pollfd{pair.listener, POLLIN, 0}};
  s.say("poll of four", s.sockets().poll(four.data(), 4, 0));
  for (const pollfd& one : four) s.say("  " + poll_text(static_cast<unsigned short>(one.revents)));
}

ORACLE(Poll, OfAnEpollSet) {
  const auto pair = s.connected();
  const int epoll = s.epoll_create("set");
  s.epoll_ctl(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN);
  s.poll(epoll);
  s.select(epoll);
  s.send(pair.server, "x");
  s.await(epoll, POLLIN);
  s.poll(epoll);
  s.select(epoll);
  s.epoll_wait(epoll);
  s.recv(pair.client);
  s.poll(epoll);
}

ORACLE(Select, RefusesBadArguments) {
  const int fd = s.socket("fresh");
  fd_set set;
  FD_ZERO(&set);
  timeval time{0, 0};
  s.say("select of -1", s.sockets().select(-1, nullptr, nullptr, nullptr, &time));
  s.say("select of nothing", s.sockets().select(0, nullptr, nullptr, nullptr, &time));
  time = {-1, 0};
  s.say("a negative time", s.sockets().select(fd + 1, &set, nullptr, nullptr, &time));
  time = {0, -1};
  s.say("negative microseconds", s.sockets().select(fd + 1, &set, nullptr, nullptr, &time));
  time = {0, 1000000};
  s.say("a million microseconds", s.sockets().select(fd + 1, &set, nullptr, nullptr, &time));
  time = {0, 0};
  FD_SET(fd, &set);
  s.sockets().close(fd);
  s.say("a closed number", s.sockets().select(fd + 1, &set, nullptr, nullptr, &time));
  s.say("it is still set: " + std::to_string(FD_ISSET(fd, &set) ? 1 : 0));
  s.say("a closed number beyond the count", s.sockets().select(fd, &set, nullptr, nullptr, &time));
}

ORACLE(Select, CountsBitsNotDescriptors) {
  const auto pair = s.connected();
  s.send(pair.server, "ab", MSG_OOB);
  s.await(pair.client, POLLPRI);
  s.select(pair.client);
}

ORACLE(Select, LeavesTheTimeThatWasNotSlept) {
  const auto pair = s.connected();
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pair.client, &set);
  timeval time{0, 120000};
  s.timed(120, [&] { s.say("select", s.sockets().select(pair.client + 1, &set, nullptr, nullptr, &time)); });
  s.say("left " + std::to_string(time.tv_sec) + " s " + std::to_string(time.tv_usec) + " us");
  s.say("it is still set: " + std::to_string(FD_ISSET(pair.client, &set) ? 1 : 0));
  FD_SET(pair.client, &set);
  time = {100, 0};
  s.send(pair.server, "x");
  s.await(pair.client, POLLIN);
  s.say("select", s.sockets().select(pair.client + 1, &set, nullptr, nullptr, &time));
  s.say(time.tv_sec >= 90 ? "most of it is left" : "little is left");
  timeval short_time{0, 100000};
  s.timed(100, [&] { s.say("select of nothing", s.sockets().select(0, nullptr, nullptr, nullptr, &short_time)); });
}

}  // namespace fourtuple::oracle
