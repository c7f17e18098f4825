// The laboratory: one stack in virtual time whose network is the test's hands.
#include "apps/laboratory/laboratory.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <gtest/gtest.h>
#include <string_view>
#include <sys/socket.h>

#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::laboratory {
namespace {

constexpr Ipv4Address kOurs = Ipv4Address::from_octets(192, 168, 0, 1);
constexpr Ipv4Address kTheirs = Ipv4Address::from_octets(192, 0, 2, 1);
constexpr Port kOurPort = 8080;
constexpr Port kTheirPort = 49152;

using Octets = std::vector<std::uint8_t>;

Octets datagram(Ipv4Address source, Ipv4Address destination, std::uint8_t protocol, const Octets& payload) {
  Octets octets(wire::kIpv4HeaderSize + payload.size());
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(octets.size());
  header.protocol = protocol;
  header.source = source;
  header.destination = destination;
  header.emit(octets);
  std::copy(payload.begin(), payload.end(), octets.begin() + wire::kIpv4HeaderSize);
  return octets;
}

Octets udp(std::string_view text, Ipv4Address destination = kOurs) {
  const Octets payload(text.begin(), text.end());
  Octets octets(wire::kUdpHeaderSize);
  wire::UdpHeader{.source_port = kTheirPort, .destination_port = kOurPort}.emit(octets, kTheirs, destination, payload);
  octets.insert(octets.end(), payload.begin(), payload.end());
  return datagram(kTheirs, destination, wire::ip_protocol::kUdp, octets);
}

Octets tcp(TcpFlags flags, std::uint32_t seq, std::uint32_t ack, std::string_view text = {}) {
  Segment segment;
  segment.source_port = kTheirPort;
  segment.destination_port = kOurPort;
  segment.seq = {seq};
  segment.ack = {ack};
  segment.flags = flags;
  segment.window = 65535;
  if (flags.syn()) segment.options.mss = std::uint16_t{1460};
  Octets octets(wire::kTcpHeaderSize + segment.options.encoded_size());
  wire::emit_tcp_header(segment, octets);
  octets.insert(octets.end(), text.begin(), text.end());
  const auto sum =
      wire::pseudo_header_sum(kTheirs, kOurs, wire::ip_protocol::kTcp, static_cast<std::uint32_t>(octets.size()))
          .add(octets)
          .checksum();
  octets[wire::kTcpChecksumOffset] = static_cast<std::uint8_t>(sum >> 8);
  octets[wire::kTcpChecksumOffset + 1] = static_cast<std::uint8_t>(sum);
  return datagram(kTheirs, kOurs, wire::ip_protocol::kTcp, octets);
}

// What left, understood; the octets live as long as this does.
struct Seen {
  Instant time;
  Octets octets;
  wire::Ipv4Header ip;
  Segment segment;
};

Seen next_segment(Laboratory& bench) {
  Seen seen;
  auto emitted = bench.take();
  if (!emitted) return ADD_FAILURE() << "nothing left the stack", seen;
  seen.time = emitted->time;
  for (const std::byte octet : emitted->octets) seen.octets.push_back(std::to_integer<std::uint8_t>(octet));
  const auto ip = wire::Ipv4Header::parse(seen.octets);
  if (!ip) return ADD_FAILURE() << "no IPv4 header", seen;
  seen.ip = *ip;
  const auto view = wire::TcpView::parse(ByteView(seen.octets).subspan(ip->header_size));
  if (!view || !view->checksum_is_good(ip->source, ip->destination)) return ADD_FAILURE() << "bad TCP", seen;
  seen.segment = view->to_segment();
  return seen;
}

sockaddr_in name(Ipv4Address address, Port port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.value);
  return name;
}

int bound(int type) {
  const int fd = ft_socket(AF_INET, type, 0);
  const sockaddr_in local = name({}, kOurPort);
  EXPECT_EQ(ft_bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local), 0);
  return fd;
}

constexpr TcpFlags kSyn{TcpFlags::kSyn};
constexpr TcpFlags kAck{TcpFlags::kAck};
constexpr TcpFlags kPshAck{TcpFlags::kPsh | TcpFlags::kAck};

