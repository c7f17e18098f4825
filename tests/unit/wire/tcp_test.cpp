#include "stack/wire/tcp.hpp"

#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"
#include "tests/unit/wire/naive_checksum.hpp"

namespace fourtuple {
namespace {

using Bytes = std::vector<std::uint8_t>;

const IpAddress kOurs = Ipv4Address::from_octets(10, 0, 0, 4);
const IpAddress kTheirs = Ipv4Address::from_octets(10, 0, 0, 5);

Segment sample() {
  Segment segment;
  segment.source_port = 55715;
  segment.destination_port = 80;
  segment.seq = {0xfffffff0};
  segment.ack = {0x00000010};
  segment.flags = {TcpFlags::kAck | TcpFlags::kPsh | TcpFlags::kUrg | TcpFlags::kEce};
  segment.window = 0xabcd;
  segment.urgent = 0x1234;
  return segment;
}

// The segment as bytes with a correct checksum.
Bytes bytes_of(const Segment& segment) {
  Bytes bytes(wire::kTcpMaxHeaderSize);
  bytes.resize(wire::emit_tcp_header(segment, bytes));
  bytes.insert(bytes.end(), segment.payload.begin(), segment.payload.end());
  const std::uint16_t sum =
      wire::pseudo_header_sum(kTheirs, kOurs, wire::ip_protocol::kTcp, static_cast<std::uint32_t>(bytes.size()))
          .add(bytes)
          .checksum();
  bytes[wire::kTcpChecksumOffset] = static_cast<std::uint8_t>(sum >> 8);
  bytes[wire::kTcpChecksumOffset + 1] = static_cast<std::uint8_t>(sum);
  return bytes;
}

void expect_dropped(ByteView bytes, DropReason reason) {
  const auto view = wire::TcpView::parse(bytes);
  ASSERT_FALSE(view) << "expected " << name(reason);
  EXPECT_EQ(view.error(), reason);
}

TEST(TcpFlagsText, UsesTheLettersOfPacketScripts) {
  EXPECT_EQ(to_string(TcpFlags{}), "-");
  EXPECT_EQ(to_string(TcpFlags{TcpFlags::kSyn | TcpFlags::kAck}), "S.");
  EXPECT_EQ(to_string(TcpFlags{TcpFlags::kFin | TcpFlags::kPsh | TcpFlags::kAck}), "FP.");
  EXPECT_EQ(to_string(TcpFlags{TcpFlags::kAck}), ".");
  EXPECT_EQ(to_string(TcpFlags{0xff}), "SFRP.UEW");
}

TEST(TcpHeader, WritesEveryFieldWhereTheRfcDrawsIt) {  // [RFC9293 3.1]
  Bytes bytes(20, 0xee);
  ASSERT_EQ(wire::emit_tcp_header(sample(), bytes), 20U);
  EXPECT_EQ(bytes, (Bytes{0xd9, 0xa3, 0x00, 0x50, 0xff, 0xff, 0xff, 0xf0, 0x00, 0x00,
                          0x00, 0x10, 0x50, 0x78, 0xab, 0xcd, 0x00, 0x00, 0x12, 0x34}));
}

TEST(TcpHeader, ReadsWhatItWrote) {
  const Bytes payload{1, 2, 3};
  Segment segment = sample();
  segment.payload = payload;
  segment.options.timestamps = TcpTimestamps{7, 9};
  const Bytes bytes = bytes_of(segment);
  const auto view = wire::TcpView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_size(), 32U);
  const auto read = view->to_segment();
  EXPECT_EQ(read.source_port, 55715);
  EXPECT_EQ(read.destination_port, 80);
  EXPECT_EQ(read.seq, segment.seq);
  EXPECT_EQ(read.ack, segment.ack);
  EXPECT_EQ(read.flags, segment.flags);
  EXPECT_EQ(read.window, 0xabcd);
  EXPECT_EQ(read.urgent, 0x1234);
  EXPECT_EQ(read.options, segment.options);
  EXPECT_EQ(Bytes(read.payload.begin(), read.payload.end()), payload);
}

TEST(TcpHeader, IgnoresTheReservedBits) {  // [RFC9293 3.1]
  Bytes bytes = bytes_of(sample());
  bytes[12] |= 0x0f;
  EXPECT_EQ(wire::TcpView::parse(bytes)->header_size(), 20U);
}

TEST(TcpHeader, HasAWindowWithoutSign) {  // [RFC9293 MUST-1]
  Segment segment = sample();
  segment.window = 65535;
  EXPECT_EQ(wire::TcpView::parse(bytes_of(segment))->to_segment().window, 65535);
}

TEST(TcpHeader, CarriesOptionsOnAnySegment) {  // [RFC9293 MUST-5]
  for (const unsigned flags : {0x02U, 0x10U, 0x11U, 0x14U, 0x00U}) {
    Segment segment = sample();
    segment.flags = {static_cast<std::uint8_t>(flags)};
    segment.options.timestamps = TcpTimestamps{7, 9};
    segment.options.mss = 1000;
    EXPECT_EQ(wire::TcpView::parse(bytes_of(segment))->to_segment().options, segment.options) << flags;
  }
}

// Behind the last option there is nothing but zeros, and no option ends before the others have been said.
TEST(TcpHeader, IsPaddedWithZeros) {  // [RFC9293 MUST-69]
  for (unsigned chosen = 0; chosen < 16; ++chosen) {
    SegmentOptions options;
    if ((chosen & 1U) != 0) options.mss = 1460;
    if ((chosen & 2U) != 0) options.window_scale = 7;
    if ((chosen & 4U) != 0) options.timestamps = TcpTimestamps{0x01010101, 0x01010101};
    options.sack_permitted = (chosen & 8U) != 0;
    for (const auto order : {SynOptionOrder::kLinux, SynOptionOrder::kFreeBsd}) {
      Bytes bytes(options.encoded_size(), 0xee);
      ASSERT_EQ(wire::emit_tcp_options(options, bytes, order), bytes.size());
      EXPECT_EQ(bytes.size() % 4, 0U);
      EXPECT_EQ(wire::parse_tcp_options(bytes).value_or(SegmentOptions{}), options) << chosen;
      std::size_t at = 0;
      while (at < bytes.size() && bytes[at] != 0) at += bytes[at] == 1 ? std::size_t{1} : bytes[at + 1];
      for (; at < bytes.size(); ++at) EXPECT_EQ(bytes[at], 0) << chosen;
    }
  }
}

TEST(TcpHeader, CountsSynAndFinInTheLengthOfASegment) {
  const Bytes payload(10);
  Segment segment;
  segment.payload = payload;
  EXPECT_EQ(segment.length(), 10U);
  segment.flags = {TcpFlags::kSyn | TcpFlags::kFin | TcpFlags::kAck};
  EXPECT_EQ(segment.length(), 12U);
}

TEST(TcpHeader, IsDroppedWhenCutShort) {
  const Bytes bytes = bytes_of(sample());
  for (std::size_t size = 0; size < 20; ++size) {
    expect_dropped(ByteView(bytes).first(size), DropReason::kTcpTruncated);
  }
}

TEST(TcpHeader, IsDroppedWithADataOffsetBelowFiveOrBeyondTheSegment) {
  Bytes bytes = bytes_of(sample());
  bytes.resize(24);
  for (unsigned words = 0; words < 16; ++words) {
    bytes[12] = static_cast<std::uint8_t>(words << 4);
    if (words == 5 || words == 6) {
      EXPECT_EQ(wire::TcpView::parse(bytes)->header_size(), words * 4);
    } else {
      expect_dropped(bytes, DropReason::kTcpBadDataOffset);
    }
  }
}

TEST(TcpChecksum, CoversPseudoHeaderHeaderAndPayload) {  // [RFC9293 MUST-2] [RFC9293 MUST-3]
  Bytes payload(101);
  std::iota(payload.begin(), payload.end(), std::uint8_t{1});
  Segment segment = sample();
  segment.payload = payload;
  const Bytes good = bytes_of(segment);
  constexpr std::uint32_t kPseudoSum = 0x0a00 + 0x0005 + 0x0a00 + 0x0004 + 6;
  EXPECT_EQ(naive_sum(good, kPseudoSum + static_cast<std::uint32_t>(good.size())), 0xffff);
  EXPECT_TRUE(wire::TcpView::parse(good)->checksum_is_good(kTheirs, kOurs));
  EXPECT_FALSE(wire::TcpView::parse(good)->checksum_is_good(kTheirs, Ipv4Address{0x0a000006}));
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x01;
    if (at == 12) continue;  // the data offset: another layout, not only another sum
    EXPECT_FALSE(wire::TcpView::parse(bad)->checksum_is_good(kTheirs, kOurs)) << at;
  }
}

}  // namespace
}  // namespace fourtuple
