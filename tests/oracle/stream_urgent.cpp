// Urgent data: MSG_OOB, the mark, SO_OOBINLINE.
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kInline = ORACLE_OPTION(SOL_SOCKET, SO_OOBINLINE);
constexpr Named kAtMark{SIOCATMARK, "SIOCATMARK"};
constexpr Named kReadable{FIONREAD, "FIONREAD"};

}  // namespace

ORACLE(Urgent, OctetStandsApart) {
  const auto pair = s.connected(true);
  s.send(pair.client, "abc", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.poll(pair.server);
  s.poll(pair.server, POLLIN | POLLPRI | POLLRDBAND | POLLRDNORM | POLLWRBAND);
  s.select(pair.server);
  s.ask(pair.server, kReadable);
  s.ask(pair.server, kAtMark);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
  s.sockatmark(pair.server);
  s.ask(pair.server, kReadable);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
  s.poll(pair.server);
  s.ask(pair.server, kAtMark);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server);
}

ORACLE(Urgent, ReadingStopsAtTheMark) {
  const auto pair = s.connected(true);
  s.send(pair.client, "before");
  s.send(pair.client, "!", MSG_OOB);
  s.send(pair.client, "after");
  s.await(pair.server, POLLPRI);
  s.recv(pair.server, 3);
  s.ask(pair.server, kAtMark);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
  s.ask(pair.server, kReadable);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
  s.ask(pair.server, kAtMark);
  s.ask(pair.server, kReadable);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
}

ORACLE(Urgent, TheMarkIsPassedByReadingOn) {
  const auto pair = s.connected(true);
  s.send(pair.client, "ab", MSG_OOB);
  s.send(pair.client, "cd");
  s.await(pair.server, POLLPRI);
  s.recv(pair.server);
  s.recv(pair.server);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
  s.ask(pair.server, kAtMark);
}

ORACLE(Urgent, PeekLeavesIt) {
  const auto pair = s.connected(true);
  s.send(pair.client, "x", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.recv(pair.server, 1, MSG_OOB | MSG_PEEK);
  s.recv(pair.server, 1, MSG_OOB | MSG_PEEK);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server, 1, MSG_OOB | MSG_PEEK);
}

ORACLE(Urgent, NoneIsInvalid) {
  const auto pair = s.connected(true);
  s.recv(pair.server, 1, MSG_OOB);
  s.ask(pair.server, kAtMark);
  s.send(pair.client, "plain");
  s.await(pair.server, POLLIN);
  s.recv(pair.server, 1, MSG_OOB);
  s.poll(pair.server);
}

ORACLE(Urgent, WithNoRoomForIt) {
  const auto pair = s.connected(true);
  s.send(pair.client, "x", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.recv(pair.server, 0, MSG_OOB);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
}

ORACLE(Urgent, ANewerOneReplacesTheOlder) {
  const auto pair = s.connected(true);
  s.send(pair.client, "ab", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.send(pair.client, "cd", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.pass(60);
  s.ask(pair.server, kReadable);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server);
  s.recv(pair.server);
}

ORACLE(Urgent, InlineItIsPartOfTheStream) {
  const auto pair = s.connected(true);
  s.set(pair.server, kInline, 1);
  s.send(pair.client, "abc", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.poll(pair.server);
  s.ask(pair.server, kReadable);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
  s.poll(pair.server);
  s.ask(pair.server, kReadable);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
  s.poll(pair.server);
}

ORACLE(Urgent, InlineSetAfterItCame) {
  const auto pair = s.connected(true);
  s.send(pair.client, "abc", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.set(pair.server, kInline, 1);
  s.ask(pair.server, kReadable);
  s.recv(pair.server);
  s.recv(pair.server);
}

ORACLE(Urgent, AloneMakesNothingReadable) {
  const auto pair = s.connected(true);
  s.send(pair.client, "!", MSG_OOB);
  s.await(pair.server, POLLPRI);
  s.poll(pair.server);
  s.select(pair.server);
  s.ask(pair.server, kReadable);
  s.recv(pair.server);
  s.ask(pair.server, kAtMark);
}

ORACLE(Urgent, AndThenTheEnd) {
  const auto pair = s.connected(true);
  s.send(pair.client, "!", MSG_OOB);
  s.close(pair.client);
  s.await(pair.server, POLLRDHUP);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server, 1, MSG_OOB);
  s.recv(pair.server);
  s.poll(pair.server);
}

ORACLE(Urgent, NothingIsNotUrgent) {
  const auto pair = s.connected(true);
  s.send(pair.client, "", MSG_OOB);
  s.poll(pair.server);
  s.recv(pair.server, 1, MSG_OOB);
}

ORACLE(Urgent, OnSocketsWithoutAConnection) {
  const int fresh = s.socket("fresh");
  s.recv(fresh, 1, MSG_OOB);
  s.send(fresh, "x", MSG_OOB);
  s.ask(fresh, kAtMark);
  s.ask(fresh, kReadable);
  const auto pair = s.connected(true);
  s.shutdown(pair.client, SHUT_WR);
  s.send(pair.client, "x", MSG_OOB);
  s.close(pair.server);
  s.await(pair.client, POLLHUP);
  s.recv(pair.client, 1, MSG_OOB);
}

}  // namespace fourtuple::oracle
