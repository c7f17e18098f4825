// Moving data with the C API: message flags, vectors, control messages, big blocking transfers.
#include <cstring>
#include <netinet/ip.h>
#include <sys/ioctl.h>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Stream : public CSockets {};
class Datagram : public CSockets {};
class RawSocket : public CSockets {};

TEST_F(Stream, PeeksWithoutTaking) {
  const Pair pair = connected();
  write_text(pair.near, "hello");
  EXPECT_EQ(read_some(pair.far, 3, MSG_PEEK), "hel");
  EXPECT_EQ(read_some(pair.far, 10, MSG_PEEK), "hello");
  int waiting = 0;
  EXPECT_EQ(ft_ioctl(pair.far, FIONREAD, &waiting), 0);
  EXPECT_EQ(waiting, 5);
  EXPECT_EQ(read_some(pair.far, 10), "hello");
}

TEST_F(Stream, WaitsForAllWhenAsked) {
  const Pair pair = connected();
  write_text(pair.near, "0123");
  world.settle();
  write_text(pair.near, "4567");
  ft_shutdown(pair.near, SHUT_WR);
  EXPECT_EQ(read_some(pair.far, 6, MSG_WAITALL), "012345");
  EXPECT_EQ(read_some(pair.far, 6, MSG_WAITALL), "67");
}

TEST_F(Stream, GathersAndScatters) {
  const Pair pair = connected();
  char first[] = "one ";
  char second[] = "two ";
  char third[] = "three";
  const std::array<iovec, 4> out{iovec{first, 4}, iovec{nullptr, 0}, iovec{second, 4}, iovec{third, 5}};
  EXPECT_EQ(ft_writev(pair.near, out.data(), 4), 13);
  world.settle();
  char head[6];
  char rest[20];
  const std::array<iovec, 2> in{iovec{head, sizeof head}, iovec{rest, sizeof rest}};
  EXPECT_EQ(ft_readv(pair.far, in.data(), 2), 13);
  EXPECT_EQ(std::string(head, 6), "one tw");
  EXPECT_EQ(std::string(rest, 7), "o three");
}

TEST_F(Stream, ThrowsAwayWithTrunc) {
  const Pair pair = connected();
  write_text(pair.near, "0123456789");
  world.settle();
  EXPECT_EQ(ft_recv(pair.far, nullptr, 4, MSG_TRUNC), 4);
  EXPECT_EQ(read_some(pair.far), "456789");
}

TEST_F(Stream, GivesNothingToWhoReadsNothing) {
  const Pair pair = connected();
  char byte = 0;
  const iovec none{&byte, 0};
  EXPECT_EQ(ft_read(pair.near, &byte, 0), 0);
  EXPECT_EQ(ft_readv(pair.near, &none, 1), 0);
  EXPECT_ERRNO(ft_recv(pair.near, &byte, 0, MSG_DONTWAIT), EAGAIN);
  EXPECT_ERRNO(ft_read(12345, &byte, 0), EBADF);
}

TEST_F(Stream, AnswersForBadPointers) {
  const Pair pair = connected();
  EXPECT_ERRNO(ft_send(pair.near, nullptr, 1, 0), EFAULT);
  EXPECT_ERRNO(ft_recv(pair.near, nullptr, 1, 0), EFAULT);
  EXPECT_ERRNO(ft_sendmsg(pair.near, nullptr, 0), EFAULT);
  EXPECT_ERRNO(ft_writev(pair.near, nullptr, -1), EINVAL);
  EXPECT_ERRNO(ft_ioctl(pair.near, FIONREAD, nullptr), EFAULT);
  int value = 0;
  EXPECT_ERRNO(ft_ioctl(pair.near, 0x1234, &value), ENOTTY);
  EXPECT_ERRNO(ft_fcntl(pair.near, 4321, 0), EINVAL);
}

TEST_F(Stream, CountsWhatIsUnacknowledged) {
  const Pair pair = connected();
  write_text(pair.near, "0123456789");
  int waiting = 0;
  EXPECT_EQ(ft_ioctl(pair.near, 0x5411 /* SIOCOUTQ */, &waiting), 0);
  EXPECT_EQ(waiting, 10);
  world.pass(std::chrono::seconds(1));
  EXPECT_EQ(ft_ioctl(pair.near, 0x5411, &waiting), 0);
  EXPECT_EQ(waiting, 0);
}

TEST_F(Stream, LowWaterMarkHoldsReadabilityBack) {
  const Pair pair = connected();
  set(pair.far, SOL_SOCKET, SO_RCVLOWAT, 4);
  write_text(pair.near, "abc");
  world.settle();
  EXPECT_EQ(poll_bits(pair.far), POLLOUT);
  write_text(pair.near, "d");
  world.pass(std::chrono::milliseconds(50));
  EXPECT_EQ(poll_bits(pair.far), POLLIN | POLLOUT);
}

