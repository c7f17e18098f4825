// The founding statements about long lives, delays and ends. [SOCKETS.md S22, S27, S28, S46, S52, S60, S64, S66, S71,
// S80, S97]
#include <netinet/tcp.h>
#include <set>
#include <vector>

#include "tests/unit/socket/c_sockets.hpp"

namespace fourtuple::test {
namespace {

class Resource : public CSockets {};
class Daemon : public CSockets {};
class MouseEvents : public CSockets {};
class CutLink : public CSockets {};
class Datagrams : public CSockets {};
class FullDuplex : public CSockets {};

std::size_t connections_of(Runtime& runtime) {
  return runtime.with_stack([](Stack& stack, Instant) { return stack.tcp().connection_count(); });
}

TEST_F(Resource, IsGivenBackWhenItIsClosed) {  // S22
  for (int i = 0; i < 20000; ++i) {
    const int fd = open_near(i % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM);
    ASSERT_EQ(fd, 0);
    ASSERT_EQ(bind_to(fd, "10.0.0.4", 5000), 0);
    if (i % 2 == 0) {
      ASSERT_EQ(ft_listen(fd, 1), 0);
    }
    ASSERT_EQ(ft_close(fd), 0);
  }
  EXPECT_EQ(connections_of(world.near), 0U);
}

// A day of a server with a client every ten minutes.
TEST_F(Daemon, ServesADayAndIsAsLeanAsBefore) {  // S80
  const int listener = listen_near();
  constexpr int kClients = 24 * 6;
  for (int i = 0; i < kClients; ++i) {
    const int client = open_far();
    ASSERT_EQ(connect_to(client, "10.0.0.4", 80), 0);
    const int server = ft_accept(listener, nullptr, nullptr);
    ASSERT_GE(server, 0);
    ASSERT_EQ(write_text(client, "what time is it?"), 16);
    ASSERT_EQ(read_some(server), "what time is it?");
    ASSERT_EQ(ft_close(client), 0);
    ASSERT_EQ(read_some(server), "");
    ASSERT_EQ(ft_close(server), 0);
    world.pass(std::chrono::minutes(10));
    ASSERT_EQ(connections_of(world.near), 0U);
    ASSERT_EQ(connections_of(world.far), 0U);
  }
}

// How long each of 20 small messages, one every 10 ms, is on its way.
class Mouse {
 public:
  Mouse(World& world, int from, int to) : world_(world), from_(from), to_(to) {}
  [[nodiscard]] Duration longest_delay() {
    std::vector<Instant> written;
    Duration longest{};
    std::size_t read = 0;
    const auto look = [&] {
      std::array<char, 64> octets{};
      const ssize_t count = ft_recv(to_, octets.data(), octets.size(), MSG_DONTWAIT);
      for (ssize_t i = 0; i < count; ++i) longest = std::max(longest, world_.clock->now() - written[read++]);
    };
    for (int tick = 0; tick < 400; ++tick) {
      if (tick % 10 == 0 && tick < 200) {
        written.push_back(world_.clock->now());
        EXPECT_EQ(ft_send(from_, "m", 1, 0), 1);
      }
      world_.pass(std::chrono::milliseconds(1));
      look();
    }
    EXPECT_EQ(read, written.size());
    return longest;
  }

