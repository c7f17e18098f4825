// How connections end: shutdown(), close(), SO_LINGER, and what the other end sees.
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kError = ORACLE_OPTION(SOL_SOCKET, SO_ERROR);

// What an end sees when the other has closed: readiness, then everything there is to hear.
void tell(Script& s, int fd) {
  s.poll(fd);
  s.select(fd);
  s.recv(fd);
  s.recv(fd);
  s.send(fd, "x");
  s.get(fd, kError);
  s.getpeername(fd);
}

}  // namespace

ORACLE(Shutdown, RefusesOtherWords) {
  const auto pair = s.connected();
  s.shutdown(pair.client, 3);
  s.shutdown(pair.client, -1);
  s.shutdown(pair.client, SHUT_WR);
  s.shutdown(pair.client, SHUT_WR);
  s.shutdown(pair.client, SHUT_RDWR);
  s.shutdown(pair.client, 4);
}

ORACLE(Shutdown, OfWritingLeavesReading) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLRDHUP);
  s.poll(pair.client);
  s.select(pair.client);
  s.send(pair.client, "x");
  s.poll(pair.client);
  s.send(pair.server, "answer");
  s.await(pair.client, POLLIN);
  s.recv(pair.client);
  s.getpeername(pair.client);
  s.get(pair.client, kError);
  s.close(pair.server);
  s.await(pair.client, POLLHUP);
  tell(s, pair.client);
}

ORACLE(Shutdown, OfReadingAnswersTheEndButTakesWhatComes) {
  const auto pair = s.connected(true);
  s.shutdown(pair.client, SHUT_RD);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client);
  s.poll(pair.server);
  s.send(pair.server, "more");
  s.poll(pair.server);
  s.recv(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "still");
  s.await(pair.server, POLLIN);
  s.recv(pair.server);
  s.getpeername(pair.client);
}

ORACLE(Shutdown, OfReadingKeepsWhatWasUnread) {
  const auto pair = s.connected(true);
  s.send(pair.server, "unread");
  s.await(pair.client, POLLIN);
  s.shutdown(pair.client, SHUT_RD);
  s.poll(pair.client);
  s.recv(pair.client, 3);
  s.recv(pair.client);
  s.recv(pair.client);
  s.close(pair.client);
  s.await(pair.server, POLLRDHUP);
  tell(s, pair.server);
}

ORACLE(Shutdown, OfBothSendsAFin) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_RDWR);
  s.await(pair.server, POLLRDHUP);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "x");
  s.getpeername(pair.client);
  s.poll(pair.server);
  s.send(pair.server, "into the void");
  s.poll(pair.client);
  s.poll(pair.server);
  s.recv(pair.server);
}

ORACLE(Shutdown, OfOneAfterTheOtherIsAsOfBoth) {
  const auto pair = s.connected();
  s.shutdown(pair.client, SHUT_RD);
  s.shutdown(pair.client, SHUT_WR);
  s.poll(pair.client);
  s.await(pair.server, POLLRDHUP);
  s.shutdown(pair.client, SHUT_RD);
  s.close(pair.server);
  s.poll(pair.client);
  s.shutdown(pair.client, SHUT_RD);
}

ORACLE(Close, WithoutUnreadDataIsTheEndOfTheStream) {
  const auto pair = s.connected();
  s.send(pair.server, "last");
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  tell(s, pair.client);
}

ORACLE(Close, IsFollowedByAResetWhenThePeerGoesOnSending) {
  const auto pair = s.connected();
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.poll(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "first");
  s.await(pair.client, POLLERR);
  s.poll(pair.client);
  s.send(pair.client, "second");
  s.poll(pair.client);
  s.send(pair.client, "third");
  s.recv(pair.client);
  s.get(pair.client, kError);
}

ORACLE(Close, IsFollowedByAResetThatReadingTells) {
  const auto pair = s.connected();
  s.send(pair.server, "before");
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.send(pair.client, "first");
  s.await(pair.client, POLLERR);
  s.poll(pair.client);
  s.recv(pair.client);
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(Close, WithUnreadDataIsAReset) {
  const auto pair = s.connected();
  s.send(pair.server, "on the way");
  s.send(pair.client, "unread");
  s.await(pair.server, POLLIN);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  tell(s, pair.client);
}

ORACLE(Close, OfBothAtOnce) {
  const auto pair = s.connected();
  s.close(pair.client);
  s.close(pair.server);
  const int again = s.socket("again");
  s.connect(again, "127.0.0.1:4000");
  s.accept(pair.listener, "another");
}

ORACLE(Reset, IsToldOnceBySend) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.poll(pair.client);
  s.send(pair.client, "x");
  s.poll(pair.client);
  s.send(pair.client, "x");
  s.recv(pair.client);
  s.get(pair.client, kError);
}

ORACLE(Reset, IsToldOnceByRecv) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.recv(pair.client);
  s.poll(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "x");
  s.get(pair.client, kError);
  s.getpeername(pair.client);
  s.getsockname(pair.client);
  s.shutdown(pair.client, SHUT_WR);
  s.listen(pair.client, 1);
}

