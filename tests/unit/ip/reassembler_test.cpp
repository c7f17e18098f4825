// Fragments in every order, and what hostile ones may do.
#include "stack/ip/reassembler.hpp"

#include <gtest/gtest.h>
#include <numeric>

#include "stack/ip/fragment.hpp"

namespace fourtuple::ip {
namespace {

struct Piece {
  std::size_t offset = 0;
  std::size_t size = 0;
  bool more = true;
  std::uint16_t id = 7;
  std::uint8_t protocol = 17;
  std::uint8_t skew = 0;  // added to every octet
  std::size_t options = 0;
};

struct Reassembly : testing::Test {
  explicit Reassembly(const Ipv4Config& given = {}) : config(given), table(given) {}
  ~Reassembly() override { EXPECT_EQ(table.broken_invariant(), nullptr) << table.broken_invariant(); }

  static std::uint8_t octet(std::size_t at) { return static_cast<std::uint8_t>(at * 7 + (at >> 8)); }
  Reassembler::Answer add(const Piece& piece) {
    wire::Ipv4Header header;
    header.header_size = static_cast<std::uint8_t>(20 + piece.options);
    header.total_length = static_cast<std::uint16_t>(header.header_size + piece.size);
    header.identification = piece.id;
    header.more_fragments = piece.more;
    header.fragment_offset = static_cast<std::uint16_t>(piece.offset);
    header.protocol = piece.protocol;
    header.source = {0x0a000005};
    header.destination = {0x0a000004};
    auto packet = pool.take(header.total_length);
    header.emit(packet->append(header.total_length));
    for (std::size_t i = 0; i < piece.size; ++i) {
      packet->bytes()[header.header_size + i] = static_cast<std::uint8_t>(octet(piece.offset + i) + piece.skew);
    }
    return table.add(header, std::move(*packet), now, pool);
  }
  static void expect_whole(const Reassembler::Answer& answer, std::size_t size) {
    ASSERT_TRUE(answer.complete);
    const auto header = wire::Ipv4Header::parse(answer.complete->bytes());
    ASSERT_TRUE(header) << "the header of the whole is sound, checksum included";
    EXPECT_FALSE(header->is_fragment());
    ASSERT_EQ(header->payload_size(), size);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(answer.complete->bytes()[header->header_size + i], octet(i)) << "at " << i;
    }
  }

