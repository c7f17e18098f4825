// ft_poll, ft_select and ft_epoll_*: level and edge, one-shot and exclusive, time-outs.
#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Poll : public CSockets {};
class Select : public CSockets {};

class Epoll : public CSockets {
 protected:
  int control(int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ft_epoll_ctl(epoll, operation, fd, &event);
  }
  // The events of `fd`, 0 for none.
  std::uint32_t ready_in(int set, int fd, int timeout = 0) {
    std::array<epoll_event, 8> events{};
    const int count = ft_epoll_wait(set, events.data(), 8, timeout);
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<std::size_t>(i)].data.fd == fd) return events[static_cast<std::size_t>(i)].events;
    }
    return 0;
  }
  std::uint32_t ready(int fd, int timeout = 0) { return ready_in(epoll, fd, timeout); }

  int epoll = ft_epoll_create1(0);
};

TEST_F(Poll, WaitsForDataAndNoLonger) {
  const Pair pair = connected();
  pollfd one{pair.far, POLLIN, 0};
  const Instant before = world.clock->now();
  EXPECT_EQ(ft_poll(&one, 1, 500), 0);
  EXPECT_EQ(world.clock->now() - before, std::chrono::milliseconds(500));
  write_text(pair.near, "x");
  EXPECT_EQ(ft_poll(&one, 1, -1), 1);
  EXPECT_EQ(one.revents, POLLIN);
}

TEST_F(Poll, OfNothingWaitsInTheTimeOfTheDefaultStack) {
  const Instant before = world.clock->now();
  EXPECT_EQ(ft_poll(nullptr, 0, 3'600'000), 0);
  EXPECT_EQ(world.clock->now() - before, std::chrono::hours(1));
}

TEST_F(Epoll, OfNothingWaitsInTheTimeOfTheDefaultStack) {
  const Instant before = world.clock->now();
  EXPECT_EQ(ready(-1, 3'600'000), 0U);
  EXPECT_EQ(world.clock->now() - before, std::chrono::hours(1));
}

TEST_F(Poll, PassesOverNegativeNumbers) {
  pollfd one{-1, POLLIN, 55};
  EXPECT_EQ(ft_poll(&one, 1, 0), 0);
  EXPECT_EQ(one.revents, 0);
}

TEST_F(Poll, WatchesSocketsOfTwoStacksAtOnce) {
  const Pair pair = connected();
  std::array<pollfd, 2> both{pollfd{pair.near, POLLIN, 0}, pollfd{pair.far, POLLIN, 0}};
  EXPECT_EQ(ft_poll(both.data(), 2, 100), 0);
  write_text(pair.far, "x");
  EXPECT_EQ(ft_poll(both.data(), 2, 100), 1);
  EXPECT_EQ(both[0].revents, POLLIN);
  EXPECT_EQ(both[1].revents, 0);
}

TEST_F(Select, LeavesTheBitsThatAreReady) {
  const Pair pair = connected();
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(pair.far, &readable);
  FD_SET(pair.near, &readable);
  FD_SET(pair.near, &writable);
  write_text(pair.near, "x");
  world.settle();
  timeval timeout{1, 0};
  EXPECT_EQ(ft_select(10, &readable, &writable, nullptr, &timeout), 2);
  EXPECT_TRUE(FD_ISSET(pair.far, &readable));
  EXPECT_FALSE(FD_ISSET(pair.near, &readable));
  EXPECT_TRUE(FD_ISSET(pair.near, &writable));
  EXPECT_EQ(timeout.tv_sec, 1);
}

TEST_F(Select, TakesItsTimeAndNamesBadNumbers) {
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(9, &readable);
  EXPECT_ERRNO(ft_select(10, &readable, nullptr, nullptr, nullptr), EBADF);
  EXPECT_ERRNO(ft_select(-1, nullptr, nullptr, nullptr, nullptr), EINVAL);
  const Pair pair = connected();
  FD_ZERO(&readable);
  FD_SET(pair.far, &readable);
  timeval timeout{3, 500000};
  const Instant before = world.clock->now();
  EXPECT_EQ(ft_select(10, &readable, nullptr, nullptr, &timeout), 0);
  EXPECT_EQ(world.clock->now() - before, std::chrono::milliseconds(3500));
  EXPECT_FALSE(FD_ISSET(pair.far, &readable));
  EXPECT_EQ(timeout.tv_sec, 0);
}

