// Sending and receiving on a stream: flags, sizes, patience, wrong arguments.
#include <array>
#include <climits>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr Option kReceiveTimeout = ORACLE_OPTION(SOL_SOCKET, SO_RCVTIMEO);
constexpr Option kSendTimeout = ORACLE_OPTION(SOL_SOCKET, SO_SNDTIMEO);
constexpr Option kLowWater = ORACLE_OPTION(SOL_SOCKET, SO_RCVLOWAT);
constexpr Named kReadable{FIONREAD, "FIONREAD"};

// Until all `count` octets are there to be read.
void await_octets(Script& s, int fd, int count) {
  int here = 0;
  for (int i = 0; i < 5000 && here != count; ++i) {
    s.sockets().ioctl(fd, FIONREAD, &here);
    if (here != count) s.sockets().pass_a_millisecond();
  }
  s.say(std::to_string(here) + " octets have come");
}

}  // namespace

ORACLE(Receive, PeekTakesNothing) {
  const auto pair = s.connected(true);
  s.recv(pair.client, 10, MSG_PEEK);
  s.send(pair.server, "hello");
  await_octets(s, pair.client, 5);
  s.recv(pair.client, 3, MSG_PEEK);
  s.recv(pair.client, 10, MSG_PEEK);
  s.recv(pair.client, 0, MSG_PEEK);
  s.ask(pair.client, kReadable);
  s.poll(pair.client);
  s.recv(pair.client, 2);
  s.recv(pair.client, 10, MSG_PEEK);
  s.recv(pair.client);
  s.recv(pair.client, 10, MSG_PEEK);
}

ORACLE(Receive, PeekSeesTheEnd) {
  const auto pair = s.connected();
  s.send(pair.server, "end");
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.recv(pair.client, 10, MSG_PEEK);
  s.recv(pair.client, 10);
  s.recv(pair.client, 10, MSG_PEEK);
}

ORACLE(Receive, WaitsForAllWhenAsked) {
  const auto pair = s.connected();
  s.send(pair.server, "0123");
  s.send(pair.server, "4567");
  s.recv(pair.client, 6, MSG_WAITALL);
  s.shutdown(pair.server, SHUT_WR);
  s.recv(pair.client, 6, MSG_WAITALL);
  s.recv(pair.client, 6, MSG_WAITALL);
}

ORACLE(Receive, WaitsForAllNoLongerThanItsTimeout) {
  const auto pair = s.connected();
  s.set_time(pair.client, kReceiveTimeout, 100);
  s.send(pair.server, "0123");
  s.timed(100, [&] { s.recv(pair.client, 6, MSG_WAITALL); });
  s.timed(100, [&] { s.recv(pair.client, 6, MSG_WAITALL); });
}

ORACLE(Receive, WaitsForNothingOnANonBlockingSocketOrWithDontWait) {
  const auto pair = s.connected();
  s.recv(pair.client, 6, MSG_DONTWAIT);
  s.recv(pair.client, 6, MSG_DONTWAIT | MSG_WAITALL);
  s.send(pair.server, "0123");
  await_octets(s, pair.client, 4);
  s.recv(pair.client, 6, MSG_DONTWAIT | MSG_WAITALL);
  s.set_non_blocking(pair.client);
  s.recv(pair.client, 6, MSG_WAITALL);
  s.recv(pair.client, 6);
}

ORACLE(Receive, PeeksAllThatWasAskedForWhenToldToWait) {
  const auto pair = s.connected();
  s.set_time(pair.client, kReceiveTimeout, 100);
  s.send(pair.server, "0123");
  await_octets(s, pair.client, 4);
  s.timed(100, [&] { s.recv(pair.client, 6, MSG_WAITALL | MSG_PEEK); });
  s.timed(100, [&] { s.recv(pair.client, 4, MSG_WAITALL | MSG_PEEK); });
  s.recv(pair.client);
}