TEST_F(Stream, ConnectsToItself) {
  const int fd = open_near();
  EXPECT_EQ(bind_to(fd, "10.0.0.4", 4444), 0);
  EXPECT_EQ(connect_to(fd, "10.0.0.4", 4444), 0) << errno;
  EXPECT_EQ(write_text(fd, "echo"), 4);
  EXPECT_EQ(read_some(fd), "echo");
}

TEST_F(Stream, TalksOverLoopback) {
  const int listener = listen_near(80);
  const int client = open_near();
  EXPECT_EQ(connect_to(client, "127.0.0.1", 80), 0) << errno;
  const int server = ft_accept(listener, nullptr, nullptr);
  ASSERT_GE(server, 0);
  EXPECT_EQ(write_text(client, "inside"), 6);
  EXPECT_EQ(read_some(server), "inside");
}

TEST_F(Datagram, CarriesTheSendersNameAndControlMessages) {
  const int receiver = open_near(SOCK_DGRAM);
  const int sender = open_far(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  bind_to(sender, "0.0.0.0", 6000);
  set(receiver, IPPROTO_IP, IP_RECVTTL, 1);
  set(receiver, IPPROTO_IP, IP_PKTINFO, 1);
  set(sender, IPPROTO_IP, IP_TTL, 9);
  const sockaddr_in to = name("10.0.0.4", 5000);
  EXPECT_EQ(ft_sendto(sender, "hi", 2, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 2);
  char text[10];
  iovec piece{text, sizeof text};
  sockaddr_in from{};
  alignas(cmsghdr) char control[200];
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  EXPECT_EQ(ft_recvmsg(receiver, &message, 0), 2);
  EXPECT_EQ(ntohs(from.sin_port), 6000);
  EXPECT_EQ(from.sin_addr.s_addr, ::inet_addr("10.0.0.5"));
  int ttl = 0;
  in_pktinfo info{};
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_type == IP_TTL) std::memcpy(&ttl, CMSG_DATA(one), sizeof ttl);
    if (one->cmsg_type == IP_PKTINFO) std::memcpy(&info, CMSG_DATA(one), sizeof info);
  }
  EXPECT_EQ(ttl, 9);
  EXPECT_EQ(info.ipi_addr.s_addr, ::inet_addr("10.0.0.4"));
  EXPECT_EQ(info.ipi_ifindex, 2);
}

TEST_F(Datagram, IsRefusedToABroadcastAddressWithoutTheOption) {
  const int fd = open_far(SOCK_DGRAM);
  const sockaddr_in all = name("10.0.0.255", 5000);
  EXPECT_ERRNO(ft_sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&all), sizeof all), EACCES);
  set(fd, SOL_SOCKET, SO_BROADCAST, 1);
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  EXPECT_EQ(ft_sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&all), sizeof all), 1);
  EXPECT_EQ(read_some(receiver), "x");
}

TEST_F(Datagram, ReachesAMulticastGroupThatWasJoined) {
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  ip_mreq group{};
  group.imr_multiaddr.s_addr = ::inet_addr("239.1.2.3");
  EXPECT_EQ(ft_setsockopt(receiver, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0) << errno;
  const int sender = open_far(SOCK_DGRAM);
  const sockaddr_in to = name("239.1.2.3", 5000);
  EXPECT_EQ(ft_sendto(sender, "all", 3, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 3) << errno;
  EXPECT_EQ(read_some(receiver), "all");
}

// An ICMP echo request with identifier 7, checksum included.
constexpr std::array<std::uint8_t, 8> kEcho{8, 0, 0xf7, 0xf7, 0, 7, 0, 1};

TEST_F(RawSocket, PingsAndReadsTheReplyWithItsIpHeader) {
  const int fd = open_far(SOCK_RAW, IPPROTO_ICMP);
  const sockaddr_in to = name("10.0.0.4", 0);
  EXPECT_EQ(ft_sendto(fd, kEcho.data(), kEcho.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 8);
  std::array<std::uint8_t, 100> reply{};
  sockaddr_in from{};
  socklen_t size = sizeof from;
  EXPECT_EQ(ft_recvfrom(fd, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), &size), 28);
  EXPECT_EQ(reply[0], 0x45);
  EXPECT_EQ(reply[20], 0);  // echo reply
  EXPECT_EQ(from.sin_addr.s_addr, ::inet_addr("10.0.0.4"));
}

}  // namespace
}  // namespace fourtuple::test
