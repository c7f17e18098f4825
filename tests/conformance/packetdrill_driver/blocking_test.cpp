// Calls that block, on a second thread: the kernel shows it asleep, and whoever wakes it waits for it.
#include <cerrno>
#include <cstdlib>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/conformance/packetdrill_driver/stock.hpp"

namespace fourtuple::stock {
namespace {

timeval of_microseconds(long microseconds) { return {microseconds / 1'000'000, microseconds % 1'000'000}; }

TEST(BlockingAccept, ReturnsWithThePacketThatEndsTheHandshake) {
  Script script;
  const int listener = script.listener();
  BlockingCall accept(script.stack, [&] { return script.accept(listener); });
  ASSERT_TRUE(accept.blocks());
  script.wait_until(script.now() + 100'000);
  script.give(kSyn, 0, 0);
  const Seen answer = script.next();
  EXPECT_TRUE(accept.blocks());
  const long long moment = script.now();
  script.give(kAck, 1, answer.segment.seq.value + 1);
  ASSERT_TRUE(accept.has_ended());
  EXPECT_GE(accept.result(), 0);
  EXPECT_EQ(accept.ended_at(), moment + 1);
}

TEST(BlockingRead, ReturnsWithItsData) {
  Script script;
  const auto connection = script.passive_open();
  std::vector<char> data(2000);
  for (std::uint32_t seq = 1; seq < 5000; seq += 1000) {
    BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data.data(), 2000); });
    ASSERT_TRUE(read.blocks());
    script.wait_until(script.now() + 10'000);
    const long long moment = script.now();
    script.give(kData, seq, connection.first, 1000);
    ASSERT_TRUE(read.has_ended());
    EXPECT_EQ(read.result(), 1000);
    EXPECT_EQ(read.ended_at(), moment + 1);
  }
}

TEST(BlockingRead, OfASocketThatHasDataDoesNotBlock) {
  Script script;
  const auto connection = script.passive_open();
  script.give(kData, 1, connection.first, 10);
  char data[100];
  const BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data, 100); });
  EXPECT_FALSE(read.blocks());
  EXPECT_EQ(read.result(), 10);
}

