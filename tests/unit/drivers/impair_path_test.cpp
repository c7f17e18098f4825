// What is neither loss nor queue: MTU, jitter that keeps the order, damage, books that balance.
#include <algorithm>
#include <gtest/gtest.h>

#include "bad_wire.hpp"
#include "drivers/impair/damage.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/icmp_quotation.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr std::size_t kIp = wire::kEthernetHeaderSize;

std::vector<std::uint8_t> packet_of_size(std::size_t ip_bytes) {
  return tcp_frame({.payload = ip_bytes + kIp - kHeaders});
}

TEST(SmallMtu, DropsWhatIsTooLongInSilence) {
  BadWire wire("out: mtu 1280");
  wire.send(packet_of_size(1280));
  wire.send(packet_of_size(1281));
  EXPECT_EQ(wire.arrived_at_peer().size(), 1U);
  EXPECT_EQ(counters(wire).dropped_too_long, 1U);
  EXPECT_TRUE(wire.arrived_at_us().empty());
}

TEST(SmallMtu, TellsTheSenderIfItShould) {
  BadWire wire("delay 5ms; out: mtu 1280 icmp");
  wire.send(packet_of_size(1500));
  const auto frames = wire.arrived_at_us();  // the report does not travel
  ASSERT_EQ(frames.size(), 1U);
  const auto ethernet = wire::EthernetHeader::parse(frames[0].bytes());
  EXPECT_EQ(ethernet->destination, kOurMac);
  const ByteView packet = frames[0].bytes().subspan(kIp);
  const auto ip = wire::Ipv4Header::parse(packet);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->destination, kOurIp);
  const auto icmp = wire::IcmpHeader::parse(packet.subspan(wire::kIpv4HeaderSize));
  ASSERT_TRUE(icmp);
  EXPECT_EQ(icmp->type, wire::icmp_type::kUnreachable);
  EXPECT_EQ(icmp->code, wire::icmp_unreachable::kFragmentationNeeded);
  EXPECT_EQ(icmp->next_hop_mtu(), 1280U);
  const auto quoted = wire::IcmpQuotation::parse(packet.subspan(wire::kIpv4HeaderSize + wire::kIcmpHeaderSize));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->header.total_length, 1500U);
  EXPECT_EQ(wire.ours->inbound_counters().reports, 1U);
}

TEST(SmallMtu, TellsThePeerToo) {
  BadWire wire("in: mtu 1280 icmp");
  wire.peer_sends(packet_of_size(1500));
  EXPECT_TRUE(wire.arrived_at_us().empty());
  EXPECT_EQ(wire.arrived_at_peer().size(), 1U);
}

TEST(SmallMtu, SaysNothingAboutErrorsAndPacketsThatMayBeFragmented) {
  BadWire wire("out: mtu 68 icmp");
  auto fragmentable = packet_of_size(200);
  fragmentable[kIp + 6] = 0;
  wire.send(fragmentable);
  auto error = packet_of_size(200);
  error[kIp + 9] = wire::ip_protocol::kIcmp;
  error[kIp + 20] = wire::icmp_type::kUnreachable;
  wire.send(error);
  auto to_all = packet_of_size(200);
  std::fill_n(to_all.begin(), 6, std::uint8_t{0xff});
  wire.send(to_all);
  EXPECT_EQ(counters(wire).dropped_too_long, 3U);
  EXPECT_TRUE(wire.arrived_at_us().empty());
}

TEST(SmallMtu, ComesAndGoesInTime) {
  BadWire wire("at 1s: out: mtu 1280; at 2s: mtu unlimited");
  for (int second = 0; second < 3; ++second) wire.send(packet_of_size(1500), kStart + second * 1s);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 3s).size(), 2U);
}

TEST(Times, CountFromTheFirstMomentOfTheWire) {
  BadWire wire("at 1s: loss 100%");
  wire.send(packet_of_size(100), kStart + 100s);
  wire.send(packet_of_size(100), kStart + 101s);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 102s).size(), 1U);
}

TEST(Jitter, KeepsTheOrderIfAskedTo) {
  const auto sent = [](const char* rules) {
    BadWire wire(rules);
    for (std::size_t i = 1; i <= 300; ++i) wire.send(tcp_frame({.payload = i}), kStart + i * 100us);
    Numbers numbers;
    for (const auto& frame : wire.arrived_at_peer(kStart + 1s)) numbers.push_back(frame.size() - kHeaders);
    return numbers;
  };
  EXPECT_TRUE(std::ranges::is_sorted(sent("out: delay 5ms; out: jitter 5ms ordered")));
  const auto free = sent("out: delay 5ms; out: jitter 5ms");
  EXPECT_FALSE(std::ranges::is_sorted(free));
  EXPECT_EQ(free.size(), 300U);
}

