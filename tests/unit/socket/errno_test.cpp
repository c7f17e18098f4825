// What each call answers in each state: the table of SOCKETS.md part 2, one sentence a test.
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class FreshSocket : public CSockets {};
class BoundSocket : public CSockets {};
class Listener : public CSockets {};
class ConnectingSocket : public CSockets {};
class ConnectedSocket : public CSockets {};
class UdpSocket : public CSockets {};
class Descriptor : public CSockets {};

TEST_F(FreshSocket, RefusesWhatNeedsAConnectionOrAListener) {
  const int fd = open_near();
  char octet = 0;
  EXPECT_ERRNO(ft_accept(fd, nullptr, nullptr), EINVAL);
  EXPECT_ERRNO(ft_recv(fd, &octet, 1, 0), ENOTCONN);
  EXPECT_ERRNO(ft_send(fd, &octet, 1, 0), EPIPE);
  EXPECT_ERRNO(ft_shutdown(fd, SHUT_RDWR), ENOTCONN);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  EXPECT_ERRNO(ft_getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size), ENOTCONN);
  EXPECT_EQ(poll_bits(fd), POLLOUT | POLLHUP);
}

TEST_F(FreshSocket, HasNoName) {
  const int fd = open_near();
  sockaddr_in local = name("1.2.3.4", 5);
  socklen_t size = sizeof local;
  EXPECT_EQ(ft_getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), 0);
  EXPECT_EQ(local.sin_addr.s_addr, 0U);
  EXPECT_EQ(local.sin_port, 0);
  EXPECT_EQ(size, sizeof local);
}

TEST_F(FreshSocket, OpensOnlyWhatIsSpoken) {
  ft_use_stack(near_stack_);
  EXPECT_ERRNO(ft_socket(AF_INET6, SOCK_STREAM, 0), EAFNOSUPPORT);
  EXPECT_ERRNO(ft_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
  EXPECT_ERRNO(ft_socket(AF_INET, SOCK_RAW, 0), EPROTONOSUPPORT);
  EXPECT_ERRNO(ft_socket(AF_INET, 77, 0), EINVAL);
}

TEST_F(FreshSocket, ListensOnAPortOfTheSystemsChoice) {
  const int fd = open_near();
  EXPECT_EQ(ft_listen(fd, 5), 0);
  sockaddr_in local{};
  socklen_t size = sizeof local;
  EXPECT_EQ(ft_getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), 0);
  EXPECT_GE(ntohs(local.sin_port), 32768);
}

TEST_F(BoundSocket, IsBoundOnce) {
  const int fd = open_near();
  EXPECT_EQ(bind_to(fd, "10.0.0.4", 8080), 0);
  EXPECT_ERRNO(bind_to(fd, "10.0.0.4", 8081), EINVAL);
}

TEST_F(BoundSocket, NeedsAnAddressOfThisHost) {
  const int fd = open_near();
  EXPECT_ERRNO(bind_to(fd, "10.0.0.77", 80), EADDRNOTAVAIL);
}

TEST_F(BoundSocket, NeedsAWholeAddressOfTheFamily) {
  const int fd = open_near();
  sockaddr_in local = name("0.0.0.0", 80);
  EXPECT_ERRNO(ft_bind(fd, reinterpret_cast<sockaddr*>(&local), 8), EINVAL);
  local.sin_family = AF_INET6;
  EXPECT_ERRNO(ft_bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local), EAFNOSUPPORT);
  EXPECT_ERRNO(ft_bind(fd, nullptr, sizeof local), EFAULT);
}

TEST_F(BoundSocket, DoesNotTakeAListenersName) {
  listen_near(80);
  const int other = open_near();
  EXPECT_ERRNO(bind_to(other, "0.0.0.0", 80), EADDRINUSE);
  EXPECT_ERRNO(bind_to(other, "10.0.0.4", 80), EADDRINUSE);
  set(other, SOL_SOCKET, SO_REUSEADDR, 1);
  EXPECT_ERRNO(bind_to(other, "10.0.0.4", 80), EADDRINUSE);
}