TEST(BlockingRead, EndsWithItsOwnTimerWhileTheScriptSleeps) {
  Script script;
  const auto connection = script.passive_open();
  const timeval limit = of_microseconds(500'000);
  EXPECT_EQ(script.stack.setsockopt(script.self, connection.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  const long long begin = script.now();
  char data[4];
  BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data, 4); });
  ASSERT_TRUE(read.blocks());
  EXPECT_EQ(script.stack.usleep(script.self, 400'000), 0);
  EXPECT_FALSE(read.has_ended());
  EXPECT_EQ(script.stack.usleep(script.self, 400'000), 0);
  ASSERT_TRUE(read.has_ended());
  EXPECT_EQ(read.result(), -1);
  EXPECT_EQ(read.error(), EAGAIN);
  EXPECT_EQ(read.ended_at(), begin + 1 + 500'000);
}

TEST(BlockingRead, EndsWithItsOwnTimerWhileAPacketIsWaitedFor) {
  Script script;
  const auto connection = script.passive_open();
  const timeval limit = of_microseconds(500'000);
  EXPECT_EQ(script.stack.setsockopt(script.self, connection.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  char data[4];
  BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data, 4); });
  ASSERT_TRUE(read.blocks());
  EXPECT_TRUE(script.next_octets().empty());
  EXPECT_TRUE(read.has_ended());
}

TEST(BlockingRead, EndsWithAReset) {
  Script script;
  const auto connection = script.passive_open();
  char data[4];
  BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data, 4); });
  ASSERT_TRUE(read.blocks());
  script.give(kRst, 1, 0);
  ASSERT_TRUE(read.has_ended());
  EXPECT_EQ(read.error(), ECONNRESET);
}

TEST(BlockingRead, EndsWhenTheMainThreadShutsDown) {
  Script script;
  const auto connection = script.passive_open();
  char data[4];
  BlockingCall read(script.stack, [&] { return script.stack.read(script.self, connection.fd, data, 4); });
  ASSERT_TRUE(read.blocks());
  EXPECT_EQ(script.stack.shutdown(script.self, connection.fd, SHUT_RD), 0);
  ASSERT_TRUE(read.has_ended());
  EXPECT_EQ(read.result(), 0);
}

TEST(BlockingRead, EndsWithTheScript) {
  char data[4];
  std::optional<BlockingCall> read;
  {
    Script script;
    const auto connection = script.passive_open();
    const packetdrill_interface stack = script.stack;
    const int fd = connection.fd;
    static packetdrill_interface kept;
    kept = stack;
    read.emplace(kept, [&data, fd] { return kept.read(kept.userdata, fd, data, 4); });
    ASSERT_TRUE(read->blocks());
    script.forget(fd);
  }
  read.reset();
  const Script next;
  EXPECT_TRUE(next.next_octets().empty());
}

// As packetdrill does when a script fails.
TEST(BlockingRead, DoesNotKeepTheProcessFromEnding) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    static auto* const script = new Script;  // there is no free()
    const auto connection = script->passive_open();
    static char data[4];
    static auto* const read = new BlockingCall(
        script->stack, [fd = connection.fd] { return script->stack.read(script->self, fd, data, sizeof data); });
    std::exit(read->blocks() ? 42 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST(BlockingConnect, ReturnsWithTheHandshake) {
  Script script;
  const int fd = script.socket();
  const sockaddr_in to = name_of(kRemote, kRemotePort);
  BlockingCall connect(script.stack, [&] { return script.stack.connect(script.self, fd, as_name(to), sizeof to); });
  ASSERT_TRUE(connect.blocks());
  const Seen syn = script.next();
  script.wait_until(script.now() + 50'000);
  const long long moment = script.now();
  script.local_port = syn.segment.source_port;
  script.give(kSynAck, 0, syn.segment.seq.value + 1);
  ASSERT_TRUE(connect.has_ended());
  EXPECT_EQ(connect.result(), 0);
  EXPECT_EQ(connect.ended_at(), moment + 1);
}

TEST(BlockingConnect, IsRefusedByAReset) {
  Script script;
  const int fd = script.socket();
  const sockaddr_in to = name_of(kRemote, kRemotePort);
  BlockingCall connect(script.stack, [&] { return script.stack.connect(script.self, fd, as_name(to), sizeof to); });
  ASSERT_TRUE(connect.blocks());
  const Seen syn = script.next();
  script.local_port = syn.segment.source_port;
  script.give(kRstAck, 0, syn.segment.seq.value + 1);
  ASSERT_TRUE(connect.has_ended());
  EXPECT_EQ(connect.error(), ECONNREFUSED);
}

TEST(BlockingConnect, GivesUpByTimersThatTheScriptSleepsThrough) {
  Script script;
  const int fd = script.socket();
  const int once = 1;
  EXPECT_EQ(script.stack.setsockopt(script.self, fd, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once), 0);
  const sockaddr_in to = name_of(kRemote, kRemotePort);
  const long long begin = script.now();
  BlockingCall connect(script.stack, [&] { return script.stack.connect(script.self, fd, as_name(to), sizeof to); });
  ASSERT_TRUE(connect.blocks());
  EXPECT_EQ(script.stack.usleep(script.self, 100'000'000), 0);
  ASSERT_TRUE(connect.has_ended());
  EXPECT_EQ(connect.error(), ETIMEDOUT);
  EXPECT_EQ(connect.ended_at(), begin + 1 + 3'000'000);  // 1 s and 2 s [RFC6298 5.5]
}

TEST(BlockingWrite, ReturnsWhenTheLastOctetFoundRoom) {
  Script script("sndbuf=8192");
  const auto connection = script.passive_open();
  const std::vector<char> data(30000);
  BlockingCall write(script.stack,
                     [&] { return script.stack.write(script.self, connection.fd, data.data(), data.size()); });
  ASSERT_TRUE(write.blocks());
  std::uint32_t acknowledged = connection.first;
  for (int i = 0; i < 100 && acknowledged != connection.first + 30000; ++i) {
    const Seen seen = script.next();
    acknowledged = seen.segment.seq.value + seen.segment.length();
    script.give(kAck, 1, acknowledged);
  }
  ASSERT_TRUE(write.has_ended());
  EXPECT_EQ(write.result(), 30000);
}

TEST(BlockingPoll, ReturnsWithAPacketOrWithItsTime) {
  Script script;
  const auto connection = script.passive_open();
  pollfd wanted{connection.fd, POLLIN, 0};
  {
    BlockingCall poll(script.stack, [&] { return script.stack.poll(script.self, &wanted, 1, 1000); });
    ASSERT_TRUE(poll.blocks());
    script.give(kData, 1, connection.first, 10);
    ASSERT_TRUE(poll.has_ended());
    EXPECT_EQ(poll.result(), 1);
    EXPECT_EQ(wanted.revents, POLLIN);
  }
  char data[10];
  EXPECT_EQ(script.stack.read(script.self, connection.fd, data, 10), 10);
  BlockingCall poll(script.stack, [&] { return script.stack.poll(script.self, &wanted, 1, 1000); });
  ASSERT_TRUE(poll.blocks());
  EXPECT_EQ(script.stack.usleep(script.self, 2'000'000), 0);
  ASSERT_TRUE(poll.has_ended());
  EXPECT_EQ(poll.result(), 0);
}

TEST(BlockingEpoll, ReturnsWithAPacket) {
  Script script;
  const auto connection = script.passive_open();
  const int epoll = script.keep(script.stack.epoll_create(script.self, 1));
  epoll_event event{};
  event.events = EPOLLIN;
  EXPECT_EQ(script.stack.epoll_ctl(script.self, epoll, EPOLL_CTL_ADD, connection.fd, &event), 0);
  epoll_event got{};
  BlockingCall wait(script.stack, [&] { return script.stack.epoll_wait(script.self, epoll, &got, 1, -1); });
  ASSERT_TRUE(wait.blocks());
  script.give(kData, 1, connection.first, 10);
  ASSERT_TRUE(wait.has_ended());
  EXPECT_EQ(wait.result(), 1);
}

TEST(BlockingClose, LingersUntilEverythingIsAcknowledged) {
  Script script;
  const auto connection = script.passive_open();
  const linger patience{.l_onoff = 1, .l_linger = 10};
  EXPECT_EQ(script.stack.setsockopt(script.self, connection.fd, SOL_SOCKET, SO_LINGER, &patience, sizeof patience), 0);
  EXPECT_EQ(script.stack.write(script.self, connection.fd, "data", 4), 4);
  BlockingCall close(script.stack, [&] { return script.close(connection.fd); });
  ASSERT_TRUE(close.blocks());
  script.give(kAck, 1, connection.first + 5);
  EXPECT_EQ(script.stack.usleep(script.self, 10'000), 0);
  ASSERT_TRUE(close.has_ended());
  EXPECT_EQ(close.result(), 0);
}

}  // namespace
}  // namespace fourtuple::stock
