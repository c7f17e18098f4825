#include "drivers/segmentation.hpp"

#include <gtest/gtest.h>

#include "frames.hpp"
#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

using namespace test;

struct Parsed {
  wire::Ipv4Header ip;
  Segment tcp;
};

// Parses a single packet and checks everything a receiver would.
Parsed parse_good(const std::vector<std::uint8_t>& frame) {
  const ByteView packet = ByteView(frame).subspan(wire::kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet);
  EXPECT_TRUE(ip);
  EXPECT_EQ(ip->total_length, packet.size());
  const auto tcp = wire::TcpView::parse(packet.subspan(wire::kIpv4HeaderSize));
  EXPECT_TRUE(tcp);
  EXPECT_TRUE(tcp->checksum_is_good(ip->source, ip->destination));
  return {*ip, tcp->to_segment()};
}

std::vector<std::vector<std::uint8_t>> cut(const TransmitFrame& frame,
                                           SegmentChecksums checksums = SegmentChecksums::kFill) {
  std::vector<std::uint8_t> scratch;
  std::vector<std::vector<std::uint8_t>> packets;
  for_each_segment(
      frame, scratch, [&](const TransmitFrame& packet) { packets.push_back(flat(packet)); }, checksums);
  return packets;
}

TEST(SoftwareSegmentation, CutsASuperSegmentIntoValidPacketsThatJoinToTheSamePayload) {
  auto super = tcp_frame({.payload = 10'001});
  make_partial(super);
  const auto packets = cut(one_piece(super, partial_offload(1460)));
  ASSERT_EQ(packets.size(), 7U);
  std::vector<std::uint8_t> joined;
  std::uint32_t seq = 0xfffffff0;
  std::uint16_t id = 0xffff;
  for (const auto& frame : packets) {
    const Parsed parsed = parse_good(frame);
    EXPECT_EQ(parsed.tcp.seq.value, seq);
    EXPECT_EQ(parsed.ip.identification, id++);
    seq += static_cast<std::uint32_t>(parsed.tcp.payload.size());
    joined.insert(joined.end(), parsed.tcp.payload.begin(), parsed.tcp.payload.end());
  }
  EXPECT_EQ(joined, payload_octets(10'001));
}

TEST(SoftwareSegmentation, SaysFinAndPushOnTheLastPacketAndCwrOnTheFirst) {
  const std::uint8_t flags = TcpFlags::kAck | TcpFlags::kFin | TcpFlags::kPsh | TcpFlags::kCwr;
  auto super = tcp_frame({.flags = flags, .payload = 3000});
  make_partial(super);
  const auto packets = cut(one_piece(super, partial_offload(1000)));
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(parse_good(packets[0]).tcp.flags.bits, TcpFlags::kAck | TcpFlags::kCwr);
  EXPECT_EQ(parse_good(packets[1]).tcp.flags.bits, TcpFlags::kAck);
  EXPECT_EQ(parse_good(packets[2]).tcp.flags.bits, TcpFlags::kAck | TcpFlags::kFin | TcpFlags::kPsh);
}

TEST(SoftwareSegmentation, GathersFromOddPiecesWithoutCopyingPayload) {
  auto super = tcp_frame({.payload = 5000});
  make_partial(super);
  TransmitFrame frame;
  frame.offload = partial_offload(999);
  frame.pieces[frame.piece_count++] = ByteView(super).first(kHeaders);
  for (std::size_t at = kHeaders; at < super.size(); at += 701) {
    frame.pieces[frame.piece_count++] = ByteView(super).subspan(at, std::min<std::size_t>(701, super.size() - at));
  }
  EXPECT_EQ(cut(frame), cut(one_piece(super, partial_offload(999))));
  std::vector<std::uint8_t> scratch;
  for_each_segment(frame, scratch, [&](const TransmitFrame& packet) {
    for (std::size_t i = 1; i < packet.piece_count; ++i) {
      EXPECT_GE(packet.pieces[i].data(), super.data());
      EXPECT_LT(packet.pieces[i].data(), super.data() + super.size());
    }
  });
}

TEST(SoftwareSegmentation, KeepsEverySegmentValidUntilTheScratchChanges) {
  auto super = tcp_frame({.payload = 4000});
  make_partial(super);
  const TransmitFrame frame = one_piece(super, partial_offload(100));
  std::vector<std::uint8_t> scratch;
  std::vector<TransmitFrame> kept;
  for_each_segment(frame, scratch, [&](const TransmitFrame& packet) { kept.push_back(packet); });
  ASSERT_EQ(kept.size(), 40U);
  for (const auto& packet : kept) parse_good(flat(packet));
}

TEST(SoftwareSegmentation, EndsAPacketEarlyWhereItsPiecesRunOut) {
  auto super = tcp_frame({.payload = 1800});
  make_partial(super);
  TransmitFrame frame;
  frame.offload = partial_offload(1800);
  frame.pieces[frame.piece_count++] = ByteView(super).first(kHeaders + 100);
  while (frame.piece_count < TransmitFrame::kMaxPieces) {
    frame.pieces[frame.piece_count] = ByteView(super).subspan(kHeaders + 100U * frame.piece_count, 100);
    ++frame.piece_count;
  }
  ASSERT_EQ(frame.size(), super.size());
  const auto packets = cut(frame);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(parse_good(packets[0]).tcp.payload.size(), 1700U);
  EXPECT_EQ(parse_good(packets[1]).tcp.payload.size(), 100U);
}

TEST(SoftwareSegmentation, CanLeaveTheSumToTheDevice) {
  auto super = tcp_frame({.payload = 2500});
  make_partial(super);
  std::vector<std::uint8_t> scratch;
  for_each_segment(
      one_piece(super, partial_offload(1000)), scratch,
      [](const TransmitFrame& packet) {
        auto bytes = flat(packet);
        OffloadInfo offload = packet.offload;
        EXPECT_EQ(offload.checksum, ChecksumState::kPartial);
        EXPECT_TRUE(complete_checksum(bytes, offload));
        EXPECT_EQ(offload.checksum, ChecksumState::kComplete);
        parse_good(bytes);
      },
      SegmentChecksums::kLeavePartial);
}

TEST(SoftwareSegmentation, FillsTheChecksumOfASinglePartialPacket) {
  const auto complete = tcp_frame({.payload = 77});
  auto partial = complete;
  make_partial(partial);
  EXPECT_EQ(cut(one_piece(partial, partial_offload())), std::vector({complete}));
}

TEST(SoftwareSegmentation, PassesOtherFramesOnAsTheyAre) {
  const auto frame = tcp_frame({.payload = 77});
  EXPECT_EQ(cut(one_piece(frame)), std::vector({frame}));
  const std::vector<std::uint8_t> short_frame(9, 0xab);
  EXPECT_EQ(cut(one_piece(short_frame, partial_offload(10))).size(), 1U);
}

// Frames and offload words of a hostile device; the sanitizers watch. Whatever is cut keeps every payload octet.
TEST(SoftwareSegmentation, StaysInsideOfTheFrameWhateverTheDeviceClaims) {
  auto random = RandomSource::from_seed(30);
  const auto number = [&random](std::uint64_t bound) { return static_cast<std::uint16_t>(random.below(bound)); };
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = tcp_frame({.payload = random.below(300)});
    for (std::uint64_t i = random.below(4); i != 0; --i) {
      bytes[random.below(kHeaders)] = static_cast<std::uint8_t>(random.next());
    }
    bytes.resize(random.below(4) == 0 ? random.below(bytes.size() + 1) : bytes.size());
    bytes.shrink_to_fit();
    const OffloadInfo offload{.checksum = static_cast<ChecksumState>(random.below(4)),
                              .checksum_start = number(100),
                              .checksum_offset = number(30),
                              .gso_size = number(200),
                              .header_length = number(200)};
    std::vector<std::uint8_t> scratch;
    std::size_t octets = 0;
    std::size_t packets = 0;
    for_each_segment(one_piece(bytes, offload), scratch, [&](const TransmitFrame& packet) {
      octets += flat(packet).size();
      ++packets;
    });
    const auto shape = TcpFrameShape::of(bytes);
    const std::size_t repeated = shape && offload.gso_size != 0 ? (packets - 1) * shape->header_length : 0;
    ASSERT_EQ(octets, bytes.size() + repeated);
    OffloadInfo claimed = offload;
    static_cast<void>(complete_checksum(bytes, claimed));
  }
}

TEST(PartialChecksum, IsNotFilledOutsideOfTheFrame) {
  auto frame = tcp_frame({.payload = 4});
  const auto before = frame;
  OffloadInfo offload = partial_offload();
  offload.checksum_start = static_cast<std::uint16_t>(frame.size() - 3);
  EXPECT_FALSE(complete_checksum(frame, offload));
  offload.checksum_start = 0xffff;
  offload.checksum_offset = 0xffff;
  EXPECT_FALSE(complete_checksum(frame, offload));
  EXPECT_FALSE(partial_checksum_value(one_piece(frame, offload)));
  EXPECT_EQ(frame, before);
}

TEST(TcpFrameShape, IsNotFoundInCutFramesFragmentsOrOtherProtocols) {
  const auto frame = tcp_frame({.payload = 20});
  ASSERT_TRUE(TcpFrameShape::of(frame));
  EXPECT_EQ(TcpFrameShape::of(frame)->header_length, kHeaders);
  for (std::size_t size = 0; size < kHeaders; ++size) EXPECT_FALSE(TcpFrameShape::of(ByteView(frame).first(size)));
  auto fragment = frame;
  fragment[20] |= 0x20;  // more fragments
  EXPECT_FALSE(TcpFrameShape::of(fragment));
  auto udp = frame;
  udp[23] = wire::ip_protocol::kUdp;
  EXPECT_FALSE(TcpFrameShape::of(udp));
  auto bad_offset = frame;
  bad_offset[kTcpOffset + 12] = 0x40;
  EXPECT_FALSE(TcpFrameShape::of(bad_offset));
}

}  // namespace
}  // namespace fourtuple