 private:
  World& world_;
  int from_;
  int to_;
};

TEST_F(MouseEvents, WaitForDelayedAcksUnlessNagleIsOff) {  // S46
  const Pair gathered = connected(80);
  EXPECT_GT(Mouse(world, gathered.far, gathered.near).longest_delay(), std::chrono::milliseconds(20));
  const Pair prompt = connected(81);
  set(prompt.far, IPPROTO_TCP, TCP_NODELAY, 1);
  EXPECT_LE(Mouse(world, prompt.far, prompt.near).longest_delay(), std::chrono::milliseconds(1));
}

TEST_F(CutLink, EndsAConnectionByTimeout) {  // S52
  const Pair pair = connected();
  make_non_blocking(pair.near);
  // The neighbour's address is known for good; otherwise the silence of ARP would be told (EHOSTUNREACH).
  world.near.with_stack([](Stack& stack, Instant) {
    stack.add_static_neighbour(0, World::kFar, {{2, 0, 0, 0, 0, 5}});
  });
  EXPECT_EQ(write_text(pair.near, "into nothing"), 12);
  // From now on nobody drives the far side: all that is sent stays on the wire.
  const Instant end = world.clock->now() + std::chrono::hours(2);
  while ((poll_bits(pair.near) & POLLERR) == 0 && world.clock->now() < end) {
    if (!world.near.poll()) world.clock->advance_to(std::min(world.near.next_deadline(), end));
  }
  EXPECT_ERRNO(write_text(pair.near, "x"), ETIMEDOUT);
  EXPECT_ERRNO(write_text(pair.near, "x"), EPIPE);
}

TEST_F(Datagrams, ComeFromManyPeersToOneSocket) {  // S27
  const int receiver = open_near(SOCK_DGRAM);
  bind_to(receiver, "0.0.0.0", 5000);
  const sockaddr_in to = name("10.0.0.4", 5000);
  for (const Port port : std::initializer_list<Port>{6001, 6002, 6003}) {
    const int sender = open_far(SOCK_DGRAM);
    bind_to(sender, "0.0.0.0", port);
    const std::string text = std::to_string(port);
    EXPECT_EQ(ft_sendto(sender, text.data(), 4, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 4);
  }
  for (int i = 0; i < 3; ++i) {
    std::array<char, 10> text{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    EXPECT_EQ(ft_recvfrom(receiver, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), &size), 4);
    EXPECT_EQ(std::string(text.data(), 4), std::to_string(ntohs(from.sin_port)));
  }
}

TEST_F(Datagrams, GoToAGroupWhetherOrNotAnybodyListens) {  // S28
  const int sender = open_far(SOCK_DGRAM);
  const sockaddr_in to = name("239.1.2.3", 5000);
  const auto send = [&] { return ft_sendto(sender, "all", 3, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to); };
  EXPECT_EQ(send(), 3);
  ip_mreq group{};
  group.imr_multiaddr.s_addr = ::inet_addr("239.1.2.3");
  std::vector<int> members;
  for (int i = 0; i < 3; ++i) {
    members.push_back(open_near(SOCK_DGRAM));
    set(members.back(), SOL_SOCKET, SO_REUSEADDR, 1);
    ASSERT_EQ(bind_to(members.back(), "0.0.0.0", 5000), 0);
    ASSERT_EQ(ft_setsockopt(members.back(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0) << errno;
  }
  EXPECT_EQ(send(), 3);
  world.settle();
  for (const int member : members) EXPECT_EQ(read_some(member), "all");
}

TEST_F(FullDuplex, BothSidesSendAndReceiveAtOnce) {  // S66
  const Pair pair = connected();
  for (const int fd : {pair.near, pair.far}) make_non_blocking(fd);
  constexpr std::size_t kBytes = 3 << 20;
  const std::string block(65536, 'd');
  std::string room(65536, '\0');
  std::array<std::size_t, 2> sent{};
  std::array<std::size_t, 2> received{};
  const std::array<int, 2> ends{pair.near, pair.far};
  const auto all = [&] { return received[0] == kBytes && received[1] == kBytes; };
  EXPECT_TRUE(world.turn_until([&] {
    for (std::size_t i = 0; i < 2; ++i) {
      const ssize_t out = ft_send(ends[i], block.data(), std::min(block.size(), kBytes - sent[i]), 0);
      const ssize_t in = ft_recv(ends[i], room.data(), room.size(), 0);
      if (out > 0) sent[i] += static_cast<std::size_t>(out);
      if (in > 0) received[i] += static_cast<std::size_t>(in);
    }
    return all();
  }));
}

// A program as it was written for 4.2BSD: the names of its calls are all that changes.
namespace bsd {
#define socket ft_socket
#define bind ft_bind
#define listen ft_listen
#define accept ft_accept
#define connect ft_connect
#define read ft_read
#define write ft_write
#define close ft_close

int open_server() {
  struct sockaddr_in sin = {};
  int s = socket(AF_INET, SOCK_STREAM, 0);
  sin.sin_family = AF_INET;
  sin.sin_port = htons(7);
  sin.sin_addr.s_addr = INADDR_ANY;
  if (bind(s, reinterpret_cast<struct sockaddr*>(&sin), sizeof(sin)) < 0) return -1;
  if (listen(s, 5) < 0) return -1;
  return s;
}
int serve_one(int s) {
  struct sockaddr_in from = {};
  socklen_t fromlen = sizeof(from);
  char buf[BUFSIZ];
  int g = accept(s, reinterpret_cast<struct sockaddr*>(&from), &fromlen);
  if (g < 0) return -1;
  ssize_t n = read(g, buf, sizeof(buf));
  if (n > 0) n = write(g, buf, static_cast<size_t>(n));
  return close(g) == 0 ? static_cast<int>(n) : -1;
}
int call(const char* host) {
  struct sockaddr_in sin = {};
  int s = socket(AF_INET, SOCK_STREAM, 0);
  sin.sin_family = AF_INET;
  sin.sin_port = htons(7);
  sin.sin_addr.s_addr = inet_addr(host);
  if (connect(s, reinterpret_cast<struct sockaddr*>(&sin), sizeof(sin)) < 0) return -1;
  return write(s, "hello", 5) == 5 ? s : -1;
}

#undef socket
#undef bind
#undef listen
#undef accept
#undef connect
#undef read
#undef write
#undef close
}  // namespace bsd

class OldProgram : public CSockets {};

TEST_F(OldProgram, RunsWithNothingButItsCallsRenamed) {  // S60, S64
  ft_use_stack(near_stack_);
  const int server = bsd::open_server();
  ASSERT_GE(server, 0);
  ft_use_stack(far_stack_);
  const int client = bsd::call("10.0.0.4");
  ASSERT_GE(client, 0);
  EXPECT_EQ(bsd::serve_one(server), 5);
  EXPECT_EQ(read_some(client), "hello");
  EXPECT_EQ(read_some(client), "");
}

}  // namespace
}  // namespace fourtuple::test
