// The neighbour table, spoken to as the Stack does.
#include "stack/link/neighbour_table.hpp"

#include <gtest/gtest.h>

#include "stack/link/frame.hpp"

namespace fourtuple::link {
namespace {

constexpr Ipv4Address kOurs{0x0a000004};
constexpr Ipv4Address kPeer{0x0a000005};
constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
constexpr MacAddress kPeerMac{{2, 0, 0, 0, 0, 5}};
constexpr MacAddress kOtherMac{{2, 0, 0, 0, 0, 6}};
using Operation = wire::ArpPacket::Operation;

struct Neighbours : testing::Test {
  explicit Neighbours(const NeighbourConfig& given = {}) : config(given), table(given) {}
  ~Neighbours() override { EXPECT_EQ(table.broken_invariant(), nullptr) << table.broken_invariant(); }

  static NeighbourKey key(Ipv4Address address) { return {0, address}; }
  static wire::ArpPacket from_peer(Operation operation, Ipv4Address target = kOurs) {
    return {operation, kPeerMac, kPeer, operation == Operation::kReply ? kOurMac : MacAddress{}, target};
  }

  std::optional<MacAddress> resolve(Ipv4Address address) {
    return table.resolve(key(address), now, {}, out).value_or(std::nullopt);
  }
  std::optional<DropReason> park(Ipv4Address address, std::uint8_t mark = 1) {
    auto frame = pool.copy(std::vector<std::uint8_t>(60, mark));
    return table.park(key(address), std::move(*frame), Cause::kDatagram, out);
  }
  NeighbourTable::Answer hear(const wire::ArpPacket& arp) {
    const NeighbourTable::Local local{0, kOurMac, [](Ipv4Address a) { return a == kOurs; },
                                      [](Ipv4Address a) { return a.value >> 8 == 0x0a0000; }};
    return table.receive(arp, local, now, {}, out);
  }
  void pass(Duration time) {
    now += time;
    table.advance(now, {}, out);
  }
  [[nodiscard]] std::string state_of(Ipv4Address address) const {
    for (const auto& row : table.rows()) {
      if (row.key.address == address) return std::string(name(row.state));
    }
    return "NONE";
  }
  void make_reachable() {
    (void)resolve(kPeer);
    (void)hear(from_peer(Operation::kReply));
    out.clear();
  }

