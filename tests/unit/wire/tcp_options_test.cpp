#include <gtest/gtest.h>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes emitted(const SegmentOptions& options) {
  Bytes bytes(options.encoded_size(), 0xee);
  EXPECT_EQ(wire::emit_tcp_options(options, bytes), bytes.size());
  return bytes;
}

SegmentOptions read(const Bytes& area) {
  const auto options = wire::parse_tcp_options(area);
  EXPECT_TRUE(options);
  return options.value_or(SegmentOptions{});
}

void expect_bad(const Bytes& area) {
  const auto options = wire::parse_tcp_options(area);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error(), DropReason::kTcpBadOption);
}

SegmentOptions with_sack(std::uint8_t count) {
  SegmentOptions options;
  for (std::uint8_t i = 0; i < count; ++i) options.sack[i] = {{i * 100U}, {i * 100U + 50U}};
  options.sack_count = count;
  return options;
}

TEST(TcpOptions, OfNothingTakeNoOctets) {
  EXPECT_EQ(SegmentOptions{}.encoded_size(), 0U);
  EXPECT_EQ(read({}), SegmentOptions{});
}

// What Linux and others put on a SYN, in their order.
TEST(TcpOptions, OfASynStandInTheCustomaryOrder) {  // [RFC9293 MUST-68]
  SegmentOptions options;
  options.mss = 1460;
  options.window_scale = 7;
  options.sack_permitted = true;
  options.timestamps = TcpTimestamps{0x01020304, 0};
  const Bytes bytes = emitted(options);
  EXPECT_EQ(bytes, (Bytes{2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7}));
  EXPECT_EQ(read(bytes), options);
}

Bytes emitted_freebsd(const SegmentOptions& options) {
  Bytes bytes(options.encoded_size(), 0xee);
  EXPECT_EQ(wire::emit_tcp_options(options, bytes, SynOptionOrder::kFreeBsd), bytes.size());
  EXPECT_EQ(read(bytes), options);
  return bytes;
}

TEST(TcpOptions, OfASynMayStandInFreeBsdsOrder) {
  SegmentOptions options;
  options.mss = 1460;
  options.sack_permitted = true;
  EXPECT_EQ(emitted_freebsd(options), (Bytes{2, 4, 0x05, 0xb4, 4, 2, 0, 0}));
  options.window_scale = 6;
  EXPECT_EQ(emitted_freebsd(options), (Bytes{2, 4, 0x05, 0xb4, 1, 3, 3, 6, 4, 2, 0, 0}));
  options.timestamps = TcpTimestamps{0x01020304, 0};
  EXPECT_EQ(emitted_freebsd(options), (Bytes{2, 4, 0x05, 0xb4, 1, 3, 3, 6, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0}));
  options.sack_permitted = false;
  EXPECT_EQ(emitted_freebsd(options), (Bytes{2, 4, 0x05, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0}));
}

TEST(TcpOptions, OfOtherSegmentsAreTheSameInBothOrders) {
  SegmentOptions options = with_sack(2);
  options.timestamps = TcpTimestamps{1, 2};
  EXPECT_EQ(emitted_freebsd(options), emitted(options));
}

