#include "drivers/tap/tap.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "drivers/segmentation.hpp"
#include "stack/wire/udp.hpp"
#include "tap_link.hpp"

namespace fourtuple {
namespace {

using namespace test;

void send_datagram(std::size_t size) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  const sockaddr_in to = address_of(kOurIp, 9);
  const auto payload = payload_octets(size);
  EXPECT_EQ(::sendto(socket.get(), payload.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)),
            static_cast<ssize_t>(size));
}

TEST(Tap, IsCreatedAndVanishesWithTheDriver){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  {
    const auto driver = open_or_skip({.name = "fttest0"}, pool);
    EXPECT_TRUE(driver->created());
    EXPECT_EQ(driver->name(), "fttest0");
    EXPECT_EQ(driver->capabilities().mtu, 1500U);
    EXPECT_TRUE(*interface::is_up("fttest0"));
  }
  EXPECT_FALSE(interface::exists("fttest0"));
  EXPECT_EQ(pool.bytes_in_use(), 0U);
})}

TEST(Tap, PersistsWhenAskedAndIsThenFound){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  EXPECT_TRUE(open_or_skip({.name = "fttest0", .persist = true, .mtu = 1400}, pool)->created());
  ASSERT_TRUE(interface::exists("fttest0"));
  const auto again = open_or_skip({.name = "fttest0", .vnet_header = VnetHeader::kOff}, pool);
  EXPECT_FALSE(again->created());
  EXPECT_EQ(again->capabilities().mtu, 1400U);
  EXPECT_FALSE(again->capabilities().tso4);
})}

TEST(Tap, TakesAFreeNameWhenGivenNone){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  const auto first = open_or_skip({}, pool);
  const auto second = open_or_skip({}, pool);
  EXPECT_EQ(first->name(), "tap0");
  EXPECT_EQ(second->name(), "tap1");
})}

TEST(Tap, SaysThatAnotherProgramIsAttached){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  const auto first = open_or_skip({.name = "fttest0"}, pool);
  const auto second = TapDriver::open({.name = "fttest0"}, pool);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cause, "another program is attached to fttest0");
  EXPECT_FALSE(second.error().cure.empty());
  EXPECT_FALSE(second.error().environment);
})}

TEST(Tap, RefusesAnInterfaceThatIsNoTap) {
  FOURTUPLE_IN_PRIVATE_NETWORK({
    BufferPool pool;
    open_or_skip({}, pool);
    const auto loopback = TapDriver::open({.name = "lo"}, pool);
    ASSERT_FALSE(loopback);
    EXPECT_NE(loopback.error().cause.find("not a TAP device"), std::string::npos) << loopback.error().cause;
  })
}

// Hides /dev in a mount namespace of the child's own.
bool hide_devices() {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/dev", "tmpfs", 0, nullptr) == 0;
}

TEST(Tap, SaysThatThisMachineHasNoTunDriver){FOURTUPLE_IN_PRIVATE_NETWORK({
  if (!hide_devices()) skip_child("no mount namespace allowed here");
  BufferPool pool;
  const auto driver = TapDriver::open({.name = "fttest0"}, pool);
  ASSERT_FALSE(driver);
  EXPECT_EQ(driver.error().cause, "cannot open /dev/net/tun: No such file or directory");
  EXPECT_NE(driver.error().cure.find("modprobe tun"), std::string::npos);
  EXPECT_TRUE(driver.error().environment);
})}

TEST(Tap, SaysHowAnOrdinaryUserGetsIn){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  { open_or_skip({.name = "fttest0", .persist = true}, pool); }
  if (::setresuid(65534, 65534, 65534) != 0) skip_child("cannot become another user");
  for (const char* const name : {"fttest0", "fttest1"}) {
    const auto driver = TapDriver::open({.name = name}, pool);
    ASSERT_FALSE(driver) << name;
    EXPECT_NE(driver.error().cure.find("run as root, or"), std::string::npos) << driver.error().cure;
    EXPECT_FALSE(driver.error().environment);
  }
})}

TEST(Tap, RefusesNamesThatNoInterfaceCanHave) {
  BufferPool pool;
  for (const char* const name : {"a-name-that-is-too-long", "a/b", "a b", "tap%d", ".."}) {
    const auto driver = TapDriver::open({.name = name}, pool);
    ASSERT_FALSE(driver) << name;
    EXPECT_NE(driver.error().cause.find("cannot be the name"), std::string::npos) << driver.error().cause;
  }
}

TEST(Tap, KeepsSmallFramesInSmallBuffersAndMiddleOnesInBuffersOfTheirSize){FOURTUPLE_IN_PRIVATE_NETWORK({
  Link link({.name = "fttest0", .mtu = 9000});
  send_datagram(100);
  const auto small = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp);
  ASSERT_TRUE(small);
  EXPECT_LE(small->capacity(), 2048U + 256U);
  send_datagram(3000);
  const auto middle = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp);
  ASSERT_TRUE(middle);
  EXPECT_EQ(middle->size(), 3000U + 42U);
  EXPECT_LT(middle->capacity(), 2 * middle->size());
  const auto sent = payload_octets(3000);
  EXPECT_TRUE(std::equal(sent.begin(), sent.end(), middle->data() + 42));
})}