  NeighbourConfig config;
  NeighbourTable table;
  BufferPool pool;
  Outcome out;
  Instant now{1h};
};

TEST_F(Neighbours, UnknownAddressIsAskedForByBroadcastOnce) {  // [RFC826 generation]
  EXPECT_FALSE(resolve(kPeer));
  EXPECT_FALSE(resolve(kPeer));
  ASSERT_EQ(out.questions.size(), 1U);
  EXPECT_EQ(out.questions[0].to, MacAddress::broadcast());
  EXPECT_EQ(out.questions[0].about.address, kPeer);
  EXPECT_EQ(state_of(kPeer), "INCOMPLETE");
}

TEST_F(Neighbours, ReplyReleasesWhatWaitedInOrder) {
  (void)resolve(kPeer);
  EXPECT_FALSE(park(kPeer, 1));
  EXPECT_FALSE(park(kPeer, 2));
  EXPECT_FALSE(hear(from_peer(Operation::kReply)).dropped);
  ASSERT_EQ(out.released.size(), 2U);
  EXPECT_EQ(out.released[0].frame.data()[0], 1);
  EXPECT_EQ(out.released[1].frame.data()[0], 2);
  EXPECT_EQ(out.released[0].mac, kPeerMac);
  EXPECT_EQ(state_of(kPeer), "REACHABLE");
  EXPECT_EQ(resolve(kPeer), kPeerMac);
  EXPECT_EQ(table.parked_bytes(), 0U);
}

TEST_F(Neighbours, QuestionIsRepeatedEachSecondThenGivenUp) {  // [RFC1122 2.3.2.1(b), 3.3.1.4]
  (void)resolve(kPeer);
  EXPECT_FALSE(park(kPeer));
  EXPECT_EQ(table.next_deadline(), now + config.request_interval);
  pass(999ms);
  EXPECT_EQ(out.questions.size(), 1U);
  pass(1ms);
  EXPECT_EQ(out.questions.size(), 2U);
  pass(1s);
  EXPECT_EQ(out.questions.size(), 3U);
  EXPECT_TRUE(out.failed.empty());
  pass(1s);
  EXPECT_EQ(out.questions.size(), 3U);
  ASSERT_EQ(out.failed.size(), 1U);
  EXPECT_EQ(out.failed[0].next_hop.address, kPeer);
  EXPECT_EQ(state_of(kPeer), "NONE");
  EXPECT_EQ(table.next_deadline(), kNever);
}

TEST_F(Neighbours, FullQueueLosesItsOldestFrame) {  // [RFC1122 2.3.2.2]
  (void)resolve(kPeer);
  for (std::uint8_t i = 0; i <= config.max_queued_per_entry; ++i) EXPECT_FALSE(park(kPeer, i));
  ASSERT_EQ(out.crowded_out.size(), 1U);
  EXPECT_EQ(out.crowded_out[0].data()[0], 0);
  (void)hear(from_peer(Operation::kReply));
  EXPECT_EQ(out.released.size(), config.max_queued_per_entry);
}

struct SmallQueue : Neighbours {
  SmallQueue() : Neighbours({.max_queued_bytes = 1000}) {}
};

TEST_F(SmallQueue, OctetsOfAllWaitingFramesAreBounded) {
  (void)resolve(kPeer);
  std::optional<DropReason> refused;
  for (int i = 0; i < 16 && !refused; ++i) refused = park(kPeer);
  EXPECT_EQ(refused, DropReason::kArpQueueFull);
  EXPECT_LE(table.parked_bytes(), 1000U);
}

TEST_F(Neighbours, RequestForUsIsAnsweredAndItsSenderRemembered) {  // [RFC826 reception]
  const auto answer = hear(from_peer(Operation::kRequest));
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(answer.reply->operation, Operation::kReply);
  EXPECT_EQ(answer.reply->sender_mac, kOurMac);
  EXPECT_EQ(answer.reply->sender_ip, kOurs);
  EXPECT_EQ(answer.reply->target_mac, kPeerMac);
  EXPECT_EQ(answer.reply->target_ip, kPeer);
  EXPECT_EQ(state_of(kPeer), "STALE");
  EXPECT_EQ(resolve(kPeer), kPeerMac);
}

TEST_F(Neighbours, ProbeIsAnsweredAndLeavesNoEntry) {  // [RFC5227 1.1]
  const auto answer = hear({Operation::kRequest, kPeerMac, {}, {}, kOurs});
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(answer.reply->target_mac, kPeerMac);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, RequestForAnotherGetsSilence) {
  const auto answer = hear(from_peer(Operation::kRequest, Ipv4Address{0x0a000009}));
  EXPECT_FALSE(answer.reply);
  EXPECT_EQ(answer.dropped, DropReason::kArpNotForUs);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, GratuitousArpCreatesNothing) {  // [RFC826 merge]
  EXPECT_EQ(hear(from_peer(Operation::kRequest, kPeer)).dropped, DropReason::kArpNotForUs);
  EXPECT_EQ(hear({Operation::kReply, kPeerMac, kPeer, kPeerMac, kPeer}).dropped, DropReason::kArpNotForUs);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, GratuitousArpMovesAKnownEntry) {  // [RFC826 merge]
  make_reachable();
  (void)hear({Operation::kRequest, kOtherMac, kPeer, {}, kPeer});
  EXPECT_EQ(resolve(kPeer), kOtherMac);
  EXPECT_EQ(state_of(kPeer), "STALE");
}

TEST_F(Neighbours, UnaskedReplyCreatesNothing) {
  EXPECT_EQ(hear(from_peer(Operation::kReply)).dropped, DropReason::kArpNotForUs);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, GroupAndZeroSendersAreNotBelieved) {
  for (const MacAddress& mac : {MacAddress::broadcast(), MacAddress{{1, 0, 0x5e, 0, 0, 1}}, MacAddress{}}) {
    (void)resolve(kPeer);
    const auto answer = hear({Operation::kReply, mac, kPeer, kOurMac, kOurs});
    EXPECT_EQ(answer.dropped, DropReason::kArpBadSender);
    EXPECT_EQ(state_of(kPeer), "INCOMPLETE");
  }
}

TEST_F(Neighbours, WhoClaimsOurAddressIsNeitherBelievedNorAnswered) {  // [RFC5227 2.4]
  const auto answer = hear({Operation::kRequest, kPeerMac, kOurs, {}, kOurs});
  EXPECT_EQ(answer.dropped, DropReason::kArpBadSender);
  EXPECT_FALSE(answer.reply);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, SenderFromAnotherNetworkIsNotBelieved) {
  EXPECT_EQ(hear({Operation::kRequest, kPeerMac, Ipv4Address{0x08080808}, {}, kOurs}).dropped,
            DropReason::kArpBadSender);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Neighbours, ReachableBecomesStaleAndUnusedGoesAway) {  // [RFC1122 2.3.2.1, 2.3.2.1(a)]
  make_reachable();
  pass(config.reachable_time);
  EXPECT_EQ(state_of(kPeer), "STALE");
  EXPECT_TRUE(out.questions.empty());
  pass(config.stale_timeout);
  EXPECT_EQ(state_of(kPeer), "NONE");
}

TEST_F(Neighbours, UsedStaleEntryIsProbedByUnicast) {
  make_reachable();
  pass(config.reachable_time);
  EXPECT_EQ(resolve(kPeer), kPeerMac);
  pass(config.probe_delay);
  EXPECT_EQ(state_of(kPeer), "PROBE");
  ASSERT_EQ(out.questions.size(), 1U);
  EXPECT_EQ(out.questions[0].to, kPeerMac);
  EXPECT_EQ(resolve(kPeer), kPeerMac) << "the old way is used while it is probed";
  (void)hear(from_peer(Operation::kReply));
  EXPECT_EQ(state_of(kPeer), "REACHABLE");
}

TEST_F(Neighbours, ProbeWithoutAnswerForgetsTheEntry) {
  make_reachable();
  pass(config.reachable_time);
  (void)resolve(kPeer);
  pass(config.probe_delay);
  for (std::uint32_t i = 0; i < config.max_requests; ++i) pass(config.request_interval);
  EXPECT_EQ(out.questions.size(), config.max_requests);
  EXPECT_EQ(state_of(kPeer), "NONE");
}

TEST_F(Neighbours, StaticEntryOutlivesEverythingAndIsNeverUpdated) {
  table.add_static(key(kPeer), kOtherMac);
  (void)hear(from_peer(Operation::kReply));
  pass(24h);
  EXPECT_EQ(resolve(kPeer), kOtherMac);
  EXPECT_TRUE(out.questions.empty());
}

struct SmallTable : Neighbours {
  SmallTable() : Neighbours({.max_entries = 4}) {}
  NeighbourTable::Answer introduce(std::uint8_t last) {
    return hear({Operation::kRequest, {{2, 0, 0, 0, 1, last}}, Ipv4Address{0x0a000000U + last}, {}, kOurs});
  }
};

TEST_F(SmallTable, StalestEntryMakesRoom) {
  for (std::uint8_t i = 10; i < 14; ++i) {
    (void)introduce(i);
    pass(1s);
  }
  (void)introduce(20);
  EXPECT_EQ(table.size(), 4U);
  EXPECT_EQ(state_of(Ipv4Address{0x0a00000a}), "NONE");
  EXPECT_EQ(state_of(Ipv4Address{0x0a000014}), "STALE");
}

TEST_F(SmallTable, StrangersPushOutNobodyInUseButAreAnswered) {
  make_reachable();
  for (std::uint8_t i = 10; i < 13; ++i) (void)resolve(Ipv4Address{0x0a000000U + i});
  const auto answer = introduce(20);
  EXPECT_EQ(answer.dropped, DropReason::kArpTableFull);
  EXPECT_TRUE(answer.reply);
  EXPECT_EQ(state_of(kPeer), "REACHABLE");
}

TEST_F(SmallTable, EntriesBeingResolvedForUsAreNeverPushedOut) {
  for (std::uint8_t i = 10; i < 14; ++i) (void)resolve(Ipv4Address{0x0a000000U + i});
  const auto answer = table.resolve(key(kPeer), now, {}, out);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), DropReason::kArpTableFull);
  EXPECT_EQ(park(kPeer), DropReason::kArpTableFull);
  EXPECT_EQ(state_of(Ipv4Address{0x0a00000a}), "INCOMPLETE");
}

