// The ways in which a frame is damaged, and that a receiver can always tell.
#include "drivers/impair/damage.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "bad_wire.hpp"
#include "drivers/impair/noticeable.hpp"
#include "drivers/segmentation.hpp"

namespace fourtuple {
namespace {

using namespace test;
using Octets = std::vector<std::uint8_t>;

constexpr std::size_t kIp = wire::kEthernetHeaderSize;

// A frame whose text is this one octet over and over, with the right checksum.
Octets frame_of(std::uint8_t octet, std::size_t payload) {
  Octets frame = tcp_frame({.payload = payload});
  std::fill(frame.begin() + kHeaders, frame.end(), octet);
  make_partial(frame);
  OffloadInfo offload = partial_offload();
  EXPECT_TRUE(complete_checksum(frame, offload));
  return frame;
}

// What a host does that believes no link: lengths and both sums.
bool is_good(ByteView frame) {
  const auto ip = wire::Ipv4Header::parse(frame.subspan(kIp));
  if (!ip) return false;
  const auto segment = wire::TcpView::parse(frame.subspan(kIp + ip->header_size, ip->payload_size()));
  return segment && segment->checksum_is_good(ip->source, ip->destination);
}

// What comes of many frames; every one of them was to be damaged.
std::vector<Octets> damaged(BadWire& wire, const Octets& frame, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) wire.send(frame);
  std::vector<Octets> arrived;
  for (const auto& one : wire.arrived_at_peer()) arrived.push_back(flat(one));
  return arrived;
}

std::size_t first_difference(const Octets& one, const Octets& other) {
  return static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first -
                                  one.begin());
}

class DamageOf : public ::testing::TestWithParam<const char*> {};