  Ipv4Config config;
  Reassembler table;
  BufferPool pool;
  Instant now{1h};
};

TEST_F(Reassembly, JoinsInOrder) {  // [RFC791 3.2]
  EXPECT_FALSE(add({.offset = 0, .size = 16}).complete);
  EXPECT_FALSE(add({.offset = 16, .size = 8}).complete);
  expect_whole(add({.offset = 24, .size = 3, .more = false}), 27);
  EXPECT_EQ(table.datagrams(), 0U);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST_F(Reassembly, JoinsBackwards) {
  EXPECT_FALSE(add({.offset = 24, .size = 3, .more = false}).complete);
  EXPECT_FALSE(add({.offset = 16, .size = 8}).complete);
  expect_whole(add({.offset = 0, .size = 16}), 27);
}

TEST_F(Reassembly, IgnoresExactRepetitions) {  // [RFC5722 4]
  (void)add({.offset = 0, .size = 16});
  const auto again = add({.offset = 0, .size = 16});
  EXPECT_FALSE(again.dropped);
  EXPECT_FALSE(again.complete);
  expect_whole(add({.offset = 16, .size = 1, .more = false}), 17);
}

TEST_F(Reassembly, OverlapKillsTheDatagramAndWhatStillComes) {  // [RFC5722 4]
  (void)add({.offset = 0, .size = 16});
  EXPECT_EQ(add({.offset = 8, .size = 16}).dropped, DropReason::kFragmentOverlap);
  EXPECT_EQ(table.bytes(), 0U);
  EXPECT_EQ(add({.offset = 16, .size = 8, .more = false}).dropped, DropReason::kFragmentOverlap);
  EXPECT_EQ(add({.offset = 0, .size = 16}).dropped, DropReason::kFragmentOverlap);
}

TEST_F(Reassembly, SameBoundsWithOtherBytesAreAnOverlap) {  // [RFC5722 4]
  (void)add({.offset = 0, .size = 16});
  EXPECT_EQ(add({.offset = 0, .size = 16, .skew = 1}).dropped, DropReason::kFragmentOverlap);
}

TEST_F(Reassembly, OctetsBehindTheEndAreAnOverlap) {
  (void)add({.offset = 16, .size = 8, .more = false});
  EXPECT_EQ(add({.offset = 24, .size = 8}).dropped, DropReason::kFragmentOverlap);
}

TEST_F(Reassembly, EndBeforeWhatCameIsAnOverlap) {
  (void)add({.offset = 24, .size = 8});
  EXPECT_EQ(add({.offset = 8, .size = 8, .more = false}).dropped, DropReason::kFragmentOverlap);
}

TEST_F(Reassembly, TwoDifferentEndsAreAnOverlap) {
  (void)add({.offset = 8, .size = 8, .more = false});
  EXPECT_EQ(add({.offset = 0, .size = 8, .more = false}).dropped, DropReason::kFragmentOverlap);
}

TEST_F(Reassembly, KeyHoldsProtocolAndIdentification) {  // [RFC791 3.2]
  (void)add({.offset = 0, .size = 8, .protocol = 17});
  (void)add({.offset = 0, .size = 8, .protocol = 6});
  (void)add({.offset = 0, .size = 8, .id = 8});
  EXPECT_EQ(table.datagrams(), 3U);
  expect_whole(add({.offset = 8, .size = 8, .more = false, .protocol = 6}), 16);
  EXPECT_EQ(table.datagrams(), 2U);
}

TEST_F(Reassembly, RefusesMisshapenFragments) {
  EXPECT_EQ(add({.offset = 0, .size = 12}).dropped, DropReason::kFragmentBad) << "not a multiple of 8";
  EXPECT_EQ(add({.offset = 8, .size = 0, .more = false}).dropped, DropReason::kFragmentBad) << "empty";
  EXPECT_EQ(add({.offset = 65528, .size = 8, .more = false}).dropped, DropReason::kFragmentBad) << "beyond 65535";
  EXPECT_EQ(table.datagrams(), 0U);
}

TEST_F(Reassembly, TakesTheLargestDatagramThereCanBe) {  // [RFC791 3.2(b)]
  constexpr std::size_t kPayload = 65535 - 20;
  Reassembler::Answer last;
  for (std::size_t at = 0; at < kPayload; at += 1480) {
    const std::size_t size = std::min<std::size_t>(1480, kPayload - at);
    last = add({.offset = at, .size = size, .more = at + size < kPayload});
  }
  expect_whole(last, kPayload);
}

TEST_F(Reassembly, FirstHeaderWithOptionsMayMakeTheWholeTooLong) {
  constexpr std::size_t kPayload = 65535 - 20;
  Reassembler::Answer last;
  for (std::size_t at = 0; at < kPayload; at += 1480) {
    const std::size_t size = std::min<std::size_t>(1480, kPayload - at);
    last = add({.offset = at, .size = size, .more = at + size < kPayload, .options = at == 0 ? 40U : 0U});
  }
  EXPECT_FALSE(last.complete);
  EXPECT_EQ(last.dropped, DropReason::kFragmentBad);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST_F(Reassembly, HundredsOfIncompleteDatagramsBlockNobody) {
  for (std::uint16_t id = 100; id < 900; ++id) (void)add({.offset = 0, .size = 8, .id = id});
  EXPECT_EQ(table.datagrams(), config.max_reassemblies);
  (void)add({.offset = 0, .size = 8});
  expect_whole(add({.offset = 8, .size = 8, .more = false}), 16);
}

TEST_F(Reassembly, EvictionsAreCounted) {
  for (std::uint16_t id = 0; id < config.max_reassemblies; ++id) (void)add({.offset = 0, .size = 8, .id = id});
  EXPECT_EQ(add({.offset = 0, .size = 8, .id = 9999}).evicted, 1U);
}

TEST_F(Reassembly, TooManyFragmentsKillTheDatagram) {
  Reassembler::Answer last;
  for (std::size_t i = 0; i <= config.max_fragments_per_datagram; ++i) last = add({.offset = i * 16, .size = 8});
  EXPECT_EQ(last.dropped, DropReason::kFragmentLimit);
  EXPECT_EQ(table.bytes(), 0U);
}

struct SmallMemory : Reassembly {
  SmallMemory() : Reassembly({.max_reassembly_bytes = 8000}) {}
};

TEST_F(SmallMemory, OctetsOfAllDatagramsAreBounded) {
  for (std::uint16_t id = 0; id < 100; ++id) {
    (void)add({.offset = 0, .size = 1480, .id = id});
    EXPECT_LE(table.bytes(), 8000U);
  }
  EXPECT_GT(table.datagrams(), 2U);
}

TEST_F(Reassembly, ExpiryHandsOutTheFirstFragment) {
  (void)add({.offset = 0, .size = 8, .id = 1});
  now += 1s;
  (void)add({.offset = 8, .size = 8, .id = 2});
  EXPECT_EQ(table.next_deadline(), Instant(1h) + config.reassembly_timeout);
  now = Instant(1h) + config.reassembly_timeout;
  const auto first = table.advance(now);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(first[0].first_fragment);
  const auto second = table.advance(now + 1s);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_FALSE(second[0].first_fragment) << "only the first fragment says whom to tell";
  EXPECT_EQ(table.next_deadline(), kNever);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST_F(Reassembly, DeadDatagramExpiresSilently) {
  (void)add({.offset = 0, .size = 16});
  (void)add({.offset = 8, .size = 16});
  EXPECT_TRUE(table.advance(now + config.reassembly_timeout).empty());
  EXPECT_EQ(table.datagrams(), 0U);
}

TEST_F(Reassembly, ExhaustedPoolIsAnAnswer) {
  (void)add({.offset = 0, .size = 1480});
  BufferPool empty(0);
  wire::Ipv4Header header;
  header.total_length = 28;
  header.fragment_offset = 1480;
  header.identification = 7;
  header.protocol = 17;
  header.source = {0x0a000005};
  header.destination = {0x0a000004};
  auto packet = pool.copy(std::vector<std::uint8_t>(28));
  const auto answer = table.add(header, std::move(*packet), now, empty);
  EXPECT_FALSE(answer.complete);
  EXPECT_TRUE(answer.dropped);
}

TEST(Fragmenting, CutsAtMultiplesOfEightAndCoversAll) {  // [RFC791 3.2(a)]
  wire::Ipv4Header header;
  for (const std::size_t mtu : {1500U, 1499U, 577U, 68U}) {
    std::size_t covered = 0;
    std::size_t count = 0;
    for_each_fragment(header, 4000, mtu, [&](const wire::Ipv4Header& each, std::size_t offset, std::size_t size) {
      EXPECT_EQ(offset, covered);
      EXPECT_EQ(offset % 8, 0U);
      EXPECT_EQ(each.fragment_offset, offset);
      EXPECT_EQ(each.total_length, 20 + size);
      EXPECT_LE(each.total_length, mtu);
      EXPECT_EQ(each.more_fragments, offset + size < 4000);
      covered += size;
      ++count;
    });
    EXPECT_EQ(covered, 4000U);
    EXPECT_EQ(count, (4000 + (mtu - 20) / 8 * 8 - 1) / ((mtu - 20) / 8 * 8)) << "no more than necessary";
  }
}

}  // namespace
}  // namespace fourtuple::ip