std::vector<std::uint8_t> frame_of_type(std::uint16_t type, const MacAddress& to) {
  std::vector<std::uint8_t> frame(60);
  wire::EthernetHeader{to, kPeerMac, type}.emit(frame);
  return frame;
}

TEST(FrameFilter, TakesFramesForUsAndForGroups) {  // [RFC1122 2.3.3, 2.4]
  using enum Destination;
  const auto destination = [](const MacAddress& to) {
    return accept_frame(frame_of_type(wire::ether_type::kIpv4, to), kOurMac)->destination;
  };
  EXPECT_EQ(destination(kOurMac), kUnicast);
  EXPECT_EQ(destination(MacAddress::broadcast()), kBroadcast);
  EXPECT_EQ(destination({{1, 0, 0x5e, 0, 0, 1}}), kMulticast);
}

TEST(FrameFilter, NamesWhyOthersAreDropped) {  // [RFC1122 2.3.1]
  const auto reason = [](std::uint16_t type, const MacAddress& to) {
    return accept_frame(frame_of_type(type, to), kOurMac).error();
  };
  EXPECT_EQ(reason(wire::ether_type::kIpv4, kOtherMac), DropReason::kNotForUs);
  EXPECT_EQ(reason(wire::ether_type::kVlan, kOurMac), DropReason::kVlanTagged);
  EXPECT_EQ(reason(wire::ether_type::kQinQ, MacAddress::broadcast()), DropReason::kVlanTagged);
  EXPECT_EQ(reason(wire::ether_type::kIpv6, kOurMac), DropReason::kUnknownEtherType);
  EXPECT_EQ(reason(0x0040, kOurMac), DropReason::kUnknownEtherType) << "an IEEE 802.3 length";
  EXPECT_EQ(accept_frame(std::vector<std::uint8_t>(13), kOurMac).error(), DropReason::kFrameTruncated);
}

TEST(FrameFilter, MapsGroupsToMacs) {
  EXPECT_EQ(to_string(multicast_mac(Ipv4Address::from_octets(224, 129, 2, 3))), "01:00:5e:01:02:03");
}

}  // namespace
}  // namespace fourtuple::link