ORACLE(Receive, ThrowsAwayWithTrunc) {
  const auto pair = s.connected(true);
  s.send(pair.server, "0123456789");
  await_octets(s, pair.client, 10);
  s.say("recv(client, null, 4, MSG_TRUNC)", s.sockets().recvfrom(pair.client, nullptr, 4, MSG_TRUNC, nullptr, nullptr));
  s.say("recv(client, null, 3, MSG_TRUNC|MSG_PEEK)",
        s.sockets().recvfrom(pair.client, nullptr, 3, MSG_TRUNC | MSG_PEEK, nullptr, nullptr));
  s.recv(pair.client);
}

ORACLE(Receive, OfNothing) {
  const auto pair = s.connected();
  s.set_time(pair.client, kReceiveTimeout, 100);
  s.timed(100, [&] { s.recv(pair.client, 0); });
  s.recv(pair.client, 0, MSG_DONTWAIT);
  s.send(pair.server, "x");
  await_octets(s, pair.client, 1);
  s.recv(pair.client, 0);
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.recv(pair.client, 0);
  s.recv(pair.client);
  s.recv(pair.client, 0);
  const int fresh = s.socket("fresh");
  s.recv(fresh, 0);
}

ORACLE(Receive, OfNothingAfterAReset) {
  const auto pair = s.connected();
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.recv(pair.client, 0);
  s.recv(pair.client, 1);
}

ORACLE(Receive, TellsNoName) {
  const auto pair = s.connected(true);
  s.send(pair.server, "x");
  await_octets(s, pair.client, 1);
  s.recvfrom(pair.client);
}

ORACLE(Receive, TimesOut) {
  const auto pair = s.connected();
  s.set_time(pair.client, kReceiveTimeout, 150);
  s.timed(150, [&] { s.recv(pair.client); });
  s.timed(150, [&] { s.recv(pair.client, 1, MSG_PEEK); });
  s.timed(150, [&] { s.recv(pair.client, 1, MSG_DONTWAIT); });
  s.send(pair.server, "x");
  s.timed(150, [&] { s.recv(pair.client); });
  s.set_time(pair.client, kReceiveTimeout, 0);
  s.set_non_blocking(pair.client);
  s.timed(150, [&] { s.recv(pair.client); });
}

ORACLE(Receive, TimeoutsAreReadBackAndChecked) {
  const int fd = s.socket("fresh");
  for (const timeval wanted :
       {timeval{1, 250000}, timeval{0, 0}, timeval{-1, 0}, timeval{0, 1000000}, timeval{0, -1}, timeval{3600, 0}}) {
    s.say("set " + std::to_string(wanted.tv_sec) + " s " + std::to_string(wanted.tv_usec) + " us",
          s.sockets().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wanted, sizeof wanted));
    timeval now{};
    socklen_t size = sizeof now;
    s.sockets().getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &now, &size);
    s.say("  is " + std::to_string(now.tv_sec) + " s, " + std::to_string(size) + " octets");
  }
  const int half = 1;
  s.set_bytes(fd, kReceiveTimeout, &half, sizeof half);
}

ORACLE(Send, TimesOutWhenNothingIsTaken) {
  const auto pair = s.connected();
  s.set_time(pair.client, kSendTimeout, 60);
  s.fill(pair.client);
  const std::string block(1 << 20, 'x');
  s.timed(60, [&] {
    // A window probe may make room for some octets; not for all.
    const ssize_t sent = s.sockets().sendto(pair.client, block.data(), block.size(), MSG_NOSIGNAL, nullptr, 0);
    s.say(sent < (1 << 20) ? "a megabyte finds no room" : "a megabyte finds room");
  });
  s.poll(pair.client);
  s.select(pair.client);
}

ORACLE(Send, IsPossibleAgainWhenThePeerHasRead) {
  const auto pair = s.connected(true);
  s.fill(pair.client);
  s.poll(pair.client);
  s.drain(pair.server);
  s.await(pair.client, POLLOUT);
  s.send(pair.client, "x");
}

