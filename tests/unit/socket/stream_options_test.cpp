// The options of TCP sockets that reach down to IP, and those that choose names.
#include <netinet/tcp.h>
#include <vector>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

class StreamOption : public CSockets {
 protected:
  static Port port_of(int fd) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    EXPECT_EQ(ft_getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), 0);
    return ntohs(local.sin_port);
  }
  static std::vector<std::uint8_t> bytes_of(int fd, int level, int what, socklen_t room = 100) {
    std::vector<std::uint8_t> value(room);
    EXPECT_EQ(ft_getsockopt(fd, level, what, value.data(), &room), 0) << errno;
    value.resize(room);
    return value;
  }
};

TEST_F(StreamOption, IpOptionsAreSetReadBackAndDoNotHinderTheConnection) {  // S48
  const int listener = listen_near(80);
  const int client = open_far();
  const std::vector<std::uint8_t> record_route{7, 7, 4, 0, 0, 0, 0};
  EXPECT_EQ(ft_setsockopt(client, IPPROTO_IP, IP_OPTIONS, record_route.data(), 7), 0);
  EXPECT_EQ(bytes_of(client, IPPROTO_IP, IP_OPTIONS), (std::vector<std::uint8_t>{7, 7, 4, 0, 0, 0, 0, 0}));
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  const int server = ft_accept(listener, nullptr, nullptr);
  EXPECT_EQ(bytes_of(client, IPPROTO_IP, IP_OPTIONS).size(), 8U);
  EXPECT_TRUE(bytes_of(server, IPPROTO_IP, IP_OPTIONS).empty()) << "only a source route comes back";
  EXPECT_EQ(option(client, IPPROTO_TCP, TCP_MAXSEG), 1460 - 8 - 12) << "options of IP and timestamps";
  const std::string text(5000, 'x');
  EXPECT_EQ(write_text(client, text), 5000);
  world.settle();
  EXPECT_EQ(read_some(server, 6000, MSG_WAITALL | MSG_DONTWAIT).size(), 5000U);
}

TEST_F(StreamOption, SavedSynIsReadOnce) {
  const int listener = listen_near(80);
  EXPECT_EQ(set(listener, IPPROTO_TCP, TCP_SAVE_SYN, 1), 0);
  EXPECT_EQ(connect_to(open_far(), "10.0.0.4", 80), 0);
  const int server = ft_accept(listener, nullptr, nullptr);
  char little[10];
  socklen_t size = sizeof little;
  EXPECT_ERRNO(ft_getsockopt(server, IPPROTO_TCP, TCP_SAVED_SYN, little, &size), EINVAL);
  const auto syn = bytes_of(server, IPPROTO_TCP, TCP_SAVED_SYN);
  ASSERT_GE(syn.size(), 40U);
  EXPECT_EQ(syn[0], 0x45);
  EXPECT_EQ(syn[20 + 13], 2) << "SYN";
  EXPECT_TRUE(bytes_of(server, IPPROTO_TCP, TCP_SAVED_SYN).empty());
}

TEST_F(StreamOption, MinimumTtlKeepsStrangersFromFarAwayOut) {  // [RFC5082 3]
  const int listener = listen_near(80);
  EXPECT_EQ(set(listener, IPPROTO_IP, IP_MINTTL, 255), 0);
  const int far_away = open_far();
  set(far_away, IPPROTO_TCP, TCP_SYNCNT, 1);
  EXPECT_ERRNO(connect_to(far_away, "10.0.0.4", 80), ETIMEDOUT);
  const int neighbour = open_far();
  set(neighbour, IPPROTO_IP, IP_TTL, 255);
  EXPECT_EQ(connect_to(neighbour, "10.0.0.4", 80), 0);
}

TEST_F(StreamOption, PortsComeFromTheRangeThatWasAskedFor) {
  const int range = 40001 << 16 | 40000;
  std::vector<Port> ports;
  for (int i = 0; i < 2; ++i) {
    const int fd = open_near();
    EXPECT_EQ(set(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range), 0);
    EXPECT_EQ(bind_to(fd, "10.0.0.4", 0), 0);
    ports.push_back(port_of(fd));
  }
  EXPECT_EQ(ports[0] + ports[1], 80001);
  const int third = open_near();
  set(third, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range);
  EXPECT_ERRNO(bind_to(third, "10.0.0.4", 0), EADDRINUSE);
  listen_near(80);
  const int client = open_far();
  set(client, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range);
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  EXPECT_TRUE(port_of(client) == 40000 || port_of(client) == 40001);
}

TEST_F(StreamOption, AddressMayBeBoundWithoutAPort) {
  listen_near(80);
  const int client = open_far();
  EXPECT_EQ(set(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1), 0);
  EXPECT_EQ(bind_to(client, "10.0.0.5", 0), 0);
  EXPECT_EQ(port_of(client), 0);
  EXPECT_ERRNO(bind_to(client, "10.0.0.5", 0), EINVAL);
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  EXPECT_NE(port_of(client), 0);
}

TEST_F(StreamOption, DeviceIsNamedAndReadBack) {
  const int fd = open_near();
  EXPECT_ERRNO(ft_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "eth9", 5), ENODEV);
  EXPECT_EQ(ft_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "ft0", 4), 0);
  EXPECT_EQ(bytes_of(fd, SOL_SOCKET, SO_BINDTODEVICE), (std::vector<std::uint8_t>{'f', 't', '0', 0}));
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_BINDTOIFINDEX), 2);
  EXPECT_EQ(ft_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0), 0);
  EXPECT_TRUE(bytes_of(fd, SOL_SOCKET, SO_BINDTODEVICE).empty());
}

TEST_F(StreamOption, WhatIsOutOfScopeSaysSo) {
  const int fd = open_near();
  EXPECT_ERRNO(set(fd, SOL_SOCKET, SO_ATTACH_FILTER, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(fd, SOL_SOCKET, SO_DETACH_FILTER, 1), ENOENT);
  EXPECT_ERRNO(set(fd, SOL_SOCKET, SO_ZEROCOPY, 1), EOPNOTSUPP);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_FASTOPEN, 5), EOPNOTSUPP);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_REPAIR, 1), EPERM);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_MD5SIG, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_ULP, 1), ENOENT);
}

TEST_F(StreamOption, MaxPacingRateReadsBackInFourOctetsAndInEight) {
  const int client = open_far();
  const auto rate = [&](auto room) {
    socklen_t size = sizeof room;
    EXPECT_EQ(ft_getsockopt(client, SOL_SOCKET, SO_MAX_PACING_RATE, &room, &size), 0);
    EXPECT_EQ(size, sizeof room);
    return room;
  };
  const auto set_rate = [&](auto value) {
    EXPECT_EQ(ft_setsockopt(client, SOL_SOCKET, SO_MAX_PACING_RATE, &value, sizeof value), 0);
  };
  EXPECT_EQ(rate(std::uint64_t{}), ~std::uint64_t{0});
  EXPECT_EQ(rate(std::uint32_t{}), ~std::uint32_t{0});
  set_rate(std::uint32_t{1'000'000});
  EXPECT_EQ(rate(std::uint64_t{}), 1'000'000U);
  set_rate(std::uint64_t{6'000'000'000});
  EXPECT_EQ(rate(std::uint64_t{}), 6'000'000'000U);
  EXPECT_EQ(rate(std::uint32_t{}), ~std::uint32_t{0}) << "as much as four octets can say";
  set_rate(~std::uint32_t{0});
  EXPECT_EQ(rate(std::uint64_t{}), ~std::uint64_t{0}) << "no limit";
}

}  // namespace
}  // namespace fourtuple::test