// A connection that a listener accepted, by a handshake of hand-made segments.
struct Accepted {
  explicit Accepted(Laboratory& bench) : listener(bound(SOCK_STREAM)) {
    EXPECT_EQ(ft_listen(listener, 1), 0);
    bench.give(tcp(kSyn, 100, 0));
    const Seen answer = next_segment(bench);
    EXPECT_TRUE(answer.segment.flags.syn() && answer.segment.flags.ack());
    EXPECT_EQ(answer.segment.ack, SeqNum{101});
    EXPECT_EQ(answer.ip.destination, kTheirs);
    first = answer.segment.seq.value + 1;
    bench.give(tcp(kAck, 101, first));
    fd = ft_accept(listener, nullptr, nullptr);
    EXPECT_GE(fd, 0);
  }
  ~Accepted() {
    ft_close(fd);
    ft_close(listener);
  }
  int listener;
  int fd = -1;
  std::uint32_t first = 0;  // our first octet's sequence number
};

TEST(Laboratory, CarriesDatagramsInAndOutWithoutArp) {
  Laboratory bench({});
  const int fd = bound(SOCK_DGRAM);
  bench.give(udp("hello"));
  char text[16] = {};
  sockaddr_in from{};
  socklen_t length = sizeof from;
  ASSERT_EQ(ft_recvfrom(fd, text, sizeof text, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length), 5);
  ASSERT_EQ(ft_sendto(fd, text, 5, 0, reinterpret_cast<const sockaddr*>(&from), length), 5);
  const auto answer = bench.take();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->time, bench.now());
  ASSERT_EQ(answer->octets.size(), 33U);
  EXPECT_EQ(std::to_integer<int>(answer->octets[0]), 0x45);
  EXPECT_EQ(std::to_integer<char>(answer->octets[28]), 'h');
  EXPECT_FALSE(bench.has_emitted());
  ft_close(fd);
}

TEST(Laboratory, ReachesNeighboursOfItsNetworkToo) {
  Laboratory bench({});
  const int fd = ft_socket(AF_INET, SOCK_DGRAM, 0);
  const sockaddr_in to = name(Ipv4Address::from_octets(192, 168, 7, 7), 9);
  EXPECT_EQ(ft_sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 1);
  EXPECT_TRUE(bench.take());
  ft_close(fd);
}

TEST(Laboratory, ShakesHandsAndDeliversData) {
  Laboratory bench({});
  const Accepted connection(bench);
  bench.give(tcp(kPshAck, 101, connection.first, "data"));
  char text[16];
  EXPECT_EQ(ft_read(connection.fd, text, sizeof text), 4);
  EXPECT_EQ(ft_write(connection.fd, "four", 4), 4);
  const Seen answer = next_segment(bench);
  EXPECT_EQ(answer.segment.ack, SeqNum{105});
  EXPECT_EQ(answer.segment.payload.size(), 4U);
}

TEST(Laboratory, AdvancesThroughTimersInOrderAndStampsEachAtItsOwnTime) {
  Laboratory bench({});
  const Accepted connection(bench);
  const Instant start = bench.now();
  ASSERT_EQ(ft_write(connection.fd, "four", 4), 4);
  bench.advance_to(start + 5s);
  EXPECT_EQ(bench.now(), start + 5s);
  std::vector<Duration> times;
  while (bench.has_emitted()) times.push_back(next_segment(bench).time - start);
  ASSERT_GE(times.size(), 4U);
  EXPECT_EQ(times[0], 0s);
  for (std::size_t i = 2; i < times.size(); ++i) {
    EXPECT_EQ(times[i] - times[i - 1], 2 * (times[i - 1] - times[i - 2])) << i;  // [RFC6298 5.5]
  }
}

TEST(Laboratory, StepsToWhatIsDueNextAndNoFurtherThanAsked) {
  Laboratory bench({});
  EXPECT_FALSE(bench.step());
  const Accepted connection(bench);
  ASSERT_EQ(ft_write(connection.fd, "four", 4), 4);
  (void)next_segment(bench);
  const Instant due = bench.next_deadline();
  EXPECT_FALSE(bench.step(due - 1ms));
  EXPECT_EQ(bench.now(), due - 1ms);
  EXPECT_TRUE(bench.step());
  EXPECT_EQ(bench.now(), due);
  EXPECT_EQ(next_segment(bench).time, due);
}

TEST(Laboratory, NeverMovesTimeBack) {
  Laboratory bench({});
  const Instant start = bench.now();
  bench.advance_to(start - 1s);
  EXPECT_EQ(bench.now(), start);
}