TEST_F(BoundSocket, SharesANameThatNobodyListensOnWithReuseAddress) {
  const int first = open_near();
  const int second = open_near();
  set(first, SOL_SOCKET, SO_REUSEADDR, 1);
  set(second, SOL_SOCKET, SO_REUSEADDR, 1);
  EXPECT_EQ(bind_to(first, "0.0.0.0", 81), 0);
  EXPECT_EQ(bind_to(second, "0.0.0.0", 81), 0);
  EXPECT_EQ(ft_listen(first, 1), 0);
  EXPECT_ERRNO(ft_listen(second, 1), EADDRINUSE);
}

TEST_F(BoundSocket, LeavesThePortOfTheOtherProtocolAlone) {
  const int tcp = open_near();
  const int udp = open_near(SOCK_DGRAM);
  EXPECT_EQ(bind_to(tcp, "0.0.0.0", 7005), 0);
  EXPECT_EQ(bind_to(udp, "0.0.0.0", 7005), 0);
}

TEST_F(Listener, CarriesNoConversation) {
  const int fd = listen_near();
  char octet = 0;
  EXPECT_ERRNO(ft_send(fd, &octet, 1, 0), EPIPE);
  EXPECT_ERRNO(ft_recv(fd, &octet, 1, 0), ENOTCONN);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.5", 80), EISCONN);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  EXPECT_ERRNO(ft_getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size), ENOTCONN);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
  EXPECT_EQ(option(open_near(), SOL_SOCKET, SO_ACCEPTCONN), 0);
}

TEST_F(Listener, IsReadableWhenSomebodyWaits) {
  const int listener = listen_near();
  make_non_blocking(listener);
  EXPECT_EQ(poll_bits(listener), 0);
  EXPECT_ERRNO(ft_accept(listener, nullptr, nullptr), EAGAIN);
  const int client = open_far();
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  world.settle();
  EXPECT_EQ(poll_bits(listener), POLLIN);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const int accepted = ft_accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  EXPECT_GE(accepted, 0);
  EXPECT_EQ(peer.sin_addr.s_addr, ::inet_addr("10.0.0.5"));
  EXPECT_EQ(ft_fcntl(accepted, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  EXPECT_EQ(ft_fcntl(accepted, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(poll_bits(listener), 0);
}

TEST_F(Listener, ResetsWhoWaitsWhenItCloses) {
  const int listener = listen_near();
  const int client = open_far();
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  world.settle();
  ft_close(listener);
  world.settle();
  EXPECT_EQ(read_some(client), "errno " + std::to_string(ECONNRESET));
}

TEST_F(Listener, WithBacklogZeroAdmitsOne) {
  const int listener = listen_near(80, 0);
  make_non_blocking(listener);
  for (int i = 0; i < 6; ++i) {
    const int client = open_far();
    make_non_blocking(client);
    EXPECT_ERRNO(connect_to(client, "10.0.0.4", 80), EINPROGRESS);
  }
  world.settle();
  EXPECT_GE(ft_accept(listener, nullptr, nullptr), 0);
  EXPECT_ERRNO(ft_accept(listener, nullptr, nullptr), EAGAIN);
}

TEST_F(Listener, StopsListeningWhenReadingIsShutDown) {
  const int listener = listen_near();
  EXPECT_EQ(ft_shutdown(listener, SHUT_RD), 0);
  EXPECT_ERRNO(ft_accept(listener, nullptr, nullptr), EINVAL);
  EXPECT_ERRNO(connect_to(open_far(), "10.0.0.4", 80), ECONNREFUSED);
  EXPECT_EQ(ft_listen(listener, 5), 0);
  EXPECT_EQ(connect_to(open_far(), "10.0.0.4", 80), 0);
}

TEST_F(ConnectingSocket, TimesOutAfterItsRetries) {
  const int fd = open_far();
  set(fd, IPPROTO_TCP, TCP_SYNCNT, 1);
  // The neighbour is known and silent.
  world.far.with_stack([](Stack& stack, Instant) {
    stack.add_static_neighbour(0, Ipv4Address::from_octets(10, 0, 0, 99), {{2, 0, 0, 0, 0, 99}});
  });
  EXPECT_ERRNO(connect_to(fd, "10.0.0.99", 80), ETIMEDOUT);
}

TEST_F(ConnectingSocket, SaysInProgressThenAlready) {
  const int fd = open_far();
  make_non_blocking(fd);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), EINPROGRESS);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), EALREADY);
  EXPECT_EQ(poll_bits(fd), 0);
  char octet = 0;
  EXPECT_ERRNO(ft_send(fd, &octet, 1, 0), EAGAIN);
  EXPECT_ERRNO(ft_recv(fd, &octet, 1, 0), EAGAIN);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  EXPECT_ERRNO(ft_getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size), ENOTCONN);
}

