// getsockopt() and setsockopt(): what can be set, what is shown, what accepted sockets inherit.
#include <netinet/tcp.h>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Option : public CSockets {};
class AcceptedSocket : public CSockets {};

TEST_F(Option, ReadsBackWhatWasSet) {
  const int fd = open_near();
  struct Case {
    int level;
    int name;
    int value;
  };
  for (const Case& one :
       {Case{SOL_SOCKET, SO_REUSEADDR, 1}, Case{SOL_SOCKET, SO_REUSEPORT, 1}, Case{SOL_SOCKET, SO_KEEPALIVE, 1},
        Case{SOL_SOCKET, SO_OOBINLINE, 1}, Case{SOL_SOCKET, SO_RCVLOWAT, 7}, Case{SOL_SOCKET, SO_PRIORITY, 3},
        Case{IPPROTO_TCP, TCP_NODELAY, 1}, Case{IPPROTO_TCP, TCP_CORK, 1}, Case{IPPROTO_TCP, TCP_KEEPIDLE, 60},
        Case{IPPROTO_TCP, TCP_KEEPINTVL, 10}, Case{IPPROTO_TCP, TCP_KEEPCNT, 3}, Case{IPPROTO_TCP, TCP_SYNCNT, 2},
        Case{IPPROTO_TCP, TCP_USER_TIMEOUT, 30000}, Case{IPPROTO_TCP, TCP_LINGER2, 30},
        Case{IPPROTO_TCP, TCP_DEFER_ACCEPT, 1}, Case{IPPROTO_IP, IP_TTL, 33}, Case{IPPROTO_IP, IP_TOS, 0x10},
        Case{IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO}}) {
    EXPECT_EQ(set(fd, one.level, one.name, one.value), 0) << one.level << " " << one.name;
    EXPECT_EQ(option(fd, one.level, one.name), one.value) << one.level << " " << one.name;
  }
}

TEST_F(Option, ShowsBufferSizesDoubled) {
  const int fd = open_near();
  set(fd, SOL_SOCKET, SO_RCVBUF, 50000);
  set(fd, SOL_SOCKET, SO_SNDBUF, 131072);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_RCVBUF), 100000);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_SNDBUF), 262144);
}

