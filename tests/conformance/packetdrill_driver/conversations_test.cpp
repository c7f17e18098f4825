// Conversations on one thread, as packetdrill plays them through the interface.
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/conformance/packetdrill_driver/stock.hpp"

namespace fourtuple::stock {
namespace {

int connect(const Script& script, int fd) {
  const sockaddr_in to = name_of(kRemote, kRemotePort);
  return script.stack.connect(script.self, fd, as_name(to), sizeof to);
}

void make_non_blocking(const Script& script, int fd) {
  EXPECT_EQ(script.stack.fcntl(script.self, fd, F_GETFL), O_RDWR);
  EXPECT_EQ(script.stack.fcntl(script.self, fd, F_SETFL, O_RDWR | O_NONBLOCK), 0);
  EXPECT_EQ(script.stack.fcntl(script.self, fd, F_GETFL), O_RDWR | O_NONBLOCK);
}

int error_of(const Script& script, int fd) {
  int error = -1;
  socklen_t length = sizeof error;
  EXPECT_EQ(script.stack.getsockopt(script.self, fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
  return error;
}

std::vector<std::uint8_t> syn_options_with(const char* flags) {
  Script script(flags);
  const int fd = script.socket();
  make_non_blocking(script, fd);
  connect(script, fd);
  const Seen syn = script.next();
  constexpr std::size_t kOptions = wire::kIpv4HeaderSize + wire::kTcpHeaderSize;
  if (syn.octets.size() < kOptions) return {};
  return {syn.octets.begin() + kOptions, syn.octets.end()};
}

TEST(Interface, IsLoadedAsPacketdrillLoadsIt) {
  if (!can_bind_deeply()) {
    GTEST_SKIP() << "sanitizers do not load under RTLD_DEEPBIND: the other tests load the object without it";
  }
  std::string why_not;
  EXPECT_NE(load(why_not), nullptr) << why_not;
}

TEST(Interface, HasEverySlotFilled) {
  const Script script;
  const auto* const slots = reinterpret_cast<void* const*>(&script.stack);
  for (std::size_t i = 0; i < sizeof(packetdrill_interface) / sizeof(void*); ++i) EXPECT_NE(slots[i], nullptr) << i;
}

TEST(PassiveOpen, ExchangesDataAndCloses) {
  Script script;
  const auto [listener, fd, first] = script.passive_open();
  script.give(kData, 1, first, 1000);
  char data[2000] = {};
  EXPECT_EQ(script.stack.read(script.self, fd, data, sizeof data), 1000);
  EXPECT_EQ(script.stack.write(script.self, fd, data, 500), 500);
  const Seen sent = script.next();
  EXPECT_EQ(sent.segment.seq, SeqNum{first});
  EXPECT_EQ(sent.segment.ack, SeqNum{1001});
  EXPECT_EQ(sent.segment.payload.size(), 500U);
  script.give(kAck, 1001, first + 500);
  EXPECT_EQ(script.close(fd), 0);
  EXPECT_TRUE(script.next().segment.flags.fin());
  script.give(kFinAck, 1001, first + 501);
  EXPECT_EQ(script.next().segment.ack, SeqNum{1002});
}

TEST(ActiveOpen, ShakesHandsWithoutWaiting) {
  Script script;
  const int fd = script.socket();
  make_non_blocking(script, fd);
  EXPECT_EQ(connect(script, fd), -1);
  EXPECT_EQ(errno, EINPROGRESS);
  const Seen syn = script.next();
  EXPECT_EQ(syn.segment.flags, kSyn);
  EXPECT_EQ(syn.ip.source, kLocal);
  EXPECT_EQ(syn.ip.destination, kRemote);
  script.local_port = syn.segment.source_port;
  script.give(kSynAck, 0, syn.segment.seq.value + 1);
  EXPECT_EQ(script.next().segment.flags, kAck);
  EXPECT_EQ(error_of(script, fd), 0);
  EXPECT_EQ(script.stack.write(script.self, fd, "x", 1), 1);
  EXPECT_EQ(script.next().segment.payload.size(), 1U);
}

TEST(ActiveOpen, IsRefusedByAReset) {
  Script script;
  const int fd = script.socket();
  make_non_blocking(script, fd);
  connect(script, fd);
  const Seen syn = script.next();
  script.local_port = syn.segment.source_port;
  script.give(kRstAck, 0, syn.segment.seq.value + 1);
  EXPECT_EQ(error_of(script, fd), ECONNREFUSED);
  EXPECT_EQ(error_of(script, fd), 0);
}

TEST(ActiveOpen, OfABlockingCallOnTheMainThreadMovesTimeByItself) {
  Script script;
  const int fd = script.socket();
  const int once = 1;
  EXPECT_EQ(script.stack.setsockopt(script.self, fd, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once), 0);
  const long long begin = script.now();
  EXPECT_EQ(connect(script, fd), -1);
  EXPECT_EQ(errno, ETIMEDOUT);
  EXPECT_GE(script.now() - begin, 3'000'000);  // a SYN and one more
  EXPECT_EQ(script.next().time - begin, 1);
  EXPECT_EQ(script.next().time - begin, 1'000'001);
}

TEST(ClosedPort, AnswersSynWithReset) {
  Script script;
  script.give(kSyn, 0, 0);
  const Seen answer = script.next();
  EXPECT_EQ(answer.segment.flags, kRstAck);
  EXPECT_EQ(answer.segment.ack, SeqNum{1});
}

TEST(AnyAddress, IsOneOfTheStacksAsSoonAsAPacketGoesThere) {
  Script script;
  script.local = Ipv4Address::from_octets(172, 16, 5, 9);
  const auto connection = script.passive_open();
  EXPECT_EQ(script.stack.write(script.self, connection.fd, "x", 1), 1);
  EXPECT_EQ(script.next().ip.source, script.local);
}

TEST(AnyAddress, CanBeBoundTo) {
  Script script;
  script.local = Ipv4Address::from_octets(172, 16, 5, 9);
  script.listener(script.local);
  script.give(kSyn, 0, 0);
  EXPECT_EQ(script.next().segment.flags, kSynAck);
}

sockaddr_in6 mapped(Ipv4Address address, Port port) {
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(port);
  ::inet_pton(AF_INET6, ("::ffff:" + to_string(address)).c_str(), &name.sin6_addr);
  return name;
}

// --ip_version=ipv4-mapped-ipv6: packets of IPv4, sockets of IPv6.
TEST(MappedAddresses, AreIpv4BehindASocketOfIpv6) {
  Script script;
  const int listener = script.keep(script.stack.socket(script.self, AF_INET6, SOCK_STREAM, 0));
  const int off = 0;
  EXPECT_EQ(script.stack.setsockopt(script.self, listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
  const sockaddr_in6 local = mapped(kLocal, kLocalPort);
  EXPECT_EQ(script.stack.bind(script.self, listener, reinterpret_cast<const sockaddr*>(&local), sizeof local), 0);
  EXPECT_EQ(script.stack.listen(script.self, listener, 1), 0);
  script.give(kSyn, 0, 0);
  script.give(kAck, 1, script.next().segment.seq.value + 1);
  sockaddr_in6 from{};
  socklen_t length = sizeof from;
  script.keep(script.stack.accept(script.self, listener, reinterpret_cast<sockaddr*>(&from), &length));
  const sockaddr_in6 peer = mapped(kRemote, kRemotePort);
  EXPECT_EQ(length, sizeof peer);
  EXPECT_EQ(std::memcmp(&from, &peer, sizeof peer), 0);
}

TEST(MappedAddresses, AreConnectedAndSentTo) {
  Script script;
  const int stream = script.keep(script.stack.socket(script.self, AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0));
  const sockaddr_in6 to = mapped(kRemote, kRemotePort);
  const auto* const name = reinterpret_cast<const sockaddr*>(&to);
  EXPECT_EQ(script.stack.connect(script.self, stream, name, sizeof to), -1);
  EXPECT_EQ(errno, EINPROGRESS);
  EXPECT_EQ(script.next().ip.destination, kRemote);
  const int datagrams = script.keep(script.stack.socket(script.self, AF_INET6, SOCK_DGRAM, 0));
  EXPECT_EQ(script.stack.sendto(script.self, datagrams, "abc", 3, 0, name, sizeof to), 3);
  EXPECT_EQ(script.next_octets().size(), 31U);
}

TEST(Ipv6, IsRefusedWhereItIsNamed) {
  Script script;
  const int fd = script.keep(script.stack.socket(script.self, AF_INET6, SOCK_STREAM, 0));
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, "fd3d:fa7b:d17d::1", &to.sin6_addr);
  EXPECT_EQ(script.stack.bind(script.self, fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), -1);
  EXPECT_EQ(errno, EAFNOSUPPORT);
}

TEST(Timers, RetransmitOnTheScriptsClock) {
  Script script;
  const auto connection = script.passive_open();
  script.wait_until(script.now() + 100'000);
  const long long begin = script.now();
  EXPECT_EQ(script.stack.write(script.self, connection.fd, "data", 4), 4);
  long long last = script.next().time;
  EXPECT_EQ(last, begin + 1);  // what the look at the clock cost
  long long gap = 0;
  for (int i = 0; i < 5; ++i) {
    const Seen again = script.next();
    EXPECT_EQ(again.segment.seq, SeqNum{connection.first});
    if (gap != 0) {
      EXPECT_NEAR(static_cast<double>(again.time - last), static_cast<double>(2 * gap), 2.0);
    }
    gap = again.time - last;
    last = again.time;
    EXPECT_GE(script.now(), last);
  }
}

TEST(Timers, RunInOrderWhileTheScriptSleeps) {
  Script script;
  const auto connection = script.passive_open();
  const long long begin = script.now();
  script.give(kData, 1, connection.first, 10);
  EXPECT_EQ(script.stack.usleep(script.self, 200'000), 0);
  EXPECT_EQ(script.now(), begin + 200'001);
  const Seen ack = script.next();
  EXPECT_EQ(ack.segment.ack, SeqNum{11});
  EXPECT_EQ(ack.time, begin + 1 + 40'000);  // a delayed ACK
}

TEST(Timers, FireBetweenTwoLooksAtTheClock) {
  Script script;
  const auto connection = script.passive_open();
  script.give(kData, 1, connection.first, 10);
  const long long begin = script.now();
  while (script.now() < begin + 40'100) {
  }
  EXPECT_NEAR(static_cast<double>(script.next().time), static_cast<double>(begin + 40'000), 1.0);
}

TEST(Clock, MovesByOneMicrosecondALook) {
  const Script script;
  const long long begin = script.now();
  EXPECT_EQ(script.now(), begin + 1);
  EXPECT_EQ(script.now(), begin + 2);
}

TEST(Silence, IsAPacketOfNoOctets) {
  const Script script;
  EXPECT_TRUE(script.next_octets().empty());
  EXPECT_TRUE(script.next_octets().empty());
}

TEST(Silence, FollowsWhenTheLastTimerHasFired) {
  Script script;
  const auto connection = script.passive_open();
  EXPECT_EQ(script.stack.write(script.self, connection.fd, "data", 4), 4);
  int count = 0;
  while (!script.next_octets().empty()) ASSERT_LT(++count, 100);
  EXPECT_EQ(count, 16);  // the first and R2 retransmissions [RFC9293 MUST-20(b)]
  EXPECT_EQ(error_of(script, connection.fd), ETIMEDOUT);
}

TEST(Silence, FollowsALateReader) {
  const Script script;
  std::uint8_t octets[10];
  std::size_t count = sizeof octets;
  long long time = 0;
  EXPECT_EQ(script.stack.netdev_receive(script.self, octets, &count, &time), 0);
  EXPECT_EQ(count, 0U);
}

TEST(Lengths, OfNothingAreNothing) {
  Script script;
  const auto connection = script.passive_open();
  char data[4];
  EXPECT_EQ(script.stack.read(script.self, connection.fd, data, 0), 0);
  EXPECT_EQ(script.stack.write(script.self, connection.fd, data, 0), 0);
  EXPECT_EQ(script.stack.netdev_send(script.self, data, 0), 0);
  script.give(kFinAck, 1, connection.first);
  EXPECT_EQ(script.stack.read(script.self, connection.fd, data, sizeof data), 0);
  EXPECT_EQ(script.stack.recv(script.self, connection.fd, data, sizeof data, 0), 0);
}

TEST(Readiness, IsToldByPoll) {
  Script script;
  const auto connection = script.passive_open();
  pollfd wanted[] = {{connection.fd, POLLIN | POLLOUT, 0}, {connection.listener, POLLIN, 0}, {-1, POLLIN, 7}};
  EXPECT_EQ(script.stack.poll(script.self, wanted, 3, 0), 1);
  EXPECT_EQ(wanted[0].revents, POLLOUT);
  script.give(kData, 1, connection.first, 10);
  script.remote_port++;
  script.give(kSyn, 0, 0);
  script.give(kAck, 1, script.next().segment.seq.value + 1);
  EXPECT_EQ(script.stack.poll(script.self, wanted, 3, 0), 2);
  EXPECT_EQ(wanted[0].revents, POLLIN | POLLOUT);
  EXPECT_EQ(wanted[1].revents, POLLIN);
  EXPECT_EQ(wanted[2].revents, 0);
}

TEST(Readiness, OfAStrangersDescriptorIsNone) {
  const Script script;
  pollfd wanted{STDERR_FILENO, POLLOUT, 0};
  EXPECT_EQ(script.stack.poll(script.self, &wanted, 1, 0), 1);
  EXPECT_EQ(wanted.revents, POLLNVAL);
}

TEST(Readiness, IsWaitedForInTheScriptsTime) {
  Script script;
  const auto connection = script.passive_open();
  pollfd wanted{connection.fd, POLLIN, 0};
  const long long begin = script.now();
  EXPECT_EQ(script.stack.poll(script.self, &wanted, 1, 250), 0);
  EXPECT_EQ(script.now(), begin + 250'001);
  EXPECT_EQ(script.stack.poll(script.self, nullptr, 0, 250), 0);
  EXPECT_EQ(script.now(), begin + 500'002);
}

TEST(Readiness, IsToldByEpoll) {
  Script script;
  const auto connection = script.passive_open();
  const int epoll = script.keep(script.stack.epoll_create(script.self, 1));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = 77;
  EXPECT_EQ(script.stack.epoll_ctl(script.self, epoll, EPOLL_CTL_ADD, connection.fd, &event), 0);
  epoll_event got[2]{};
  const long long begin = script.now();
  EXPECT_EQ(script.stack.epoll_wait(script.self, epoll, got, 2, 10), 0);
  EXPECT_EQ(script.now(), begin + 10'001);
  script.give(kData, 1, connection.first, 10);
  EXPECT_EQ(script.stack.epoll_wait(script.self, epoll, got, 2, 0), 1);
  EXPECT_EQ(got[0].events, EPOLLIN);
  EXPECT_EQ(got[0].data.u32, 77U);
}

TEST(Descriptors, AreTheKernelsAndCloseOnce) {
  Script script;
  const int fd = script.socket();
  EXPECT_GE(::fcntl(fd, F_GETFD), 0);
  EXPECT_EQ(script.close(fd), 0);
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
  EXPECT_EQ(script.stack.close(script.self, fd), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST(Descriptors, OfStrangersAreRefusedAndLeftAlone) {
  const Script script;
  EXPECT_EQ(script.stack.write(script.self, STDERR_FILENO, "x", 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(script.stack.close(script.self, STDERR_FILENO), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_GE(::fcntl(STDERR_FILENO, F_GETFD), 0);
}

TEST(Descriptors, LeftOpenByAScriptDoNotDisturbTheNext) {
  int before = -1;
  for (int i = 0; i < 20; ++i) {
    Script script;
    const auto connection = script.passive_open();
    if (before >= 0) {
      EXPECT_EQ(connection.fd, before);  // the kernel's lowest again
    }
    before = connection.fd;
    EXPECT_EQ(script.stack.write(script.self, connection.fd, "data", 4), 4);
    EXPECT_EQ(script.next().segment.payload.size(), 4U);
  }
}

TEST(Descriptors, ClosedBehindOurBackAreForgottenWhenTheirNumberComesAgain) {
  Script script;
  const int fd = script.listener();
  ::close(fd);
  const int again = script.stack.socket(script.self, AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(again, fd);
  const sockaddr_in name = name_of({}, kLocalPort);
  EXPECT_EQ(script.stack.bind(script.self, again, as_name(name), sizeof name), 0);  // the old listener is gone
}

TEST(Reset, EndsAConnectionAndThenTheScript) {
  Script script;
  const auto connection = script.passive_open();
  script.give(kRst, 1, 0);
  char data[4];
  EXPECT_EQ(script.stack.read(script.self, connection.fd, data, sizeof data), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_TRUE(script.next_octets().empty());
}

TEST(AfterTheScript, CallsAreRefused) {
  packetdrill_interface stack{};
  {
    const Script script;
    stack = script.stack;
  }
  EXPECT_EQ(stack.socket(stack.userdata, AF_INET, SOCK_STREAM, 0), -1);
  EXPECT_EQ(errno, ENETDOWN);
  stack.free(stack.userdata);
}

TEST(Settings, DecideTheOrderOfOptionsOnASyn) {
  constexpr const char* kFlags = "timestamps=0,wscale=0,syn_options=freebsd";
  EXPECT_EQ(syn_options_with(kFlags), (std::vector<std::uint8_t>{2, 4, 0x05, 0xb4, 4, 2, 0, 0}));
  EXPECT_EQ(syn_options_with("timestamps=0,wscale=0"), (std::vector<std::uint8_t>{2, 4, 0x05, 0xb4, 1, 1, 4, 2}));
  EXPECT_EQ(syn_options_with("timestamps=0,wscale=0,sack=0,mtu=1000"), (std::vector<std::uint8_t>{2, 4, 0x03, 0xc0}));
}

TEST(Settings, OfOneScriptAreNotThoseOfTheNext) {
  EXPECT_EQ(syn_options_with("timestamps=0,wscale=0,sack=0").size(), 4U);
  EXPECT_EQ(syn_options_with(nullptr).size(), 20U);
}

TEST(Settings, ChangeTimersBuffersAndAddresses) {
  Script script("delack_ms=100,rcvbuf=4096,local=10.1.2.3/8,gateway=10.0.0.1");
  script.local = Ipv4Address::from_octets(10, 1, 2, 3);
  const auto connection = script.passive_open();
  const long long begin = script.now();
  script.give(kData, 1, connection.first, 10);
  const Seen ack = script.next();
  EXPECT_EQ(ack.time, begin + 1 + 100'000);
  EXPECT_LE(ack.segment.window, 4096);
}

TEST(Settings, ThatAreUnknownAreSaidOnceWithTheKnownOnes) {
  testing::internal::CaptureStderr();
  { const Script script("rcvbuffer=1,rcvbuf=many,sack,delack_ms=10"); }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("no setting is called 'rcvbuffer'"), std::string::npos) << said;
  EXPECT_NE(said.find("'many' is no value for rcvbuf: write rcvbuf=OCTETS"), std::string::npos) << said;
  EXPECT_NE(said.find("'sack' is no setting"), std::string::npos) << said;
  EXPECT_NE(said.find("\n  delack_ms=MS"), std::string::npos) << said;
  testing::internal::CaptureStderr();
  { const Script script("rcvbuffer=1,rcvbuf=many,sack,delack_ms=10"); }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(TcpInfo, IsReadThroughTheSlot) {
  Script script;
  const auto connection = script.passive_open(1000);
  tcp_info info{};
  socklen_t length = sizeof info;
  EXPECT_EQ(script.stack.getsockopt(script.self, connection.fd, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
  EXPECT_EQ(info.tcpi_state, 1);  // ESTABLISHED
  EXPECT_EQ(info.tcpi_snd_mss, 1000U);
}

TEST(Control, CountsWhatWaitsToBeRead) {
  Script script;
  const auto connection = script.passive_open();
  script.give(kData, 1, connection.first, 321);
  int waiting = 0;
  EXPECT_EQ(script.stack.ioctl(script.self, connection.fd, FIONREAD, &waiting), 0);
  EXPECT_EQ(waiting, 321);
}

TEST(Messages, AreScatteredAndGathered) {
  Script script;
  const auto connection = script.passive_open();
  script.give(kData, 1, connection.first, 30);
  char left[10], right[100];
  iovec pieces[] = {{left, sizeof left}, {right, sizeof right}};
  EXPECT_EQ(script.stack.readv(script.self, connection.fd, pieces, 2), 30);
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = 2;
  EXPECT_EQ(script.stack.sendmsg(script.self, connection.fd, &message, 0), 110);
  EXPECT_EQ(script.next().segment.payload.size(), 110U);
  script.give(kData, 31, connection.first + 110, 7);
  EXPECT_EQ(script.stack.recvmsg(script.self, connection.fd, &message, 0), 7);
  EXPECT_EQ(script.stack.writev(script.self, connection.fd, pieces, 1), 10);
  EXPECT_EQ(script.stack.shutdown(script.self, connection.fd, SHUT_WR), 0);
}

TEST(Pipes, AreSplicedIntoSocketsAndOutOfThem) {
  Script script;
  const auto connection = script.passive_open();
  int ends[2];
  ASSERT_EQ(script.stack.pipe(script.self, ends), 0);
  script.give(kData, 1, connection.first, 1000);
  EXPECT_EQ(script.stack.splice(script.self, connection.fd, nullptr, ends[1], nullptr, 5000, 0), 1000);
  EXPECT_EQ(script.stack.splice(script.self, ends[0], nullptr, connection.fd, nullptr, 600, 0), 600);
  EXPECT_EQ(script.next().segment.payload.size(), 600U);
  char data[1000];
  EXPECT_EQ(script.stack.read(script.self, ends[0], data, sizeof data), 400);
  EXPECT_EQ(script.stack.read(script.self, ends[0], data, sizeof data), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(script.stack.close(script.self, ends[0]), 0);
  EXPECT_EQ(script.stack.close(script.self, ends[1]), 0);
}

TEST(Pipes, KeepWhatASocketHasNoRoomFor) {
  Script script("sndbuf=4096");
  const auto connection = script.passive_open();
  make_non_blocking(script, connection.fd);
  int ends[2];
  ASSERT_EQ(script.stack.pipe(script.self, ends), 0);
  const std::vector<char> data(20000);
  ASSERT_EQ(script.stack.write(script.self, ends[1], data.data(), data.size()), 20000);
  ssize_t sent = 0;
  std::uint32_t acknowledged = connection.first;
  for (int i = 0; i < 100 && sent < 20000; ++i) {
    const ssize_t more = script.stack.splice(script.self, ends[0], nullptr, connection.fd, nullptr, 20000, 0);
    if (more > 0) sent += more;
    const Seen seen = script.next();
    acknowledged = seen.segment.seq.value + seen.segment.length();
    script.give(kAck, 1, acknowledged);
  }
  EXPECT_EQ(sent, 20000);
  script.keep(ends[0]);
  script.keep(ends[1]);
}

TEST(Datagrams, GoBothWays) {
  Script script;
  const int fd = script.socket(SOCK_DGRAM);
  const sockaddr_in to = name_of(kRemote, 53);
  EXPECT_EQ(script.stack.sendto(script.self, fd, "abc", 3, 0, as_name(to), sizeof to), 3);
  const auto sent = script.next_octets();
  ASSERT_EQ(sent.size(), 31U);
  EXPECT_EQ(sent[9], wire::ip_protocol::kUdp);
}

}  // namespace
}  // namespace fourtuple::stock
