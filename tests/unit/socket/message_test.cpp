// sendmsg() and recvmsg(): control messages, the error queue, corks and segments.
#include <cstring>
#include <ctime>
#include <linux/errqueue.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <vector>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

// One message with room for a text, a name and control messages.
struct Message {
  std::array<char, 100> text{};
  sockaddr_in from{};
  alignas(cmsghdr) std::array<char, 400> control{};
  iovec piece{text.data(), text.size()};
  msghdr header{};

  Message() {
    header.msg_name = &from;
    header.msg_namelen = sizeof from;
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  // The data of the message of this kind; empty where it is not there.
  [[nodiscard]] std::vector<std::uint8_t> find(int level, int type) {
    for (cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
      if (one->cmsg_level != level || one->cmsg_type != type) continue;
      return {CMSG_DATA(one), CMSG_DATA(one) + one->cmsg_len - CMSG_LEN(0)};
    }
    return {};
  }
  template <class Value>
  [[nodiscard]] Value get(int level, int type) {
    Value value{};
    const auto data = find(level, type);
    EXPECT_EQ(data.size(), sizeof value) << level << " " << type;
    std::memcpy(&value, data.data(), std::min(data.size(), sizeof value));
    return value;
  }
  // For sending: this text with one control message.
  template <class Value>
  void say(std::string_view what, int level, int type, const Value& value) {
    std::copy(what.begin(), what.end(), text.begin());
    piece.iov_len = what.size();
    header.msg_controllen = CMSG_SPACE(sizeof value);
    cmsghdr* const one = CMSG_FIRSTHDR(&header);
    one->cmsg_level = level;
    one->cmsg_type = type;
    one->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(one), &value, sizeof value);
  }
};

class ControlMessage : public CSockets {
 protected:
  ControlMessage() : receiver(open_near(SOCK_DGRAM)), sender(open_far(SOCK_DGRAM)) {
    bind_to(receiver, "0.0.0.0", 5000);
    connect_to(sender, "10.0.0.4", 5000);
  }
  int receiver;
  int sender;
};

TEST_F(ControlMessage, TellsWhatTheSettingsAskFor) {
  set(receiver, IPPROTO_IP, IP_PKTINFO, 1);
  set(receiver, IPPROTO_IP, IP_RECVTTL, 1);
  set(receiver, IPPROTO_IP, IP_RECVTOS, 1);
  set(receiver, IPPROTO_IP, IP_RECVORIGDSTADDR, 1);
  set(receiver, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  set(sender, IPPROTO_IP, IP_TTL, 9);
  set(sender, IPPROTO_IP, IP_TOS, 0x11);
  write_text(sender, "hi");
  Message got;
  EXPECT_EQ(ft_recvmsg(receiver, &got.header, 0), 2);
  EXPECT_EQ(got.header.msg_flags, 0);
  EXPECT_EQ(got.get<int>(IPPROTO_IP, IP_TTL), 9);
  EXPECT_EQ(got.get<std::uint8_t>(IPPROTO_IP, IP_TOS), 0x11);
  const auto info = got.get<in_pktinfo>(IPPROTO_IP, IP_PKTINFO);
  EXPECT_EQ(info.ipi_addr.s_addr, ::inet_addr("10.0.0.4"));
  EXPECT_EQ(info.ipi_spec_dst.s_addr, ::inet_addr("10.0.0.4"));
  EXPECT_EQ(info.ipi_ifindex, 2);
  const auto original = got.get<sockaddr_in>(IPPROTO_IP, IP_ORIGDSTADDR);
  EXPECT_EQ(ntohs(original.sin_port), 5000);
  const auto stamp = got.get<timespec>(SOL_SOCKET, SO_TIMESTAMPNS);
  EXPECT_NEAR(static_cast<double>(stamp.tv_sec), static_cast<double>(::time(nullptr)), 60.0);
  timeval last{};
  EXPECT_EQ(ft_ioctl(receiver, 0x8906 /* SIOCGSTAMP */, &last), 0);
  EXPECT_ERRNO(ft_ioctl(sender, 0x8906, &last), ENOENT);
}

TEST_F(ControlMessage, WithoutRoomIsCutAndSaidSo) {
  set(receiver, IPPROTO_IP, IP_RECVTTL, 1);
  set(receiver, IPPROTO_IP, IP_PKTINFO, 1);
  write_text(sender, "hi");
  Message got;
  got.header.msg_controllen = CMSG_SPACE(sizeof(in_pktinfo));
  EXPECT_EQ(ft_recvmsg(receiver, &got.header, 0), 2);
  EXPECT_EQ(got.header.msg_flags, MSG_CTRUNC);
  EXPECT_EQ(got.header.msg_controllen, CMSG_SPACE(sizeof(in_pktinfo)));
  write_text(sender, "hi");
  got.header.msg_control = nullptr;
  EXPECT_EQ(ft_recvmsg(receiver, &got.header, 0), 2);
  EXPECT_EQ(got.header.msg_flags, MSG_CTRUNC);
  EXPECT_EQ(got.header.msg_controllen, 0U);
}

TEST_F(ControlMessage, ChoosesTtlAndTosForOneDatagram) {
  set(receiver, IPPROTO_IP, IP_RECVTTL, 1);
  set(receiver, IPPROTO_IP, IP_RECVTOS, 1);
  Message out;
  out.header.msg_name = nullptr;
  out.say("one", IPPROTO_IP, IP_TTL, int{7});
  EXPECT_EQ(ft_sendmsg(sender, &out.header, 0), 3);
  out.say("two", IPPROTO_IP, IP_TOS, int{0x20});
  EXPECT_EQ(ft_sendmsg(sender, &out.header, 0), 3);
  Message first;
  EXPECT_EQ(ft_recvmsg(receiver, &first.header, 0), 3);
  EXPECT_EQ(first.get<int>(IPPROTO_IP, IP_TTL), 7);
  Message second;
  EXPECT_EQ(ft_recvmsg(receiver, &second.header, 0), 3);
  EXPECT_EQ(second.get<int>(IPPROTO_IP, IP_TTL), 64);
  EXPECT_EQ(second.get<std::uint8_t>(IPPROTO_IP, IP_TOS), 0x20);
}

TEST_F(ControlMessage, ChoosesTheSourceAndRefusesWhatIsNotOurs) {
  Message out;
  out.header.msg_name = nullptr;
  in_pktinfo info{};
  info.ipi_ifindex = 2;
  info.ipi_spec_dst.s_addr = ::inet_addr("10.0.0.5");
  out.say("ok", IPPROTO_IP, IP_PKTINFO, info);
  EXPECT_EQ(ft_sendmsg(sender, &out.header, 0), 2);
  info.ipi_spec_dst.s_addr = ::inet_addr("10.0.0.77");
  out.say("no", IPPROTO_IP, IP_PKTINFO, info);
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), ENETUNREACH);
  info.ipi_ifindex = 9;
  out.say("no", IPPROTO_IP, IP_PKTINFO, info);
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), ENODEV);
}