TEST(Tap, TellsThatTheKernelLeftAChecksumPartial){FOURTUPLE_IN_PRIVATE_NETWORK({
  Link link({.name = "fttest0", .vnet_header = VnetHeader::kOn});
  send_datagram(101);
  auto frame = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->offload.checksum, ChecksumState::kPartial);
  EXPECT_EQ(frame->offload.checksum_start, 34U);
  EXPECT_EQ(frame->offload.checksum_offset, 6U);
  ASSERT_TRUE(complete_checksum(frame->bytes(), frame->offload));
  const ByteView datagram = frame->bytes().subspan(34);
  const auto header = wire::UdpHeader::parse(datagram);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->checksum_is_good(kPeerIp, kOurIp, datagram));
})}

TEST(Tap, HasFinalChecksumsWithoutTheOffloadHeader){FOURTUPLE_IN_PRIVATE_NETWORK({
  Link link({.name = "fttest0", .vnet_header = VnetHeader::kOff});
  send_datagram(101);
  const auto frame = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->offload.checksum, ChecksumState::kUnknown);
  const ByteView datagram = frame->bytes().subspan(34);
  EXPECT_TRUE(wire::UdpHeader::parse(datagram)->checksum_is_good(kPeerIp, kOurIp, datagram));
  auto refused = tcp_frame({.payload = 10});
  EXPECT_EQ(link.send(one_piece(refused, partial_offload())), 0U);
})}

// The next program on a persistent device must not inherit offloads that it did not ask for.
TEST(Tap, LeavesNoOffloadsBehindOnAPersistentDevice){FOURTUPLE_IN_PRIVATE_NETWORK({
  { Link link({.name = "fttest0", .vnet_header = VnetHeader::kOn, .persist = true}); }
  Link link({.name = "fttest0", .vnet_header = VnetHeader::kOff});
  send_datagram(101);
  const auto frame = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp);
  ASSERT_TRUE(frame);
  const ByteView datagram = frame->bytes().subspan(34);
  EXPECT_TRUE(wire::UdpHeader::parse(datagram)->checksum_is_good(kPeerIp, kOurIp, datagram));
})}

// A gathered, partial datagram of ours reaches a kernel socket whole.
TEST(Tap, SendsGatheredPiecesAndLetsTheKernelFillTheSum){FOURTUPLE_IN_PRIVATE_NETWORK({
  Link link({.name = "fttest0", .vnet_header = VnetHeader::kOn});
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  const sockaddr_in local = address_of(kPeerIp, 9);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&local), sizeof(local)), 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));

  const auto payload = payload_octets(1000);
  std::vector<std::uint8_t> header(42);
  const ByteSpan bytes(header);
  wire::EthernetHeader{.destination = *interface::mac("fttest0"), .source = kOurMac, .type = wire::ether_type::kIpv4}
      .emit(bytes);
  wire::Ipv4Header ip;
  ip.total_length = 28 + 1000;
  ip.protocol = wire::ip_protocol::kUdp;
  ip.source = kOurIp;
  ip.destination = kPeerIp;
  ip.emit(bytes.subspan(14));
  wire::UdpHeader{.source_port = 5, .destination_port = 9, .length = 1008}.emit(bytes.subspan(34), kOurIp, kPeerIp,
                                                                                payload);
  const std::uint16_t pseudo = wire::pseudo_header_sum(kOurIp, kPeerIp, wire::ip_protocol::kUdp, 1008).folded();
  header[40] = static_cast<std::uint8_t>(pseudo >> 8);
  header[41] = static_cast<std::uint8_t>(pseudo);
  TransmitFrame frame;
  frame.pieces[0] = header;
  frame.pieces[1] = ByteView(payload).first(333);
  frame.pieces[2] = ByteView(payload).subspan(333);
  frame.piece_count = 3;
  frame.offload = {.checksum = ChecksumState::kPartial, .checksum_start = 34, .checksum_offset = 6};
  ASSERT_EQ(link.send(frame), 1U);
  std::vector<std::uint8_t> got(2000);
  const ssize_t count = ::recv(socket.get(), got.data(), got.size(), 0);
  ASSERT_EQ(count, 1000);
  got.resize(1000);
  EXPECT_EQ(got, payload);
})}

TEST(Tap, ReportsThatTheDeviceWasDeleted){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  const auto driver = open_or_skip({.name = "fttest0"}, pool);
  EXPECT_TRUE(driver->failure_text().empty());
  if (std::system("ip link del fttest0") != 0) {
    std::printf("SKIPPED: no ip command\n");
    std::fflush(nullptr);
    ::_exit(kSkipped);
  }
  std::vector<PacketBuffer> frames;
  driver->receive(frames, 100, kNow);
  EXPECT_EQ(driver->receive(frames, 100, kNow), 0U);
  EXPECT_NE(driver->failure_text().find("the device is gone"), std::string::npos);
})}

TEST(Tap, DropsAndCountsWhatFindsNoBuffer) {
  FOURTUPLE_IN_PRIVATE_NETWORK({
    Link link({.name = "fttest0"});
    send_datagram(10);
    ASSERT_TRUE(link.next(wire::ether_type::kIpv4, wire::ip_protocol::kUdp));
    link.pool.set_limit_bytes(0);
    send_datagram(10);
    std::vector<PacketBuffer> frames;
    EXPECT_EQ(link.driver->receive(frames, 100, kNow), 0U);
    EXPECT_GE(link.driver->counters().receive_no_buffer, 1U);
    pollfd entry{.fd = link.driver->descriptor(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&entry, 1, 0), 0);
  })
}

}  // namespace
}  // namespace fourtuple