TEST(Laboratory, LetsABlockingCallMoveTimeUntilItsTimeIsOut) {
  Laboratory bench({});
  const int fd = bound(SOCK_DGRAM);
  const timeval limit{.tv_sec = 2, .tv_usec = 0};
  ASSERT_EQ(ft_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  const Instant start = bench.now();
  char text[4];
  EXPECT_EQ(ft_recv(fd, text, sizeof text, 0), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(bench.now(), start + 2s);
  ft_close(fd);
}

TEST(Laboratory, AsksTheGivenFunctionWhileACallBlocks) {
  Laboratory* world = nullptr;
  int asked = 0;
  laboratory::Setup setup;
  setup.while_blocked = [&](Instant) {
    if (++asked == 2) world->give(udp("late"));
    return asked < 10;
  };
  Laboratory bench(std::move(setup));
  world = &bench;
  const int fd = bound(SOCK_DGRAM);
  char text[8];
  EXPECT_EQ(ft_recv(fd, text, sizeof text, 0), 4);
  EXPECT_EQ(asked, 2);
  ft_close(fd);
}

TEST(Laboratory, TakesOnTheAddressesThatDatagramsAreSentToUpToABound) {
  Laboratory bench({});
  const int fd = bound(SOCK_DGRAM);
  char text[8];
  for (std::uint8_t i = 1; i <= Laboratory::kMaxAdopted; ++i) {
    bench.give(udp("x", Ipv4Address::from_octets(10, 9, 8, i)));
    EXPECT_EQ(ft_recv(fd, text, sizeof text, MSG_DONTWAIT), 1) << int{i};
  }
  bench.give(udp("x", Ipv4Address::from_octets(10, 9, 9, 1)));
  EXPECT_EQ(ft_recv(fd, text, sizeof text, MSG_DONTWAIT), -1);
  EXPECT_TRUE(bench.adopt(Ipv4Address::from_octets(10, 9, 8, 1)));
  EXPECT_FALSE(bench.adopt(Ipv4Address::from_octets(10, 9, 9, 1)));
  ft_close(fd);
}

TEST(Laboratory, TakesOnNoGroupBroadcastOrLoopbackAddress) {
  Laboratory bench({});
  for (const std::string_view text : {"0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.168.255.255"}) {
    EXPECT_FALSE(bench.adopt(*Ipv4Address::parse(text))) << text;
  }
}

TEST(Laboratory, SurvivesWhatIsNoDatagram) {
  Laboratory bench({});
  bench.give({});
  bench.give(Octets(3, 0x45));
  bench.give(Octets(2000, 0xff));
  bench.give(Octets(70000, 0x45));
  EXPECT_FALSE(bench.has_emitted());
  EXPECT_EQ(bench.dropped(), 1U);  // what is larger than any datagram
}

TEST(Laboratory, IsTheDefaultStackWhileItLives) {
  ft_stack* const before = ft_current_stack();
  {
    const Laboratory bench({});
    EXPECT_NE(ft_current_stack(), before);
  }
  EXPECT_EQ(ft_current_stack(), before);
}

TEST(Laboratory, FindsAGatewayOnEveryNetwork) {
  for (const std::uint8_t length : std::initializer_list<std::uint8_t>{8, 24, 30, 32}) {
    laboratory::Setup setup;
    setup.address = {Ipv4Address::from_octets(10, 1, 2, 3), length};
    Laboratory bench(std::move(setup));
    const int fd = ft_socket(AF_INET, SOCK_DGRAM, 0);
    const sockaddr_in to = name(kTheirs, 9);
    EXPECT_EQ(ft_sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 1);
    EXPECT_TRUE(bench.has_emitted()) << int{length};
    ft_close(fd);
  }
}

TEST(Laboratory, CutsSegmentsToItsMtu) {
  laboratory::Setup setup;
  setup.mtu = 600;
  Laboratory bench(std::move(setup));
  const Accepted connection(bench);
  const std::vector<char> data(2000);
  ASSERT_EQ(ft_write(connection.fd, data.data(), data.size()), 2000);
  while (bench.has_emitted()) EXPECT_LE(next_segment(bench).octets.size(), 600U);
}

}  // namespace
}  // namespace fourtuple::laboratory