TEST(Jitter, StaysWithinItsWidth) {
  BadWire wire("out: delay 5ms; out: jitter 2ms");
  for (int i = 0; i < 1000; ++i) wire.send(packet_of_size(100));
  EXPECT_TRUE(wire.arrived_at_peer(kStart + 3ms - 1ns).empty());
  const auto half = wire.arrived_at_peer(kStart + 5ms).size();
  EXPECT_NEAR(static_cast<double>(half), 500, 60);
  EXPECT_EQ(half + wire.arrived_at_peer(kStart + 7ms).size(), 1000U);
}

TEST(Corruption, ByChanceSparesWhatNoChecksumCovers) {
  BadWire wire("out: corrupt 100%");
  auto arp = packet_of_size(46);
  arp[12] = 0x08;
  arp[13] = 0x06;
  wire.send(arp);
  auto arrived = wire.arrived_at_peer();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(flat(arrived[0]), arp);
  auto unsummed = packet_of_size(100);
  unsummed[kIp + 9] = wire::ip_protocol::kUdp;
  unsummed[kIp + 26] = unsummed[kIp + 27] = 0;
  for (int i = 0; i < 200; ++i) wire.send(unsummed);
  for (const auto& frame : wire.arrived_at_peer()) {
    EXPECT_TRUE(std::equal(unsummed.begin() + kIp + 20, unsummed.end(), frame.data() + kIp + 20));
  }
}

TEST(Corruption, IsAlwaysNoticedByAReceiverThatSums) {
  BadWire wire("out: corrupt 100%; seed 8", {.queue_limit_frames = 10'000});
  for (int i = 0; i < 3000; ++i) wire.send(packet_of_size(60));
  for (const auto& frame : wire.arrived_at_peer()) {
    const ByteView packet = frame.bytes().subspan(kIp);
    const bool good_header = wire::Ipv4Header::parse(packet).has_value();
    const auto segment = wire::TcpView::parse(packet.subspan(20));
    EXPECT_FALSE(good_header && segment && segment->checksum_is_good(kOurIp, kPeerIp));
  }
  EXPECT_EQ(counters(wire).corrupted, 3000U);
}

TEST(Wire, BalancesItsBooks) {
  BadWire wire(
      "loss 5%; gilbert 2% 30%; duplicate 10%; corrupt 9% by any; reorder 20% depth 4; delay 3ms; jitter 3ms; rate "
      "20mbit; "
      "queue 30 mark 10; codel; at 100ms: mtu 600; at 200ms: mtu unlimited; down 300ms..350ms; drop data 7..9",
      {.queue_limit_frames = 10'000});
  for (int i = 0; i < 2000; ++i)
    wire.send(packet_of_size(100 + static_cast<std::size_t>(i) % 1000), kStart + i * 250us);
  const auto arrived = wire.arrived_at_peer(kStart + 10s).size();
  const auto& c = counters(wire);
  EXPECT_EQ(arrived, c.passed);
  EXPECT_EQ(c.entered, 2000U);
  EXPECT_EQ(c.entered + c.duplicated, c.passed + c.lost_by_chance + c.lost_in_burst + c.lost_while_down +
                                          c.dropped_by_rule + c.dropped_too_long + c.dropped_queue_full +
                                          c.dropped_by_codel + c.dropped_unnoticeable);
  for (const auto count : {c.lost_by_chance, c.lost_in_burst, c.lost_while_down, c.dropped_too_long, c.corrupted})
    EXPECT_GT(count, 0U);
  EXPECT_EQ(wire.ours->next_deadline(), kNever);
}

TEST(Wire, GivesTheSameOctetsAtTheSameTimesForTheSameSeed) {
  const auto history = [](const char* rules) {
    BadWire wire(rules);
    std::vector<std::pair<Duration, std::vector<std::uint8_t>>> result;
    for (int i = 0; i < 400; ++i) {
      wire.send(packet_of_size(60 + static_cast<std::size_t>(i)), kStart + i * 100us);
      for (const auto& frame : wire.arrived_at_peer(kStart + i * 100us)) result.emplace_back(i * 100us, flat(frame));
    }
    return result;
  };
  constexpr const char* kRules =
      "loss 5%; gilbert 2% 30%; duplicate 10%; corrupt 10% by any; reorder 20%; delay 1ms; jitter 1ms; rate 20mbit; "
      "codel; "
      "drop data 5% ; seed 21";
  const auto once = history(kRules);
  EXPECT_GT(once.size(), 200U);
  EXPECT_EQ(history(kRules), once);
}

TEST(Wire, CutsSuperSegmentsOfOurSideToo) {
  BadWire wire("out: drop data 2", {.tso4 = true});
  auto super = tcp_frame({.payload = 5000});
  make_partial(super);
  const TransmitFrame view = one_piece(super, partial_offload(1000));
  EXPECT_EQ(wire.ours->send({&view, 1}, kStart), 1U);
  EXPECT_EQ(wire.arrived_at_peer().size(), 4U);
}

TEST(Wire, SaysWhatItDidInOneLine) {
  EXPECT_EQ(to_string(impair::LaneCounters{.entered = 7, .passed = 5, .lost_by_chance = 2}),
            "7 frames, 5 delivered, 2 lost by chance");
}

}  // namespace
}  // namespace fourtuple
