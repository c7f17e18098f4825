#include "drivers/raw/raw.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

#include "drivers/interface.hpp"
#include "drivers/segmentation.hpp"
#include "frames.hpp"
#include "private_network.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr Instant kNow{};
constexpr const char* kOurs = "ftraw0";
constexpr const char* kKernels = "ftraw1";

void command(const std::string& line) {
  if (std::system((line + " 2>/dev/null").c_str()) == 0) return;
  skip_child("`" + line + "` failed");
}

std::unique_ptr<RawDriver> open_driver(const RawOptions& options, BufferPool& pool) {
  auto driver = RawDriver::open(options, pool);
  if (driver) return std::move(*driver);
  skip_child(driver.error().cause + "; " + driver.error().cure);
}

std::size_t send_one(Driver& driver, const TransmitFrame& frame) { return driver.send({&frame, 1}, kNow); }

// The kernel loses what is sent before it has noticed, in its own time, that both ends of the cable are plugged in.
void wait_until_it_carries(Driver& from, Driver& to) {
  const auto probe = tcp_frame({});
  std::vector<PacketBuffer> frames;
  while (to.receive(frames, 1, kNow) == 0) {
    send_one(from, one_piece(probe));
    std::this_thread::yield();
  }
}

// Two ends of one cable; the kernel has no address yet. IPv6 would talk in between.
void make_cable() {
  command("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 || true");
  command(std::string("ip link add ") + kOurs + " type veth peer name " + kKernels);
  ASSERT_TRUE(interface::set_up(kOurs));
  ASSERT_TRUE(interface::set_up(kKernels));
  BufferPool pool;
  const auto left = open_driver({.interface = kOurs}, pool);
  const auto right = open_driver({.interface = kKernels}, pool);
  wait_until_it_carries(*left, *right);
  wait_until_it_carries(*right, *left);
}

// Waits for `count` frames that `wanted` likes; gives up after five silent seconds.
template <class Wanted>
std::vector<PacketBuffer> receive_frames(Driver& driver, std::size_t count, Wanted wanted) {
  std::vector<PacketBuffer> result;
  while (result.size() < count) {
    std::vector<PacketBuffer> frames;
    if (driver.receive(frames, 50, kNow) == 0) {
      pollfd entry{.fd = driver.descriptor(), .events = POLLIN, .revents = 0};
      if (::poll(&entry, 1, 5000) != 1) return result;
    }
    for (auto& frame : frames) {
      if (wanted(frame)) result.push_back(std::move(frame));
    }
  }
  return result;
}

bool is_udp(const PacketBuffer& frame) {
  return frame.size() > 42 && frame.bytes()[12] == 8 && frame.bytes()[13] == 0 && frame.bytes()[23] == 17;
}
bool is_anything(const PacketBuffer& /*frame*/) { return true; }

// The kernel sends a datagram to us without asking for our hardware address.
void kernel_sends(std::size_t size) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(kOurIp.value);
  const auto payload = payload_octets(size);
  EXPECT_EQ(::sendto(socket.get(), payload.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)),
            static_cast<ssize_t>(size));
}

void give_kernel_an_address() {
  ASSERT_TRUE(interface::set_ipv4(kKernels, {kPeerIp, 24}));
  command("ip neigh replace 10.0.0.4 lladdr 02:00:00:00:00:04 dev " + std::string(kKernels));
}

TEST(Raw, CarriesFramesBothWays){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  BufferPool pool;
  const auto left = open_driver({.interface = kOurs, .mac = kOurMac}, pool);
  const auto right = open_driver({.interface = kKernels, .mac = kPeerMac}, pool);
  EXPECT_EQ(left->name(), "ftraw0 (raw)");
  EXPECT_EQ(left->capabilities().mtu, 1500U);
  std::vector<std::vector<std::uint8_t>> sent;
  std::vector<TransmitFrame> views;
  for (std::size_t i = 0; i < 100; ++i) sent.push_back(tcp_frame({.payload = i * 14}));
  for (const auto& frame : sent) {
    TransmitFrame view = one_piece(ByteView(frame).first(kHeaders));
    view.pieces[view.piece_count++] = ByteView(frame).subspan(kHeaders);
    views.push_back(view);
  }
  EXPECT_EQ(left->send(views, kNow), 100U);
  const auto arrived = receive_frames(*right, 100, is_anything);
  ASSERT_EQ(arrived.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(flat(arrived[i]), sent[i]);
  std::vector<PacketBuffer> echo;
  EXPECT_EQ(left->receive(echo, 10, kNow), 0U) << "our own frames come back";
})}

TEST(Raw, RefusesAnInterfaceWhoseAddressTheKernelOwns){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  give_kernel_an_address();
  BufferPool pool;
  const auto driver = RawDriver::open({.interface = kKernels}, pool);
  ASSERT_FALSE(driver);
  EXPECT_NE(driver.error().cause.find("the kernel owns 10.0.0.5 on ftraw1"), std::string::npos);
  EXPECT_NE(driver.error().cure.find("ip addr flush dev ftraw1"), std::string::npos);
})}