TEST_F(ControlMessage, MalformedOnesAreRefused) {
  Message out;
  out.header.msg_name = nullptr;
  out.say("x", IPPROTO_IP, IP_TTL, int{256});
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), EINVAL);
  out.say("x", IPPROTO_IP, IP_TTL, char{1});
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), EINVAL);
  out.say("x", IPPROTO_IP, 99, int{1});
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), EINVAL);
  out.say("x", IPPROTO_IP, IP_TTL, int{1});
  CMSG_FIRSTHDR(&out.header)->cmsg_len = 1000;
  EXPECT_ERRNO(ft_sendmsg(sender, &out.header, 0), EINVAL);
  out.say("x", 12345, 1, int{1});
  EXPECT_EQ(ft_sendmsg(sender, &out.header, 0), 1) << "of another level: not ours to judge";
}

class ErrorQueue : public CSockets {};

TEST_F(ErrorQueue, TellsOfAClosedPortWithItsDetails) {  // [RFC1122 4.1.3.3]
  const int fd = open_far(SOCK_DGRAM);
  set(fd, IPPROTO_IP, IP_RECVERR, 1);
  const sockaddr_in to = name("10.0.0.4", 9);
  EXPECT_EQ(ft_sendto(fd, "anybody?", 8, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 8);
  world.settle();
  EXPECT_EQ(poll_bits(fd) & POLLERR, POLLERR);
  Message got;
  EXPECT_EQ(ft_recvmsg(fd, &got.header, MSG_ERRQUEUE), 8);
  EXPECT_EQ(std::string(got.text.data()), "anybody?");
  EXPECT_EQ(got.header.msg_flags, MSG_ERRQUEUE);
  EXPECT_EQ(ntohs(got.from.sin_port), 9);
  const auto data = got.find(IPPROTO_IP, IP_RECVERR);
  ASSERT_EQ(data.size(), sizeof(sock_extended_err) + sizeof(sockaddr_in));
  sock_extended_err error{};
  std::memcpy(&error, data.data(), sizeof error);
  EXPECT_EQ(error.ee_errno, static_cast<unsigned>(ECONNREFUSED));
  EXPECT_EQ(error.ee_origin, SO_EE_ORIGIN_ICMP);
  EXPECT_EQ(error.ee_type, 3);
  EXPECT_EQ(error.ee_code, 3);
  sockaddr_in offender{};
  std::memcpy(&offender, data.data() + sizeof error, sizeof offender);
  EXPECT_EQ(offender.sin_addr.s_addr, ::inet_addr("10.0.0.4"));
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_ERROR), 0) << "taking it from the queue clears it";
  EXPECT_ERRNO(ft_recvmsg(fd, &got.header, MSG_ERRQUEUE), EAGAIN);
}