TEST_F(ConnectingSocket, SaysRefusedOnceThroughSoError) {
  const int fd = open_far();
  make_non_blocking(fd);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), EINPROGRESS);
  world.settle();
  EXPECT_EQ(poll_bits(fd), POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_ERROR), 0);
  EXPECT_EQ(poll_bits(fd), POLLIN | POLLOUT | POLLHUP | POLLRDHUP);
}

TEST_F(ConnectingSocket, AnswersTheSecondCallOfASuccessWithSuccess) {
  listen_near(80);
  const int fd = open_far();
  make_non_blocking(fd);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), EINPROGRESS);
  world.settle();
  EXPECT_EQ(poll_bits(fd), POLLOUT);
  EXPECT_EQ(connect_to(fd, "10.0.0.4", 80), 0);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), EISCONN);
}

TEST_F(ConnectingSocket, MayTryAgainAfterItWasRefused) {
  const int fd = open_far();
  EXPECT_ERRNO(connect_to(fd, "10.0.0.4", 80), ECONNREFUSED);
  EXPECT_EQ(poll_bits(fd), POLLOUT | POLLHUP);
  listen_near(80);
  EXPECT_EQ(connect_to(fd, "10.0.0.4", 80), 0);
}

TEST_F(ConnectingSocket, GivesUpAfterSendTimeoutButGoesOnConnecting) {
  const int fd = open_far();
  const timeval short_time{1, 0};
  EXPECT_EQ(ft_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &short_time, sizeof short_time), 0);
  EXPECT_ERRNO(connect_to(fd, "10.0.0.99", 80), EINPROGRESS);
}

TEST_F(ConnectingSocket, IsUnreachableWhereNobodyAnswersArp) {
  const int fd = open_far();
  EXPECT_ERRNO(connect_to(fd, "10.0.0.99", 80), EHOSTUNREACH);
}

TEST_F(ConnectingSocket, IsUnreachableWithoutARoute) {
  const int fd = open_far();
  EXPECT_ERRNO(connect_to(fd, "192.0.2.1", 80), ENETUNREACH);
}

TEST_F(ConnectedSocket, CannotBindListenOrConnectAgain) {
  const Pair pair = connected();
  EXPECT_ERRNO(connect_to(pair.far, "10.0.0.4", 80), EISCONN);
  EXPECT_ERRNO(ft_listen(pair.far, 1), EINVAL);
  EXPECT_ERRNO(bind_to(pair.far, "0.0.0.0", 0), EINVAL);
}

TEST_F(BoundSocket, CallsUnderTheNameItWasGiven) {  // [RFC9293 MUST-43]
  const int listener = listen_near();
  const int caller = open_far();
  ASSERT_EQ(bind_to(caller, "10.0.0.5", 4321), 0);
  ASSERT_EQ(connect_to(caller, "10.0.0.4", 80), 0);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  ASSERT_GE(ft_accept(listener, reinterpret_cast<sockaddr*>(&peer), &size), 0);
  EXPECT_EQ(ntohs(peer.sin_port), 4321);
  EXPECT_EQ(peer.sin_addr.s_addr, name("10.0.0.5", 4321).sin_addr.s_addr);
}

TEST_F(ConnectedSocket, HasMirroredNames) {  // [RFC9293 MUST-44]
  const Pair pair = connected();
  std::array<sockaddr_in, 4> names{};
  socklen_t size = sizeof names[0];
  ft_getsockname(pair.near, reinterpret_cast<sockaddr*>(&names[0]), &size);
  ft_getpeername(pair.far, reinterpret_cast<sockaddr*>(&names[1]), &size);
  ft_getpeername(pair.near, reinterpret_cast<sockaddr*>(&names[2]), &size);
  ft_getsockname(pair.far, reinterpret_cast<sockaddr*>(&names[3]), &size);
  EXPECT_EQ(names[0].sin_port, names[1].sin_port);
  EXPECT_EQ(names[0].sin_addr.s_addr, names[1].sin_addr.s_addr);
  EXPECT_EQ(names[2].sin_port, names[3].sin_port);
  EXPECT_EQ(ntohs(names[0].sin_port), 80);
}