TEST(Raw, RefusesInterfacesThatAreMissingDownOrNotEthernet){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  BufferPool pool;
  ASSERT_TRUE(interface::set_up(kOurs, false));
  EXPECT_EQ(RawDriver::open({.interface = kOurs}, pool).error().cause, "ftraw0 is down");
  EXPECT_EQ(RawDriver::open({.interface = "lo"}, pool).error().cause, "lo does not carry Ethernet frames");
  const auto missing = RawDriver::open({.interface = "ftraw9"}, pool);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().cause.find("ftraw9: No such device"), std::string::npos) << missing.error().cause;
  EXPECT_FALSE(RawDriver::open({.interface = "a-name-that-is-too-long"}, pool));
})}

TEST(Raw, TellsThatTheKernelLeftAChecksumPartial){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  give_kernel_an_address();
  BufferPool pool;
  const auto driver = open_driver({.interface = kOurs, .mac = kOurMac}, pool);
  kernel_sends(101);
  auto frames = receive_frames(*driver, 1, is_udp);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].offload.checksum, ChecksumState::kPartial);
  ASSERT_TRUE(complete_checksum(frames[0].bytes(), frames[0].offload));
  const ByteView datagram = frames[0].bytes().subspan(34);
  EXPECT_TRUE(wire::UdpHeader::parse(datagram)->checksum_is_good(kPeerIp, kOurIp, datagram));
})}

TEST(Raw, GetsFinalChecksumsOnceTheKernelsOffloadsAreOff){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  give_kernel_an_address();
  ASSERT_TRUE(interface::disable_offloads(kKernels));
  BufferPool pool;
  const auto driver = open_driver({.interface = kOurs, .mac = kOurMac}, pool);
  kernel_sends(101);
  const auto frames = receive_frames(*driver, 1, is_udp);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_NE(frames[0].offload.checksum, ChecksumState::kPartial);
  const ByteView datagram = frames[0].bytes().subspan(34);
  EXPECT_TRUE(wire::UdpHeader::parse(datagram)->checksum_is_good(kPeerIp, kOurIp, datagram));
})}

TEST(Raw, TakesFramesThatAreLargerThanASmallBuffer){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  ASSERT_TRUE(interface::set_mtu(kOurs, 9000));
  ASSERT_TRUE(interface::set_mtu(kKernels, 9000));
  give_kernel_an_address();
  BufferPool pool;
  const auto driver = open_driver({.interface = kOurs, .mac = kOurMac}, pool);
  kernel_sends(8000);
  const auto frames = receive_frames(*driver, 1, is_udp);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_LT(frames[0].capacity(), 2 * frames[0].size());
  const auto sent = payload_octets(8000);
  EXPECT_TRUE(std::equal(sent.begin(), sent.end(), frames[0].data() + 42));
})}

TEST(Raw, DropsAndCountsVlanTaggedFrames){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  BufferPool pool;
  const auto left = open_driver({.interface = kOurs, .mac = kOurMac}, pool);
  const auto right = open_driver({.interface = kKernels, .mac = kPeerMac}, pool);
  const auto plain = tcp_frame({.payload = 10});
  auto tagged = plain;
  tagged.insert(tagged.begin() + 12, {0x81, 0x00, 0x00, 0x07});
  EXPECT_EQ(send_one(*left, one_piece(tagged)), 1U);
  EXPECT_EQ(send_one(*left, one_piece(plain)), 1U);
  const auto frames = receive_frames(*right, 1, is_anything);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(flat(frames[0]), plain);
  EXPECT_EQ(right->counters().receive_vlan, 1U);
})}

TEST(Raw, PassesOverFramesThatTheKernelRefusesAndSendsTheRest){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  BufferPool pool;
  const auto left = open_driver({.interface = kOurs}, pool);
  const auto right = open_driver({.interface = kKernels}, pool);
  const auto good = tcp_frame({.payload = 10});
  const auto long_one = tcp_frame({.payload = 3000});
  auto partial = good;
  make_partial(partial);
  const std::vector<TransmitFrame> frames{one_piece(good), one_piece(long_one), one_piece(partial, partial_offload()),
                                          one_piece(good)};
  EXPECT_EQ(left->send(frames, kNow), 2U);
  EXPECT_EQ(left->counters().send_refused, 2U);
  EXPECT_EQ(receive_frames(*right, 2, is_anything).size(), 2U);
})}

TEST(Raw, ReportsThatTheInterfaceWasDeleted){FOURTUPLE_IN_PRIVATE_NETWORK({
  make_cable();
  BufferPool pool;
  const auto driver = open_driver({.interface = kOurs}, pool);
  command(std::string("ip link del ") + kOurs);
  std::vector<PacketBuffer> frames;
  EXPECT_EQ(driver->receive(frames, 10, kNow), 0U);
  EXPECT_NE(driver->failure_text().find("the interface is gone"), std::string::npos);
})}

TEST(Raw, DropsAndCountsWhatFindsNoBuffer) {
  FOURTUPLE_IN_PRIVATE_NETWORK({
    make_cable();
    BufferPool empty(100);
    BufferPool pool;
    const auto left = open_driver({.interface = kOurs}, pool);
    const auto right = open_driver({.interface = kKernels}, empty);
    EXPECT_EQ(send_one(*left, one_piece(tcp_frame({.payload = 10}))), 1U);
    EXPECT_TRUE(receive_frames(*right, 0, is_anything).empty());
    std::vector<PacketBuffer> frames;
    EXPECT_EQ(right->receive(frames, 10, kNow), 0U);
    EXPECT_EQ(right->counters().receive_no_buffer, 1U);
  })
}

}  // namespace
}  // namespace fourtuple