ORACLE(Send, OfNothing) {
  const auto pair = s.connected();
  s.send(pair.client, "");
  s.poll(pair.server);
  s.shutdown(pair.client, SHUT_WR);
  s.send(pair.client, "");
  const int fresh = s.socket("fresh");
  s.send(fresh, "");
  s.set_linger(pair.server, 1, 0);
  s.close(pair.server);
  s.await(pair.client, POLLERR);
  s.send(pair.client, "");
}

ORACLE(Send, TakesFlagsThatItKnowsAndIgnoresOthers) {
  const auto pair = s.connected(true);
  for (const int flags : {int{MSG_EOR}, int{MSG_DONTROUTE}, int{MSG_CONFIRM}, int{MSG_NOSIGNAL}, int{MSG_WAITALL},
                          int{MSG_PEEK}, int{MSG_TRUNC}}) {
    s.send(pair.client, "x", flags);
  }
  await_octets(s, pair.server, 7);
  s.recv(pair.server);
}

ORACLE(Send, MoreHoldsBackUntilThereIsNoMore) {
  const auto pair = s.connected(true);
  s.send(pair.client, "abc", MSG_MORE);
  s.poll(pair.server);
  s.send(pair.client, "def");
  await_octets(s, pair.server, 6);
  s.recv(pair.server);
  s.send(pair.client, "late", MSG_MORE);
  s.poll(pair.server);
  await_octets(s, pair.server, 4);
}

ORACLE(Send, ToANameGoesToThePeerAllTheSame) {
  const auto pair = s.connected(true);
  s.sendto(pair.client, "x", "127.0.0.9:9");
  await_octets(s, pair.server, 1);
  s.recv(pair.server);
  const int fresh = s.socket("fresh");
  s.sendto(fresh, "x", "127.0.0.1:4000");
  s.poll(fresh);
}

ORACLE(Vectors, GatherAndScatter) {
  const auto pair = s.connected(true);
  char one[] = "one ";
  char two[] = "two ";
  char three[] = "three";
  const std::array<iovec, 4> out{iovec{one, 4}, iovec{nullptr, 0}, iovec{two, 4}, iovec{three, 5}};
  s.say("writev", s.sockets().writev(pair.client, out.data(), 4));
  await_octets(s, pair.server, 13);
  std::array<char, 6> head{};
  std::array<char, 20> rest{};
  const std::array<iovec, 3> in{iovec{head.data(), 6}, iovec{nullptr, 0}, iovec{rest.data(), 20}};
  s.say("readv", s.sockets().readv(pair.server, in.data(), 3));
  s.say(quoted({head.data(), 6}) + quoted({rest.data(), 7}));
}

ORACLE(Vectors, HaveLimits) {
  const auto pair = s.connected(true);
  char octet = 'x';
  std::array<iovec, IOV_MAX + 1> many{};
  many.fill(iovec{&octet, 1});
  s.say("writev of -1", s.sockets().writev(pair.client, many.data(), -1));
  s.say("writev of 0", s.sockets().writev(pair.client, many.data(), 0));
  s.say("writev of 0 at null", s.sockets().writev(pair.client, nullptr, 0));
  s.say("writev of 1 at null", s.sockets().writev(pair.client, nullptr, 1));
  s.say("writev of IOV_MAX", s.sockets().writev(pair.client, many.data(), IOV_MAX));
  s.say("writev of one more", s.sockets().writev(pair.client, many.data(), IOV_MAX + 1));
  await_octets(s, pair.server, IOV_MAX);
  s.say("readv of -1", s.sockets().readv(pair.server, many.data(), -1));
  s.say("readv of one more", s.sockets().readv(pair.server, many.data(), IOV_MAX + 1));
  s.say("readv of 0", s.sockets().readv(pair.server, many.data(), 0));
  s.say("readv of 1 at null", s.sockets().readv(pair.server, nullptr, 1));
  const iovec nowhere{nullptr, 5};
  s.say("writev of null octets", s.sockets().writev(pair.client, &nowhere, 1));
  s.say("readv to null", s.sockets().readv(pair.server, &nowhere, 1));
  std::array<iovec, 2> huge{iovec{&octet, 1}, iovec{&octet, SIZE_MAX}};
  s.say("writev of a negative length", s.sockets().writev(pair.client, huge.data(), 2));
  msghdr message{};
  message.msg_iov = many.data();
  message.msg_iovlen = IOV_MAX + 1;
  s.say("sendmsg of one more", s.sockets().sendmsg(pair.client, &message, 0));
  s.say("recvmsg of one more", s.sockets().recvmsg(pair.server, &message, 0));
}