TEST_F(ConnectedSocket, ReadsTheEndAfterThePeersFin) {
  const Pair pair = connected();
  EXPECT_EQ(poll_bits(pair.far), POLLOUT);
  EXPECT_EQ(write_text(pair.near, "last words"), 10);
  ft_shutdown(pair.near, SHUT_WR);
  world.settle();
  EXPECT_EQ(poll_bits(pair.far), POLLIN | POLLOUT | POLLRDHUP);
  EXPECT_EQ(read_some(pair.far), "last words");
  EXPECT_EQ(read_some(pair.far), "");
  EXPECT_EQ(read_some(pair.far), "");
  EXPECT_EQ(write_text(pair.far, "still here"), 10);
  world.settle();
  EXPECT_EQ(read_some(pair.near), "still here");
  EXPECT_ERRNO(write_text(pair.near, "no"), EPIPE);
}

TEST_F(ConnectedSocket, IsAsClosedWhenBothHaveFinished) {
  const Pair pair = connected();
  ft_shutdown(pair.near, SHUT_WR);
  world.settle();
  ft_shutdown(pair.far, SHUT_WR);
  world.settle();
  for (const int fd : {pair.near, pair.far}) {
    EXPECT_EQ(poll_bits(fd), POLLIN | POLLOUT | POLLHUP | POLLRDHUP);
    EXPECT_ERRNO(ft_shutdown(fd, SHUT_RDWR), ENOTCONN);
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    EXPECT_ERRNO(ft_getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size), ENOTCONN);
  }
}

TEST_F(ConnectedSocket, IsResetWhenThePeerClosesWithUnreadData) {
  const Pair pair = connected();
  write_text(pair.far, "unread");
  world.settle();
  ft_close(pair.near);
  world.settle();
  EXPECT_EQ(read_some(pair.far), "errno " + std::to_string(ECONNRESET));
  EXPECT_EQ(read_some(pair.far), "");
  EXPECT_ERRNO(write_text(pair.far, "x"), EPIPE);
}