TEST_F(Option, TellsTheKindOfSocket) {
  const int tcp = open_near();
  const int udp = open_near(SOCK_DGRAM);
  EXPECT_EQ(option(tcp, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
  EXPECT_EQ(option(udp, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
  EXPECT_EQ(option(tcp, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
  EXPECT_EQ(option(udp, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
  EXPECT_EQ(option(udp, SOL_SOCKET, SO_DOMAIN), AF_INET);
}

TEST_F(Option, RefusesWhatItDoesNotKnow) {
  const int tcp = open_near();
  const int udp = open_near(SOCK_DGRAM);
  EXPECT_ERRNO(set(tcp, SOL_SOCKET, 9999, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(tcp, 9999, 1, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(tcp, IPPROTO_IPV6, IPV6_V6ONLY, 0), ENOPROTOOPT);
  EXPECT_ERRNO(set(udp, IPPROTO_TCP, TCP_NODELAY, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(tcp, SOL_SOCKET, SO_TYPE, 1), ENOPROTOOPT);
  EXPECT_ERRNO(set(tcp, SOL_SOCKET, SO_ERROR, 1), ENOPROTOOPT);
}

TEST_F(Option, RefusesWhatIsOutOfBounds) {
  const int fd = open_near();
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 0), EINVAL);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_KEEPCNT, 128), EINVAL);
  EXPECT_ERRNO(set(fd, IPPROTO_TCP, TCP_MAXSEG, 40), EINVAL);
  EXPECT_ERRNO(set(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
  const char one = 1;
  EXPECT_ERRNO(ft_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 1), EINVAL);
  EXPECT_EQ(ft_setsockopt(fd, IPPROTO_IP, IP_TTL, &one, 1), 0);
  EXPECT_EQ(option(fd, IPPROTO_IP, IP_TTL), 1);
  const timeval odd{0, 1000000};
  EXPECT_ERRNO(ft_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &odd, sizeof odd), EDOM);
  EXPECT_ERRNO(ft_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &odd, 4), EINVAL);
}

TEST_F(Option, NamesTheCongestionControl) {
  const int fd = open_near();
  char text[32] = {};
  socklen_t size = sizeof text;
  EXPECT_EQ(ft_getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, text, &size), 0);
  EXPECT_EQ(size, 16U);
  EXPECT_EQ(ft_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, text, 16), 0);
  EXPECT_ERRNO(ft_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nonsense", 8), ENOENT);
}

TEST_F(Option, TcpInfoHasTheKernelsLayout) {
  const Pair pair = connected();
  write_text(pair.near, "12345");
  world.settle();
  char raw[300] = {};
  socklen_t size = sizeof raw;
  EXPECT_EQ(ft_getsockopt(pair.near, IPPROTO_TCP, TCP_INFO, raw, &size), 0);
  EXPECT_EQ(size, 232U);
  tcp_info info{};
  std::memcpy(&info, raw, sizeof info);
  EXPECT_EQ(info.tcpi_state, TCP_ESTABLISHED);
  EXPECT_GT(info.tcpi_snd_mss, 1000U);
  EXPECT_GT(info.tcpi_snd_cwnd, 0U);
  size = 8;
  EXPECT_EQ(ft_getsockopt(pair.near, IPPROTO_TCP, TCP_INFO, raw, &size), 0);
  EXPECT_EQ(size, 8U);
  size = sizeof raw;
  EXPECT_EQ(ft_getsockopt(pair.listener, IPPROTO_TCP, TCP_INFO, raw, &size), 0);
  EXPECT_EQ(raw[0], TCP_LISTEN);
}

TEST_F(AcceptedSocket, ShowsItsSegmentSizeWithoutTimestamps) {
  const int listener = listen_near(80);
  EXPECT_EQ(set(listener, IPPROTO_TCP, TCP_MAXSEG, 900), 0);
  EXPECT_EQ(connect_to(open_far(), "10.0.0.4", 80), 0);
  EXPECT_EQ(option(ft_accept(listener, nullptr, nullptr), IPPROTO_TCP, TCP_MAXSEG), 888);
}

TEST_F(AcceptedSocket, InheritsItsListenersOptions) {
  const int listener = listen_near(80);
  struct Case {
    int level;
    int name;
    int value;
    int shown;
  };
  const std::array cases{Case{IPPROTO_TCP, TCP_NODELAY, 1, 1},
                         Case{SOL_SOCKET, SO_KEEPALIVE, 1, 1},
                         Case{IPPROTO_TCP, TCP_KEEPIDLE, 99, 99},
                         Case{IPPROTO_TCP, TCP_KEEPINTVL, 9, 9},
                         Case{IPPROTO_TCP, TCP_KEEPCNT, 4, 4},
                         Case{IPPROTO_TCP, TCP_USER_TIMEOUT, 5000, 5000},
                         Case{SOL_SOCKET, SO_RCVBUF, 50000, 100000},
                         Case{SOL_SOCKET, SO_SNDBUF, 50000, 100000},
                         Case{IPPROTO_IP, IP_TOS, 0x10, 0x10},
                         Case{IPPROTO_IP, IP_TTL, 77, 77},
                         Case{SOL_SOCKET, SO_OOBINLINE, 1, 1},
                         Case{IPPROTO_TCP, TCP_CORK, 1, 1},
                         Case{IPPROTO_TCP, TCP_LINGER2, 20, 20},
                         Case{SOL_SOCKET, SO_RCVLOWAT, 3, 3},
                         Case{IPPROTO_TCP, TCP_SYNCNT, 3, 3},
                         Case{SOL_SOCKET, SO_REUSEPORT, 1, 1},
                         Case{IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_PMTUDISC_DO}};
  for (const Case& one : cases) EXPECT_EQ(set(listener, one.level, one.name, one.value), 0) << one.name;
  set(listener, SOL_SOCKET, SO_PRIORITY, 5);
  make_non_blocking(listener);
  const int client = open_far();
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  world.settle();
  const int accepted = ft_accept(listener, nullptr, nullptr);
  ASSERT_GE(accepted, 0);
  for (const Case& one : cases)
    EXPECT_EQ(option(accepted, one.level, one.name), one.shown) << one.level << " " << one.name;
  EXPECT_EQ(ft_fcntl(accepted, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(option(accepted, SOL_SOCKET, SO_PRIORITY), 0);
}

}  // namespace
}  // namespace fourtuple::test