ORACLE(Message, OnAStreamHasNoNameAndNoControl) {
  const auto pair = s.connected(true);
  std::string text = "message";
  iovec piece{text.data(), text.size()};
  sockaddr_in name = address("127.0.0.9:9");
  std::array<char, 100> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  s.say("sendmsg", s.sockets().sendmsg(pair.client, &message, 0));
  message.msg_name = &name;
  message.msg_namelen = sizeof name;
  s.say("sendmsg to a name", s.sockets().sendmsg(pair.client, &message, 0));
  await_octets(s, pair.server, 14);
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  message.msg_flags = -1;
  s.say("recvmsg", s.sockets().recvmsg(pair.server, &message, 0));
  s.say("name " + std::to_string(message.msg_namelen) + ", control " + std::to_string(message.msg_controllen) +
        ", flags " + flags_text(message.msg_flags));
  message.msg_iovlen = 0;
  s.say("recvmsg of no pieces", s.sockets().recvmsg(pair.server, &message, 0));
  s.say("recvmsg at null", s.sockets().recvmsg(pair.server, nullptr, 0));
  s.say("sendmsg at null", s.sockets().sendmsg(pair.client, nullptr, 0));
  s.recv(pair.server, 7, MSG_ERRQUEUE);
}

ORACLE(Arguments, NullWhereOctetsShouldBe) {
  const auto pair = s.connected(true);
  s.say("send null", s.sockets().sendto(pair.client, nullptr, 1, MSG_NOSIGNAL, nullptr, 0));
  s.say("send nothing at null", s.sockets().sendto(pair.client, nullptr, 0, MSG_NOSIGNAL, nullptr, 0));
  s.say("recv to null, nothing there", s.sockets().recvfrom(pair.server, nullptr, 1, 0, nullptr, nullptr));
  s.send(pair.client, "x");
  await_octets(s, pair.server, 1);
  s.say("recv to null", s.sockets().recvfrom(pair.server, nullptr, 1, 0, nullptr, nullptr));
  s.say("recv nothing to null", s.sockets().recvfrom(pair.server, nullptr, 0, 0, nullptr, nullptr));
  s.say("ioctl to null", s.sockets().ioctl(pair.server, FIONREAD, nullptr));
  s.say("FIONBIO from null", s.sockets().ioctl(pair.server, FIONBIO, nullptr));
  int value = 0;
  s.say("an unknown ioctl", s.sockets().ioctl(pair.server, 0x1234, &value));
  s.say("an unknown fcntl", s.sockets().fcntl(pair.server, 4321, 0));
  s.recv(pair.server);
}