TEST_F(Epoll, KeepsItsBooks) {
  const int fd = open_near();
  EXPECT_EQ(control(EPOLL_CTL_ADD, fd, EPOLLIN), 0);
  EXPECT_ERRNO(control(EPOLL_CTL_ADD, fd, EPOLLIN), EEXIST);
  EXPECT_EQ(control(EPOLL_CTL_MOD, fd, EPOLLOUT), 0);
  EXPECT_EQ(control(EPOLL_CTL_DEL, fd, 0), 0);
  EXPECT_ERRNO(control(EPOLL_CTL_DEL, fd, 0), ENOENT);
  EXPECT_ERRNO(control(EPOLL_CTL_MOD, fd, 0), ENOENT);
  EXPECT_ERRNO(control(EPOLL_CTL_ADD, 60, EPOLLIN), EBADF);
  EXPECT_ERRNO(control(EPOLL_CTL_ADD, epoll, EPOLLIN), EINVAL);
  EXPECT_ERRNO(control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT), EINVAL);
  epoll_event event{};
  EXPECT_ERRNO(ft_epoll_wait(epoll, &event, 0, 0), EINVAL);
  EXPECT_ERRNO(ft_epoll_wait(fd, &event, 1, 0), EINVAL);
}

TEST_F(Epoll, ReportsALevelAgainAndAgain) {
  const Pair pair = connected();
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.far, EPOLLIN), 0);
  EXPECT_EQ(ready(pair.far), 0U);
  write_text(pair.near, "abc");
  EXPECT_EQ(ready(pair.far, -1), EPOLLIN);
  EXPECT_EQ(ready(pair.far), EPOLLIN);
  EXPECT_EQ(read_some(pair.far), "abc");
  EXPECT_EQ(ready(pair.far), 0U);
}

TEST_F(Epoll, ReportsAnEdgeOnce) {
  const Pair pair = connected();
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.far, EPOLLIN | EPOLLET), 0);
  write_text(pair.near, "a");
  EXPECT_EQ(ready(pair.far, -1), EPOLLIN);
  EXPECT_EQ(ready(pair.far), 0U);
  write_text(pair.near, "b");
  world.pass(std::chrono::milliseconds(50));  // Nagle's algorithm waits for the delayed ACK
  EXPECT_EQ(ready(pair.far), EPOLLIN);
  EXPECT_EQ(ready(pair.far), 0U);
  EXPECT_EQ(read_some(pair.far), "ab");
}

TEST_F(Epoll, ShootsOnceUntilItIsArmedAgain) {
  const Pair pair = connected();
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.far, EPOLLIN | EPOLLONESHOT), 0);
  write_text(pair.near, "a");
  EXPECT_EQ(ready(pair.far, -1), EPOLLIN);
  write_text(pair.near, "b");
  world.settle();
  EXPECT_EQ(ready(pair.far), 0U);
  EXPECT_EQ(control(EPOLL_CTL_MOD, pair.far, EPOLLIN | EPOLLONESHOT), 0);
  EXPECT_EQ(ready(pair.far), EPOLLIN);
}

TEST_F(Epoll, WakesOneOfTheExclusiveSets) {
  const int listener = listen_near();
  const int other = ft_epoll_create1(0);
  EXPECT_EQ(control(EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE), 0);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.fd = listener;
  EXPECT_EQ(ft_epoll_ctl(other, EPOLL_CTL_ADD, listener, &event), 0);
  const int client = open_far();
  EXPECT_EQ(connect_to(client, "10.0.0.4", 80), 0);
  world.settle();
  const bool first = ready_in(epoll, listener) != 0;
  const bool second = ready_in(other, listener) != 0;
  EXPECT_NE(first, second);
}

TEST_F(Epoll, ForgetsAClosedDescriptor) {
  const Pair pair = connected();
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.far, EPOLLIN), 0);
  EXPECT_EQ(ft_close(pair.far), 0);
  EXPECT_EQ(ready(pair.far), 0U);
  const int again = open_far();
  EXPECT_EQ(again, pair.far);
  EXPECT_EQ(control(EPOLL_CTL_ADD, again, EPOLLIN), 0);
}

TEST_F(Epoll, TimesOut) {
  const Pair pair = connected();
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.far, EPOLLIN), 0);
  const Instant before = world.clock->now();
  EXPECT_EQ(ready(pair.far, 250), 0U);
  EXPECT_EQ(world.clock->now() - before, std::chrono::milliseconds(250));
}

TEST_F(Epoll, SaysOutWhenAFullBufferHasRoomAgain) {
  const Pair pair = connected();
  make_non_blocking(pair.near);
  const std::string block(65536, 'x');
  while (write_text(pair.near, block) > 0) world.settle();
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(control(EPOLL_CTL_ADD, pair.near, EPOLLOUT | EPOLLET), 0);
  EXPECT_EQ(ready(pair.near), 0U);
  make_non_blocking(pair.far);
  while (!read_some(pair.far, 1 << 20).starts_with("errno")) world.settle();
  EXPECT_EQ(ready(pair.near), EPOLLOUT);
}

}  // namespace
}  // namespace fourtuple::test