TEST_P(DamageOf, IsNoticedByAReceiverThatSumsOrTheFrameIsLost) {
  BadWire wire("out: corrupt 100% by " + std::string(GetParam()), {.queue_limit_frames = 10'000});
  for (const int octet : {0x00, 0x5a, 0xff}) {
    for (const Octets& frame : damaged(wire, frame_of(static_cast<std::uint8_t>(octet), 100), 1000))
      EXPECT_FALSE(is_good(frame));
  }
  EXPECT_GT(counters(wire).corrupted, 300U);
  EXPECT_EQ(counters(wire).corrupted + counters(wire).dropped_unnoticeable, 3000U);
}

INSTANTIATE_TEST_SUITE_P(EachKind, DamageOf, ::testing::Values("bit", "swap", "zero", "cut", "lengthen", "any"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(Damage, SwapsTwoOctetsSideBySide) {
  BadWire wire("out: corrupt 100% by swap");
  const Octets sent = tcp_frame({.payload = 100});
  for (const Octets& frame : damaged(wire, sent, 200)) {
    ASSERT_EQ(frame.size(), sent.size());
    Octets back = frame;
    const std::size_t at = first_difference(sent, frame);
    ASSERT_LT(at + 1, back.size());
    std::swap(back[at], back[at + 1]);
    EXPECT_EQ(back, sent);
  }
}

TEST(Damage, ClearsAWordOfTheChecksum) {
  BadWire wire("out: corrupt 100% by zero");
  const Octets sent = tcp_frame({.payload = 100});
  for (const Octets& frame : damaged(wire, sent, 200)) {
    Octets expected = sent;
    const std::size_t at = first_difference(sent, frame) / 2 * 2;
    ASSERT_LT(at + 1, expected.size());
    expected[at] = expected[at + 1] = 0;
    EXPECT_EQ(frame, expected);
  }
}

TEST(Damage, CutsAFrameAnywhereBehindItsEthernetHeader) {
  BadWire wire("out: corrupt 100% by cut");
  const Octets sent = tcp_frame({.payload = 20});
  std::size_t shortest = sent.size();
  std::size_t longest = 0;
  for (const Octets& frame : damaged(wire, sent, 1000)) {
    EXPECT_TRUE(std::equal(frame.begin(), frame.end(), sent.begin()));
    shortest = std::min(shortest, frame.size());
    longest = std::max(longest, frame.size());
  }
  EXPECT_EQ(shortest, kIp);
  EXPECT_EQ(longest, sent.size() - 1);
}

TEST(Damage, PutsOctetsInto) {
  BadWire wire("out: corrupt 100% by lengthen");
  const Octets sent = tcp_frame({.payload = 100});
  std::size_t longest = 0;
  for (const Octets& frame : damaged(wire, sent, 1000)) {
    ASSERT_GT(frame.size(), sent.size());
    longest = std::max(longest, frame.size());
    EXPECT_EQ(frame.back(), sent.back());  // at the very end it would be padding
  }
  EXPECT_EQ(longest, sent.size() + 16);
}

TEST(Damage, OfEveryKindComesWhereAnyMay) {
  BadWire wire("out: corrupt 100% by any");
  const Octets sent = tcp_frame({.payload = 100});
  std::array<int, 3> sizes{};
  for (const Octets& frame : damaged(wire, sent, 500))
    ++sizes[frame.size() < sent.size() ? 0 : frame.size() == sent.size() ? 1 : 2];
  for (const int count : sizes) EXPECT_GT(count, 50);
}

TEST(Damage, ByARuleIsAsTheRuleSays) {
  BadWire wire("out: corrupt data 2 by cut; out: corrupt any 1% by zero; out: corrupt data 3 by lengthen");
  const Octets sent = tcp_frame({.payload = 100});
  const auto arrived = damaged(wire, sent, 3);
  ASSERT_EQ(arrived.size(), 3U);
  EXPECT_EQ(arrived[0], sent);
  EXPECT_LT(arrived[1].size(), sent.size());
  EXPECT_GT(arrived[2].size(), sent.size());
}

TEST(Damage, WithoutMemoryForALongerFrameLosesIt) {
  BadWire wire("out: corrupt 100% by lengthen");
  const Octets sent = tcp_frame({.payload = 100});
  BufferPool small(0);
  auto frame = wire.pool.copy(sent);
  auto random = RandomSource::from_seed(1);
  ASSERT_TRUE(frame);
  EXPECT_FALSE(impair::damage(*frame, {.begin = kIp, .end = sent.size()}, impair::Damage::kLengthen, random, small));
}

TEST(Damage, OfOneOctetIsABit) {
  BufferPool pool;
  auto random = RandomSource::from_seed(1);
  for (const auto how : {impair::Damage::kSwap, impair::Damage::kZero}) {
    const Octets sent(15, 0);
    auto frame = pool.copy(sent);
    ASSERT_TRUE(frame);
    EXPECT_TRUE(impair::damage(*frame, {.begin = 14, .end = 15}, how, random, pool));
    EXPECT_NE(flat(*frame), sent);
  }
}

TEST(Noticing, IsDoneByTheHeadersSum) {
  const Octets before = frame_of(1, 20);
  Octets after = before;
  after[kIp + 8] = 9;  // TTL
  EXPECT_TRUE(impair::is_noticeable(before, after));
}

TEST(Noticing, CannotTellZeroFromAllOnes) {
  const Octets before = frame_of(0xff, 20);
  Octets after = before;
  after[kHeaders] = after[kHeaders + 1] = 0;
  EXPECT_TRUE(is_good(after));
  EXPECT_FALSE(impair::is_noticeable(before, after));
}

TEST(Noticing, CannotTellWordsThatChangedPlaces) {
  const Octets before = tcp_frame({.payload = 20});
  Octets after = before;
  std::swap_ranges(after.begin() + kHeaders, after.begin() + kHeaders + 2, after.begin() + kHeaders + 2);
  ASSERT_NE(after, before);
  EXPECT_TRUE(is_good(after));
  EXPECT_FALSE(impair::is_noticeable(before, after));
}

TEST(Noticing, TakesWhatStandsBehindThePacketForPadding) {
  const Octets before = tcp_frame({.payload = 20});
  Octets after = before;
  after.push_back(7);
  EXPECT_FALSE(impair::is_noticeable(before, after));
  after = before;
  after.pop_back();
  EXPECT_TRUE(impair::is_noticeable(before, after));
}

TEST(Noticing, LooksIntoFragments) {
  Octets before = tcp_frame({.payload = 20});
  wire::Ipv4Header ip = *wire::Ipv4Header::parse(ByteView(before).subspan(kIp));
  ip.dont_fragment = false;
  ip.fragment_offset = 64;
  ip.emit(ByteSpan(before).subspan(kIp));
  Octets after = before;
  ++after.back();
  EXPECT_TRUE(impair::is_noticeable(before, after));
}

}  // namespace
}  // namespace fourtuple