TEST(TcpOptions, PutTimestampsBehindTwoNops) {
  SegmentOptions options;
  options.timestamps = TcpTimestamps{0x01020304, 0x05060708};
  EXPECT_EQ(emitted(options), (Bytes{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(TcpOptions, PutSackPermittedBehindTwoNopsWhenAlone) {
  SegmentOptions options;
  options.sack_permitted = true;
  EXPECT_EQ(emitted(options), (Bytes{1, 1, 4, 2}));
}

TEST(TcpOptions, PutSackBlocksBehindTwoNops) {
  EXPECT_EQ(emitted(with_sack(1)), (Bytes{1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 50}));
}

TEST(TcpOptions, CarryFourSackBlocksAloneAndThreeBesideTimestamps) {  // [RFC2018 3]
  SegmentOptions options = with_sack(4);
  EXPECT_EQ(options.encoded_size(), 36U);
  EXPECT_EQ(read(emitted(options)), options);
  options.timestamps = TcpTimestamps{1, 2};
  EXPECT_EQ(options.encoded_size(), 40U);
  const SegmentOptions cut = read(emitted(options));
  EXPECT_EQ(cut.sack_count, 3);
  EXPECT_EQ(cut.sack[2], options.sack[2]);
}

TEST(TcpOptions, NeverTakeMoreThanFortyOctets) {  // [RFC2018 3]
  for (unsigned bits = 0; bits < 16; ++bits) {
    for (std::uint8_t blocks = 0; blocks <= 4; ++blocks) {
      SegmentOptions options = with_sack(blocks);
      if ((bits & 1) != 0) options.mss = 536;
      if ((bits & 2) != 0) options.window_scale = 14;
      if ((bits & 4) != 0) options.timestamps = TcpTimestamps{1, 2};
      options.sack_permitted = (bits & 8) != 0;
      const Bytes bytes = emitted(options);
      EXPECT_LE(bytes.size(), 40U);
      EXPECT_EQ(bytes.size() % 4, 0U);
      SegmentOptions back = read(bytes);
      EXPECT_LE(back.sack_count, blocks);
      back.sack = options.sack;
      back.sack_count = options.sack_count;
      EXPECT_EQ(back, options);
    }
  }
}

TEST(TcpOptions, EndAtTheEndOfListOption) {  // [RFC9293 MUST-4]
  EXPECT_EQ(read({0, 2, 4, 5, 0xb4}), SegmentOptions{});
  EXPECT_EQ(read({3, 3, 7, 0, 99, 0}).window_scale, 7);
}

TEST(TcpOptions, AreReadUnalignedAndInAnyOrder) {  // [RFC9293 MUST-64, MUST-4]
  const SegmentOptions options = read({1, 3, 3, 9, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 4, 2, 1, 2, 4, 2, 0x18});
  EXPECT_EQ(options.window_scale, 9);
  EXPECT_EQ(options.timestamps, (TcpTimestamps{1, 2}));
  EXPECT_TRUE(options.sack_permitted);
  EXPECT_EQ(options.mss, 536);
}

TEST(TcpOptions, OfUnknownKindAreSkippedByTheirLength) {  // [RFC9293 MUST-6, MUST-68]
  EXPECT_EQ(read({253, 2, 254, 6, 2, 4, 0, 0, 2, 4, 0x05, 0xb4}).mss, 1460);
}

TEST(TcpOptions, KeepAWindowScaleAboveFourteenAsSent) { EXPECT_EQ(read({3, 3, 200, 0}).window_scale, 200); }

TEST(TcpOptions, CountTheFirstOfTwo) {
  EXPECT_EQ(read({2, 4, 0, 1, 2, 4, 0, 2}).mss, 1);
  EXPECT_EQ(read({3, 3, 1, 3, 3, 2}).window_scale, 1);
  const Bytes two_sacks{5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 10, 0, 0, 0, 3, 0, 0, 0, 4};
  EXPECT_EQ(read(two_sacks).sack_count, 1);
  EXPECT_EQ(read(two_sacks).sack[0], (SackBlock{{1}, {2}}));
}

TEST(TcpOptions, AreBadWithALengthBelowTwo) {  // [RFC9293 MUST-7]
  for (const std::uint8_t kind : Bytes{2, 3, 4, 5, 8, 77}) {
    expect_bad({kind, 0, 0, 0});
    expect_bad({kind, 1, 0, 0});
  }
}

TEST(TcpOptions, AreBadWhereTheyRunPastTheHeader) {  // [RFC9293 MUST-7]
  expect_bad({2});
  expect_bad({1, 1, 1, 3});
  expect_bad({2, 4, 5});
  expect_bad({1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0});
  expect_bad({77, 255, 0, 0});
  expect_bad({5, 18, 0, 0, 0, 1, 0, 0, 0, 2});
}

TEST(TcpOptions, AreBadWithALengthThatTheirKindDoesNotHave) {  // [RFC9293 MUST-7]
  for (unsigned length = 2; length <= 40; ++length) {
    Bytes area(40);
    area[1] = static_cast<std::uint8_t>(length);
    const auto is_read_as = [&](std::uint8_t kind) {
      area[0] = kind;
      return wire::parse_tcp_options(area).has_value();
    };
    EXPECT_EQ(is_read_as(2), length == 4) << "MSS of " << length;
    EXPECT_EQ(is_read_as(3), length == 3) << "window scale of " << length;
    EXPECT_EQ(is_read_as(4), length == 2) << "SACK permitted of " << length;
    EXPECT_EQ(is_read_as(5), length == 10 || length == 18 || length == 26 || length == 34) << "SACK of " << length;
    EXPECT_EQ(is_read_as(8), length == 10) << "timestamps of " << length;
    EXPECT_TRUE(is_read_as(99)) << "unknown of " << length;
  }
}

TEST(TcpOptions, CountAsFarAsTheyCanBeRead) {  // [RFC9293 MUST-7]
  const auto readable_part = [](const Bytes& area) {
    SegmentOptions options;
    EXPECT_FALSE(wire::parse_tcp_options(area, options));
    return options;
  };
  EXPECT_EQ(readable_part({3, 3, 7, 99, 0, 2, 4, 5, 0xb4}).window_scale, 7);
  EXPECT_FALSE(readable_part({3, 3, 7, 99, 0, 2, 4, 5, 0xb4}).mss.has_value());
  EXPECT_EQ(readable_part({2, 3, 5, 3, 3, 7}).window_scale, 7);  // the MSS has a length that is not its own
  EXPECT_FALSE(readable_part({2, 3, 5, 3, 3, 7}).mss.has_value());
  EXPECT_FALSE(readable_part({4, 3, 0}).sack_permitted);
}

// Exact-size heap blocks: a read past the area is an error that the sanitizer build reports.
TEST(TcpOptions, OfRandomBytesNeverMisleadTheParser) {
  RandomSource random = RandomSource::from_seed(6);
  for (int round = 0; round < 20'000; ++round) {
    Bytes area(random.below(41));
    for (auto& octet : area) octet = static_cast<std::uint8_t>(random.below(4) == 0 ? random.next() : random.below(12));
    const auto options = wire::parse_tcp_options(area);
    if (!options) continue;
    const Bytes again = emitted(*options);
    ASSERT_LE(again.size(), 40U);
    ASSERT_TRUE(wire::parse_tcp_options(again));
  }
}

}  // namespace
}  // namespace fourtuple