TEST_F(ConnectedSocket, IsResetByLingerZero) {
  const Pair pair = connected();
  const linger at_once{1, 0};
  EXPECT_EQ(ft_setsockopt(pair.near, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  ft_close(pair.near);
  world.settle();
  EXPECT_EQ(option(pair.far, SOL_SOCKET, SO_ERROR), ECONNRESET);
  EXPECT_EQ(read_some(pair.far), "");
}

TEST_F(ConnectedSocket, LingersUntilItsDataIsAcknowledged) {
  const Pair pair = connected();
  const linger ten_seconds{1, 10};
  ft_setsockopt(pair.near, SOL_SOCKET, SO_LINGER, &ten_seconds, sizeof ten_seconds);
  write_text(pair.near, "farewell");
  const Instant before = world.clock->now();
  EXPECT_EQ(ft_close(pair.near), 0);
  EXPECT_LT(world.clock->now() - before, std::chrono::seconds(1));
  EXPECT_EQ(read_some(pair.far), "farewell");
  EXPECT_EQ(read_some(pair.far), "");
}

TEST_F(ConnectedSocket, WaitsNoLongerThanReceiveTimeout) {
  const Pair pair = connected();
  const timeval two_seconds{2, 0};
  ft_setsockopt(pair.far, SOL_SOCKET, SO_RCVTIMEO, &two_seconds, sizeof two_seconds);
  const Instant before = world.clock->now();
  char octet = 0;
  EXPECT_ERRNO(ft_recv(pair.far, &octet, 1, 0), EAGAIN);
  EXPECT_EQ(world.clock->now() - before, std::chrono::seconds(2));
}

TEST_F(ConnectedSocket, ReadsNoMoreAfterShutdownOfReading) {
  const Pair pair = connected();
  EXPECT_EQ(ft_shutdown(pair.far, SHUT_RD), 0);
  EXPECT_EQ(read_some(pair.far), "");
  EXPECT_EQ(poll_bits(pair.far), POLLIN | POLLOUT | POLLRDHUP);
  EXPECT_ERRNO(ft_shutdown(pair.far, 17), EINVAL);
}

TEST_F(ConnectedSocket, KeepsUrgentDataApart) {
  const Pair pair = connected();
  EXPECT_EQ(write_text(pair.near, "abc", MSG_OOB), 3);
  world.settle();
  EXPECT_EQ(poll_bits(pair.far), POLLIN | POLLOUT | POLLPRI);
  int count = 0;
  EXPECT_EQ(ft_ioctl(pair.far, FIONREAD, &count), 0);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(ft_sockatmark(pair.far), 0);
  EXPECT_EQ(read_some(pair.far), "ab");
  EXPECT_EQ(ft_sockatmark(pair.far), 1);
  EXPECT_EQ(read_some(pair.far, 1, MSG_OOB), "c");
  char octet = 0;
  EXPECT_ERRNO(ft_recv(pair.far, &octet, 1, MSG_OOB), EINVAL);
}

TEST_F(ConnectedSocket, DissolvesWithAnUnspecifiedAddress) {
  const Pair pair = connected();
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  EXPECT_EQ(ft_connect(pair.far, &nobody, sizeof nobody), 0);
  EXPECT_ERRNO(write_text(pair.far, "x"), ECONNRESET);
  EXPECT_ERRNO(write_text(pair.far, "x"), EPIPE);
  world.settle();
  EXPECT_EQ(read_some(pair.near), "errno " + std::to_string(ECONNRESET));
}

TEST_F(UdpSocket, NeedsADestination) {
  const int fd = open_near(SOCK_DGRAM);
  EXPECT_ERRNO(write_text(fd, "x"), EDESTADDRREQ);
  EXPECT_ERRNO(ft_listen(fd, 1), EOPNOTSUPP);
  EXPECT_ERRNO(ft_accept(fd, nullptr, nullptr), EOPNOTSUPP);
  EXPECT_ERRNO(ft_shutdown(fd, SHUT_RD), ENOTCONN);
}

TEST_F(UdpSocket, HasALargestDatagram) {
  const int fd = open_far(SOCK_DGRAM);
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  EXPECT_EQ(connect_to(fd, "10.0.0.4", 5000), 0);
  const std::string data(65508, 'x');
  EXPECT_ERRNO(ft_send(fd, data.data(), 65508, 0), EMSGSIZE);
  EXPECT_EQ(write_text(fd, "resolve"), 7);  // 45 fragments are more than wait for an address
  EXPECT_EQ(read_some(receiver), "resolve");
  EXPECT_EQ(ft_send(fd, data.data(), 65507, 0), 65507);
  EXPECT_EQ(ft_send(fd, data.data(), 0, 0), 0);
  world.settle();
  EXPECT_EQ(read_some(receiver, 70000).size(), 65507U);
  EXPECT_EQ(read_some(receiver), "");
}

TEST_F(UdpSocket, CutsADatagramToTheRoomAndLosesTheRest) {
  const int sender = open_far(SOCK_DGRAM);
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  connect_to(sender, "10.0.0.4", 5000);
  write_text(sender, "0123456789");
  write_text(sender, "second");
  world.settle();
  EXPECT_EQ(read_some(receiver, 4, MSG_PEEK), "0123");
  char few[4];
  EXPECT_EQ(ft_recv(receiver, few, 4, MSG_TRUNC | MSG_PEEK), 10);
  EXPECT_EQ(read_some(receiver, 4), "0123");
  EXPECT_EQ(read_some(receiver), "second");
}

TEST_F(UdpSocket, HearsOfAClosedPortOnce) {
  const int fd = open_far(SOCK_DGRAM);
  connect_to(fd, "10.0.0.4", 9);
  EXPECT_EQ(write_text(fd, "x"), 1);
  world.settle();
  EXPECT_ERRNO(write_text(fd, "x"), ECONNREFUSED);
  EXPECT_EQ(write_text(fd, "x"), 1);
  world.settle();
  EXPECT_EQ(read_some(fd), "errno " + std::to_string(ECONNREFUSED));
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  EXPECT_EQ(ft_connect(fd, &nobody, sizeof nobody), 0);
  EXPECT_ERRNO(write_text(fd, "x"), EDESTADDRREQ);
}

TEST_F(Descriptor, IsTheLowestFreeNumber) {
  EXPECT_EQ(open_near(), 0);
  EXPECT_EQ(open_near(), 1);
  EXPECT_EQ(open_near(), 2);
  EXPECT_EQ(ft_close(1), 0);
  EXPECT_EQ(ft_close(0), 0);
  EXPECT_EQ(open_near(), 0);
  EXPECT_EQ(open_near(), 1);
  EXPECT_EQ(open_near(), 3);
}

TEST_F(Descriptor, IsBadWhenNotOpen) {
  EXPECT_ERRNO(ft_close(5), EBADF);
  EXPECT_ERRNO(ft_close(-1), EBADF);
  EXPECT_ERRNO(ft_listen(5, 1), EBADF);
  char octet = 0;
  EXPECT_ERRNO(ft_recv(7, &octet, 1, 0), EBADF);
  pollfd one{5, POLLIN, 0};
  EXPECT_EQ(ft_poll(&one, 1, 0), 1);
  EXPECT_EQ(one.revents, POLLNVAL);
}

TEST_F(Descriptor, OfAnEpollSetIsNotASocket) {
  const int epoll = ft_epoll_create1(0);
  EXPECT_ERRNO(ft_listen(epoll, 1), ENOTSOCK);
}

TEST_F(Descriptor, SharesItsSocketWithADuplicate) {
  const Pair pair = connected();
  const int twin = ft_dup(pair.near);
  EXPECT_GT(twin, pair.near);
  EXPECT_EQ(ft_close(pair.near), 0);
  world.settle();
  EXPECT_EQ(write_text(twin, "twin"), 4);
  EXPECT_EQ(read_some(pair.far), "twin");
  EXPECT_EQ(ft_close(twin), 0);
  EXPECT_EQ(read_some(pair.far), "");
}

TEST_F(Descriptor, RunsOutAtItsLimit) {
  ft_stack_options options{};
  options.descriptors = 3;
  ft_stack* const loopback_only = ft_stack_open(&options);
  ASSERT_NE(loopback_only, nullptr);
  for (int expected = 0; expected < 3; ++expected) EXPECT_EQ(open_near(), expected);
  EXPECT_ERRNO(open_near(), EMFILE);
  EXPECT_ERRNO(ft_dup(0), EMFILE);
  EXPECT_ERRNO(ft_epoll_create1(0), EMFILE);
  EXPECT_EQ(ft_close(1), 0);
  EXPECT_EQ(open_near(), 1);
  ft_stack_close(loopback_only);
  options.descriptors = 65536;
  ft_stack_close(ft_stack_open(&options));
}

TEST_F(Descriptor, IsReplacedByDup2) {
  const Pair pair = connected();
  const int other = open_near();
  EXPECT_EQ(ft_dup2(pair.near, other), other);
  EXPECT_EQ(write_text(other, "moved"), 5);
  EXPECT_EQ(read_some(pair.far), "moved");
  EXPECT_EQ(ft_dup2(other, 40), 40);
  EXPECT_EQ(ft_close(pair.near), 0);
  EXPECT_EQ(ft_close(other), 0);
  EXPECT_EQ(write_text(40, "still"), 5);
  EXPECT_EQ(read_some(pair.far), "still");
  EXPECT_ERRNO(ft_dup2(39, 41), EBADF);
}

TEST_F(Descriptor, OpensNoStackOnAWrongConfiguration) {
  const auto error_of = [](ft_stack_options options) {
    errno = 0;
    EXPECT_EQ(ft_stack_open(&options), nullptr);
    EXPECT_NE(std::string(ft_stack_error()), "");
    return errno;
  };
  ft_stack_options options{};
  options.tap = "ft-no-such";
  EXPECT_EQ(error_of(options), EINVAL);  // no address
  options.address = "10.0.0.400/24";
  EXPECT_EQ(error_of(options), EINVAL);
  options.address = "10.0.0.4/24";
  options.raw = "eth0";
  EXPECT_EQ(error_of(options), EINVAL);
  options.raw = nullptr;
  options.mac = "nonsense";
  EXPECT_EQ(error_of(options), EINVAL);
}

TEST_F(Descriptor, NeedsAStack) {
  ft_use_stack(nullptr);
  EXPECT_ERRNO(ft_socket(AF_INET, SOCK_STREAM, 0), ENETDOWN);
}

}  // namespace
}  // namespace fourtuple::test