TEST_F(ErrorQueue, IsEmptyWithoutTheOptionAndStrangersAreNotTold) {
  const int fd = open_far(SOCK_DGRAM);
  const sockaddr_in to = name("10.0.0.4", 9);
  EXPECT_EQ(ft_sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 1);
  world.settle();
  EXPECT_EQ(poll_bits(fd), POLLOUT);
  Message got;
  EXPECT_ERRNO(ft_recvmsg(fd, &got.header, MSG_ERRQUEUE), EAGAIN);
}

TEST_F(ErrorQueue, KnowsTheMtuOfWhatWasTooLargeToSend) {
  const int fd = open_far(SOCK_DGRAM);
  set(fd, IPPROTO_IP, IP_RECVERR, 1);
  set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  connect_to(fd, "10.0.0.4", 9);
  const std::string large(2000, 'x');
  EXPECT_ERRNO(write_text(fd, large), EMSGSIZE);
  Message got;
  EXPECT_EQ(ft_recvmsg(fd, &got.header, MSG_ERRQUEUE), 0);
  sock_extended_err error{};
  const auto data = got.find(IPPROTO_IP, IP_RECVERR);
  std::memcpy(&error, data.data(), std::min(data.size(), sizeof error));
  EXPECT_EQ(error.ee_origin, SO_EE_ORIGIN_LOCAL);
  EXPECT_EQ(error.ee_info, 1500U);
  EXPECT_EQ(option(fd, IPPROTO_IP, IP_MTU), 1500);
}

class Cork : public ControlMessage {};

TEST_F(Cork, GathersOneDatagramUntilItIsOut) {
  set(sender, IPPROTO_UDP, UDP_CORK, 1);
  EXPECT_EQ(write_text(sender, "one "), 4);
  EXPECT_EQ(write_text(sender, "two "), 4);
  world.settle();
  EXPECT_EQ(poll_bits(receiver), POLLOUT);
  set(sender, IPPROTO_UDP, UDP_CORK, 0);
  EXPECT_EQ(read_some(receiver), "one two ");
}

TEST_F(Cork, IsWhatMsgMoreIsForOneCall) {
  EXPECT_EQ(write_text(sender, "more ", MSG_MORE), 5);
  EXPECT_EQ(write_text(sender, "done"), 4);
  EXPECT_EQ(read_some(receiver), "more done");
  EXPECT_EQ(write_text(sender, std::string(60000, 'x'), MSG_MORE), 60000);
  EXPECT_ERRNO(write_text(sender, std::string(6000, 'x'), MSG_MORE), EMSGSIZE);
}

TEST_F(Cork, SegmentsMakeSeveralDatagramsOfOneCall) {
  EXPECT_EQ(set(sender, IPPROTO_UDP, UDP_SEGMENT, 4), 0);
  EXPECT_EQ(write_text(sender, "aaaabbbbcc"), 10);
  EXPECT_EQ(read_some(receiver), "aaaa");
  EXPECT_EQ(read_some(receiver), "bbbb");
  EXPECT_EQ(read_some(receiver), "cc");
  set(sender, IPPROTO_UDP, UDP_SEGMENT, 0);
  Message out;
  out.header.msg_name = nullptr;
  out.say("xxyyz", IPPROTO_UDP, UDP_SEGMENT, std::uint16_t{2});
  EXPECT_EQ(ft_sendmsg(sender, &out.header, 0), 5);
  EXPECT_EQ(read_some(receiver), "xx");
  EXPECT_EQ(read_some(receiver), "yy");
  EXPECT_EQ(read_some(receiver), "z");
}

class Peeking : public ControlMessage {};

TEST_F(Peeking, MovesOnWithAnOffset) {
  EXPECT_EQ(set(receiver, SOL_SOCKET, SO_PEEK_OFF, 0), 0);
  write_text(sender, "abcdef");
  EXPECT_EQ(read_some(receiver, 2, MSG_PEEK), "ab");
  EXPECT_EQ(read_some(receiver, 2, MSG_PEEK), "cd");
  EXPECT_EQ(option(receiver, SOL_SOCKET, SO_PEEK_OFF), 4);
  EXPECT_EQ(read_some(receiver), "abcdef");
  EXPECT_EQ(option(receiver, SOL_SOCKET, SO_PEEK_OFF), 0);
}

class UnreadCount : public CSockets {};

TEST_F(UnreadCount, ComesWithWhatIsReadFromAStream) {
  const Pair pair = connected();
  EXPECT_EQ(set(pair.near, IPPROTO_TCP, TCP_INQ, 1), 0);
  write_text(pair.far, "0123456789");
  world.settle();
  Message got;
  got.piece.iov_len = 4;
  EXPECT_EQ(ft_recvmsg(pair.near, &got.header, 0), 4);
  EXPECT_EQ(got.get<int>(IPPROTO_TCP, TCP_CM_INQ), 6);
}

}  // namespace
}  // namespace fourtuple::test
