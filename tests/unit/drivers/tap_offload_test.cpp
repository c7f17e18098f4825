// Super-segments through a TAP, both ways, against the kernel's TCP and a peer made by hand.
#include <gtest/gtest.h>
#include <unistd.h>

#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"
#include "tap_link.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr std::uint32_t kOurIss = 0xfffffff0;

// A connection that the kernel opens to us; we answer by hand.
struct Conversation {
  Conversation() : link({.name = "fttest0", .vnet_header = VnetHeader::kOn}) {
    kernel = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connect();
    answer_syn();
  }

  void connect() {
    const sockaddr_in from = address_of(kPeerIp, 4000);
    const sockaddr_in to = address_of(kOurIp, 80);
    EXPECT_EQ(::bind(kernel.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)), 0);
    EXPECT_EQ(::connect(kernel.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)), -1);
    EXPECT_EQ(errno, EINPROGRESS);
  }

  void answer_syn() {
    const auto syn = link.next(wire::ether_type::kIpv4, wire::ip_protocol::kTcp);
    ASSERT_TRUE(syn);
    kernel_seq = tcp_of(syn->bytes()).seq.value + 1;
    SegmentOptions options;
    options.mss = 1460;
    send({.flags = TcpFlags::kSyn | TcpFlags::kAck, .window = 65535, .options = options});
    ASSERT_TRUE(link.next(wire::ether_type::kIpv4, wire::ip_protocol::kTcp)) << "no ACK of our SYN";
  }

  static Segment tcp_of(ByteView frame) {
    const auto view = wire::TcpView::parse(frame.subspan(kTcpOffset));
    EXPECT_TRUE(view);
    return view->to_segment();
  }

  void send(TcpFrameSpec spec, std::uint16_t gso_size = 0) {
    spec.seq = (spec.flags & TcpFlags::kSyn) != 0 ? kOurIss : kOurIss + 1;
    spec.ack = kernel_seq;
    spec.destination = *interface::mac("fttest0");
    auto frame = tcp_frame(spec);
    make_partial(frame);
    EXPECT_EQ(link.send(one_piece(frame, partial_offload(gso_size))), 1U);
  }

  Link link;
  Descriptor kernel;
  std::uint32_t kernel_seq = 0;
};

TEST(TapOffload, ReceivesSuperSegmentsThatCutIntoGoodPackets){FOURTUPLE_IN_PRIVATE_NETWORK({
  Conversation talk;
  const auto payload = payload_octets(14'600);
  ASSERT_EQ(::write(talk.kernel.get(), payload.data(), payload.size()), 14'600);
  std::vector<std::uint8_t> got;
  std::vector<std::uint8_t> scratch;
  while (got.size() < payload.size()) {
    const auto frame = talk.link.next(wire::ether_type::kIpv4, wire::ip_protocol::kTcp);
    ASSERT_TRUE(frame);
    const auto segment = Conversation::tcp_of(frame->bytes());
    got.insert(got.end(), segment.payload.begin(), segment.payload.end());
    for_each_segment(frame_of(*frame), scratch, [](const TransmitFrame& packet) {
      const auto bytes = flat(packet);
      EXPECT_LE(bytes.size(), 1514U);
      EXPECT_TRUE(wire::TcpView::parse(ByteView(bytes).subspan(kTcpOffset))->checksum_is_good(kPeerIp, kOurIp));
    });
  }
  EXPECT_EQ(got, payload);
  EXPECT_GE(talk.link.driver->counters().received_super_frames, 1U);
})}

TEST(TapOffload, SendsSuperSegmentsThatTheKernelTakesWhole) {
  FOURTUPLE_IN_PRIVATE_NETWORK({
    Conversation talk;
    constexpr std::size_t kSize = 60'000;
    talk.send({.payload = kSize, .window = 65535}, 1460);
    std::vector<std::uint8_t> got(kSize + 1);
    std::size_t size = 0;
    while (size < kSize) {
      pollfd entry{.fd = talk.kernel.get(), .events = POLLIN, .revents = 0};
      ASSERT_EQ(::poll(&entry, 1, 5000), 1) << size;
      const ssize_t count = ::read(talk.kernel.get(), got.data() + size, got.size() - size);
      ASSERT_GT(count, 0);
      size += static_cast<std::size_t>(count);
    }
    got.resize(size);
    EXPECT_EQ(got, payload_octets(kSize));
  })
}

}  // namespace
}  // namespace fourtuple