ORACLE(Reset, IsToldOnceBySoError) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.get(pair.client, kError);
  s.get(pair.client, kError);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client);
  s.send(pair.client, "x");
}

ORACLE(Reset, ThrowsUnreadDataAway) {
  const auto pair = s.connected();
  s.send(pair.server, "lost");
  s.await(pair.client, POLLIN);
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.ask(pair.client, Named{FIONREAD, "FIONREAD"});
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(Reset, AfterAFinIsToldByWriting) {
  const auto pair = s.connected();
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.poll(pair.client);
  s.send(pair.client, "x");
  s.send(pair.client, "x");
  s.recv(pair.client);
}

// SO_LINGER: off, on with zero, on with a time; with nothing, delivered, unread or undeliverable data.
ORACLE(Linger, ReadsBackWhatWasSet) {
  const int fd = s.socket("fresh");
  s.get_linger(fd);
  s.set_linger(fd, 1, 5);
  s.get_linger(fd);
  s.set_linger(fd, 0, 7);
  s.get_linger(fd);
  s.set_linger(fd, 7, 0);
  s.get_linger(fd);
  s.set_linger(fd, 1, -1);
  s.set_linger(fd, 1, 1000000);
  s.get_linger(fd);
  const int half = 1;
  s.set_bytes(fd, ORACLE_OPTION(SOL_SOCKET, SO_LINGER), &half, sizeof half);
}

ORACLE(Linger, OffWithNothingToDeliver) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 0, 3);
  s.timed(100, [&] { s.close(pair.server); });
  s.await(pair.client, POLLRDHUP);
  tell(s, pair.client);
}

ORACLE(Linger, OffWithDataThatIsNotTaken) {
  const auto pair = s.connected(true);
  s.fill(pair.server);
  s.set_linger(pair.server, 0, 0);
  s.timed(500, [&] { s.close(pair.server); });
  s.poll(pair.client);
  s.drain(pair.client);
  s.await(pair.client, POLLRDHUP);
  s.drain(pair.client);
}

ORACLE(Linger, ZeroWithNothingToDeliver) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.timed(100, [&] { s.close(pair.server); });
  s.await(pair.client, POLLERR);
  tell(s, pair.client);
}

ORACLE(Linger, ZeroWithDataThatIsNotTaken) {
  const auto pair = s.connected(true);
  s.fill(pair.server);
  s.set_linger(pair.server, 1, 0);
  s.timed(500, [&] { s.close(pair.server); });
  s.await(pair.client, POLLERR);
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(Linger, ATimeWithDeliveredData) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 2);
  s.send(pair.server, "farewell");
  s.timed(1000, [&] { s.close(pair.server); });
  s.await(pair.client, POLLRDHUP);
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(Linger, ATimeWithDataThatIsNotTaken) {
  const auto pair = s.connected();
  s.fill(pair.server);
  s.set_linger(pair.server, 1, 1);
  s.timed(1000, [&] { s.close(pair.server); });
  s.poll(pair.client);
  s.drain(pair.client);
  s.await(pair.client, POLLRDHUP);
}

ORACLE(Linger, ATimeOnANonBlockingSocketWithDataThatIsNotTaken) {
  const auto pair = s.connected(true);
  s.fill(pair.server);
  s.set_linger(pair.server, 1, 1);
  s.timed(1000, [&] { s.close(pair.server); });
  s.drain(pair.client);
  s.await(pair.client, POLLRDHUP);
}

ORACLE(Linger, WithUnreadDataResetsWhateverIsSet) {
  const auto pair = s.connected();
  s.send(pair.client, "unread");
  s.await(pair.server, POLLIN);
  s.set_linger(pair.server, 1, 2);
  s.timed(1000, [&] { s.close(pair.server); });
  s.await(pair.client, POLLERR);
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(Linger, ZeroAfterBothHaveFinished) {
  const auto pair = s.connected();
  s.shutdown(pair.server, SHUT_WR);
  s.await(pair.client, POLLRDHUP);
  s.shutdown(pair.client, SHUT_WR);
  s.await(pair.server, POLLHUP);
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.poll(pair.client);
  s.get(pair.client, kError);
}

ORACLE(Linger, HasNothingToDoWithShutdown) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.shutdown(pair.server, SHUT_RDWR);
  s.await(pair.client, POLLRDHUP);
  s.poll(pair.client);
  s.recv(pair.client);
}

ORACLE(Linger, MattersNotToAListenerOrAFreshSocket) {
  const int fresh = s.socket("fresh");
  s.set_linger(fresh, 1, 2);
  s.timed(1000, [&] { s.close(fresh); });
  const int listener = s.listener("listener");
  s.set_linger(listener, 1, 2);
  s.timed(1000, [&] { s.close(listener); });
}

}  // namespace fourtuple::oracle