ORACLE(Arguments, NamesWithTooLittleRoom) {
  const auto pair = s.connected(true);
  sockaddr_in name{};
  auto* const pointer = static_cast<sockaddr*>(static_cast<void*>(&name));
  for (const socklen_t room : {socklen_t{0}, socklen_t{4}, socklen_t{16}, socklen_t{64}}) {
    socklen_t size = room;
    name = {};
    s.say("getsockname", s.sockets().getsockname(pair.server, pointer, &size));
    s.say("  " + std::to_string(size) + " of " + s.text_of(name));
    size = room;
    name = {};
    s.say("getpeername", s.sockets().getpeername(pair.client, pointer, &size));
    s.say("  " + std::to_string(size) + " of " + s.text_of(name));
  }
  auto negative = static_cast<socklen_t>(-1);
  socklen_t size = sizeof name;
  s.say("getsockname, a negative size", s.sockets().getsockname(pair.server, pointer, &negative));
  s.say("getpeername, a negative size", s.sockets().getpeername(pair.server, pointer, &negative));
  s.say("getsockname to null", s.sockets().getsockname(pair.server, nullptr, &size));
  s.say("getsockname without a size", s.sockets().getsockname(pair.server, pointer, nullptr));
  s.say("getpeername to null", s.sockets().getpeername(pair.server, nullptr, &size));
  s.say("getpeername without a size", s.sockets().getpeername(pair.server, pointer, nullptr));
}

ORACLE(LowWater, HoldsReadabilityBack) {
  const auto pair = s.connected();
  s.set(pair.client, kLowWater, 4);
  s.get(pair.client, kLowWater);
  s.send(pair.server, "abc");
  await_octets(s, pair.client, 3);
  s.poll(pair.client);
  s.select(pair.client);
  s.recv(pair.client, 2, MSG_DONTWAIT);
  s.send(pair.server, "def");
  s.await(pair.client, POLLIN);
  s.poll(pair.client);
  s.recv(pair.client);
}

ORACLE(LowWater, MakesABlockingReadWait) {
  const auto pair = s.connected();
  s.set(pair.client, kLowWater, 4);
  s.set_time(pair.client, kReceiveTimeout, 100);
  s.send(pair.server, "abc");
  s.timed(100, [&] { s.recv(pair.client); });
  s.send(pair.server, "abc");
  s.timed(100, [&] { s.recv(pair.client, 3); });
  s.send(pair.server, "abcd");
  s.timed(100, [&] { s.recv(pair.client); });
}

ORACLE(LowWater, DoesNotHoldTheEndBack) {
  const auto pair = s.connected();
  s.set(pair.client, kLowWater, 100);
  s.send(pair.server, "abc");
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.poll(pair.client);
  s.recv(pair.client);
  s.recv(pair.client);
}

ORACLE(LowWater, OfZeroOrLessIsOneOrAll) {
  const int fd = s.socket("fresh");
  s.set(fd, kLowWater, 0);
  s.get(fd, kLowWater);
  s.set(fd, kLowWater, -5);
  int huge = 0;
  socklen_t size = sizeof huge;
  s.sockets().getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &huge, &size);
  s.say(huge > 100000 ? "as much as there may be" : "not much");
  s.set(fd, ORACLE_OPTION(SOL_SOCKET, SO_SNDLOWAT), 5);
  s.get(fd, ORACLE_OPTION(SOL_SOCKET, SO_SNDLOWAT));
}

ORACLE(Queue, CountsOctets) {
  const auto pair = s.connected(true);
  s.send(pair.server, "hello");
  await_octets(s, pair.client, 5);
  s.ask(pair.client, kReadable);
  s.recv(pair.client, 2);
  s.ask(pair.client, kReadable);
  s.close(pair.server);
  s.await(pair.client, POLLRDHUP);
  s.ask(pair.client, kReadable);
  s.recv(pair.client);
  s.ask(pair.client, kReadable);
  s.ask(pair.client, Named{SIOCOUTQ, "SIOCOUTQ"});
  s.ask(pair.client, Named{SIOCOUTQNSD, "SIOCOUTQNSD"});
  const int fresh = s.socket("fresh");
  s.ask(fresh, kReadable);
  s.ask(fresh, Named{SIOCOUTQ, "SIOCOUTQ"});
}

}  // namespace fourtuple::oracle
