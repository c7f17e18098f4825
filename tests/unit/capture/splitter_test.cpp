#include <gtest/gtest.h>

#include "scene.hpp"

namespace fourtuple::capture {
namespace {

using test::Octets;
using test::Said;
using test::Scene;

constexpr std::uint8_t kSynFlag = TcpFlags::kSyn;
constexpr std::uint8_t kAckFlag = TcpFlags::kAck;
constexpr std::uint8_t kRstFlag = TcpFlags::kRst;
constexpr std::uint8_t kSynAck = kSynFlag | kAckFlag;

TEST(Splitter, GivesAWholeConversationWithItsPayload) {
  const auto result = Scene().open().say({.octets = 30}).say({.from = Host::kServer, .ack = 31}).close(30).split();
  ASSERT_EQ(result.conversations.size(), 1U);
  const Conversation& conversation = result.only();
  EXPECT_FALSE(conversation.refusal) << conversation.refusal_details;
  EXPECT_EQ(conversation.hosts[0], test::kClient);
  EXPECT_EQ(conversation.hosts[1], test::kServer);
  ASSERT_EQ(conversation.frames.size(), 8U);
  const TcpFrame& data = conversation.frames[3];
  EXPECT_EQ(data.number, 4U);
  EXPECT_EQ(data.time, 3ms);
  EXPECT_EQ(data.from, Host::kClient);
  EXPECT_EQ(data.segment.seq, test::kClientIsn + 1);
  EXPECT_TRUE(std::ranges::equal(data.segment.payload, test::stream_octets(0, 30)));
  EXPECT_EQ(conversation.frames[0].segment.options.mss, 1460);
}

TEST(Splitter, KeepsTwoConversationsApart) {
  Scene scene;
  Scene elsewhere({test::kClient.address, 40001});
  scene.open();
  scene.capture(Scene::ethernet(elsewhere.datagram({.flags = kSynFlag, .seq = 0})));
  scene.say({.octets = 5});
  scene.capture(Scene::ethernet(elsewhere.datagram({.from = Host::kServer, .flags = kRstFlag | kAckFlag, .seq = 0})));
  const auto result = scene.split();
  ASSERT_EQ(result.conversations.size(), 2U);
  EXPECT_EQ(result.conversations[0]->frames.size(), 4U);
  EXPECT_EQ(result.conversations[1]->frames.size(), 2U);
  EXPECT_EQ(result.conversations[0]->stream, 0U);
  EXPECT_EQ(result.conversations[1]->stream, 1U);
}

TEST(Splitter, StartsANewConversationAtASynAfterTheEndOfTheOld) {
  Scene scene;
  scene.open().close();
  scene.client_isn = SeqNum{70000};
  scene.open().say({.octets = 3}).close(3);
  const auto result = scene.split();
  ASSERT_EQ(result.conversations.size(), 2U);
  EXPECT_EQ(result.conversations[0]->frames.size(), 6U);
  EXPECT_EQ(result.conversations[1]->frames.size(), 7U);
  EXPECT_FALSE(result.conversations[1]->refusal);
}

TEST(Splitter, StartsANewConversationAtASynThatGotAnAnswerThoughTheOldWasAlive) {
  Scene scene;
  scene.open().say({.octets = 3});
  scene.client_isn = SeqNum{70000};
  scene.server_isn = SeqNum{90000};
  scene.open().say({.octets = 9});
  const auto result = scene.split();
  ASSERT_EQ(result.conversations.size(), 2U);
  EXPECT_EQ(result.conversations[0]->frames.size(), 4U);
  ASSERT_EQ(result.conversations[1]->frames.size(), 4U);
  EXPECT_EQ(result.conversations[1]->frames[0].number, 5U);
  EXPECT_TRUE(std::ranges::equal(result.conversations[1]->frames[3].segment.payload, test::stream_octets(0, 9)));
}

TEST(Splitter, LeavesAForgedSynInTheConversationItWasThrownInto) {
  Scene scene;
  scene.open().say({.octets = 3});
  scene.say({.flags = kSynFlag, .seq = 50}).say({.from = Host::kServer, .ack = 4}).say({.seq = 4, .octets = 3});
  const auto result = scene.close(6).split();
  ASSERT_EQ(result.conversations.size(), 1U);
  EXPECT_EQ(result.only().frames.size(), 10U);
  EXPECT_FALSE(result.only().refusal) << result.only().refusal_details;
}

TEST(Splitter, TakesARepeatedSynForTheSameConversationAlsoAfterItWasRefused) {
  const Said syn{.flags = kSynFlag, .seq = 0};
  const Said reset{.from = Host::kServer, .flags = kRstFlag | kAckFlag, .seq = 0};
  const auto result = Scene().say(syn).say(reset).say(syn).say(reset).split();
  ASSERT_EQ(result.conversations.size(), 1U);
  EXPECT_EQ(result.only().frames.size(), 4U);
  EXPECT_FALSE(result.only().refusal) << result.only().refusal_details;
}

TEST(Splitter, ASynWithAnotherNumberAfterARefusalIsAnotherAttempt) {
  Scene scene;
  scene.say({.flags = kSynFlag, .seq = 0}).say({.from = Host::kServer, .flags = kRstFlag | kAckFlag, .seq = 0});
  scene.say({.flags = kSynFlag, .seq = 9000});
  EXPECT_EQ(scene.split().conversations.size(), 2U);
}

TEST(Splitter, SynsThatCrossOpenOneConversationOfTheFirstSender) {
  Scene scene;
  scene.say({.flags = kSynFlag, .seq = 0}).say({.from = Host::kServer, .flags = kSynFlag, .seq = 0});
  scene.say({.flags = kSynAck, .seq = 0}).say({.from = Host::kServer, .flags = kSynAck, .seq = 0});
  const auto result = scene.say({.octets = 4}).say({.from = Host::kServer, .ack = 5}).split();
  ASSERT_EQ(result.conversations.size(), 1U);
  EXPECT_EQ(result.only().hosts[0], test::kClient);
  EXPECT_FALSE(result.only().refusal) << result.only().refusal_details;
}

TEST(Splitter, WithoutASynTheHigherPortIsTheClients) {
  const auto result = Scene().say({.from = Host::kServer, .octets = 5}).say({.ack = 6}).split();
  EXPECT_EQ(result.only().hosts[0], test::kClient);
  EXPECT_EQ(result.only().refusal, Refusal::kNoHandshake);
  EXPECT_EQ(result.only().refusal_details, "frame 1");
}

TEST(Splitter, ASynEndsAConversationThatBeganBeforeTheCapture) {
  const auto result = Scene().say({.octets = 5}).open().split();
  ASSERT_EQ(result.conversations.size(), 2U);
  EXPECT_EQ(result.conversations[0]->refusal, Refusal::kNoHandshake);
  EXPECT_FALSE(result.conversations[1]->refusal);
}

TEST(Splitter, GivesAClosedConversationOutAfterTwoQuietMinutes) {
  Scene scene;
  scene.open().close().wait(3min);
  const Scene elsewhere = Scene({test::kClient.address, 40001});
  scene.capture(Scene::ethernet(Scene(elsewhere).datagram({.flags = kSynFlag, .seq = 0})));
  scene.wait(1h);
  scene.say({.octets = 5});  // the same name, long after
  const auto result = scene.split();
  ASSERT_EQ(result.conversations.size(), 3U);
  EXPECT_EQ(result.conversations[0]->stream, 0U);
  EXPECT_EQ(result.conversations[0]->frames.size(), 6U);
  EXPECT_EQ(result.conversations[2]->frames.size(), 1U);
}

TEST(Splitter, AForgedResetDoesNotEndAConversationThatGoesOnLater) {
  Scene scene;
  scene.open().say({.flags = kRstFlag, .seq = 5000}).say({.octets = 5}).wait(1h);
  EXPECT_EQ(scene.say({.seq = 6, .octets = 5}).split().conversations.size(), 1U);
}

// "Fragmentation needed" from a router to the client, about this datagram of its.
Octets error_about(const Octets& quoted) {
  Octets icmp(wire::kIpv4HeaderSize);
  icmp.insert(icmp.end(), {3, 4, 0, 0, 0, 0, 0x05, 0x14});
  icmp.insert(icmp.end(), quoted.begin(), quoted.begin() + 28);
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(icmp.size());
  header.protocol = wire::ip_protocol::kIcmp;
  header.source = Ipv4Address::from_octets(10, 0, 0, 254);
  header.destination = test::kClient.address.v4();
  header.emit(icmp);
  return icmp;
}

TEST(Splitter, AttributesAnIcmpErrorToTheSegmentItQuotes) {
  Scene scene;
  scene.open();
  const Octets quoted = scene.datagram({.octets = 1400});
  const auto result = scene.capture(Scene::ethernet(error_about(quoted))).split();
  ASSERT_EQ(result.only().icmp.size(), 1U);
  const IcmpFrame& message = result.only().icmp[0];
  EXPECT_EQ(message.number, 4U);
  EXPECT_EQ(message.to, Host::kClient);
  EXPECT_EQ(message.type, 3);
  EXPECT_EQ(message.code, 4);
  EXPECT_EQ(message.next_hop_mtu, 1300);
  EXPECT_EQ(message.quoted_seq, test::kClientIsn + 1);
}

TEST(Splitter, CountsTheIcmpErrorsThatItHasNoRoomFor) {
  Scene scene;
  scene.open();
  const Octets quoted = scene.datagram({.octets = 1400});
  for (int i = 0; i < 5; ++i) scene.capture(Scene::ethernet(error_about(quoted)));
  const auto result = scene.split(test::kEthernetLink, {.errors_per_conversation = 3});
  EXPECT_EQ(result.only().icmp.size(), 3U);
  EXPECT_EQ(result.counters.errors_left_out, 2U);
}

TEST(Splitter, ConversationsInTunnelsAreShownButRefused) {
  Scene scene;
  wire::Ipv4Header header;
  header.protocol = 4;
  for (const Said& said :
       {Said{.flags = kSynFlag, .seq = 0}, Said{.from = Host::kServer, .flags = kSynAck, .seq = 0}}) {
    const Octets inner = scene.datagram(said);
    Octets outer(wire::kIpv4HeaderSize);
    header.total_length = static_cast<std::uint16_t>(outer.size() + inner.size());
    header.emit(outer);
    outer.insert(outer.end(), inner.begin(), inner.end());
    scene.capture(Scene::ethernet(outer));
  }
  const auto result = scene.split();
  EXPECT_EQ(result.only().frames.size(), 2U);
  EXPECT_EQ(result.only().refusal, Refusal::kTunnel);
  EXPECT_EQ(result.only().hosts[0], test::kClient);
}

TEST(Splitter, ConversationsOverIpv6AreShownButRefused) {
  const Octets segment = Scene().datagram({.flags = kSynFlag, .seq = 0});
  Octets ipv6{0x60, 0, 0, 0, 0, 28, 0, 64};  // hop-by-hop options, then TCP
  for (std::uint8_t host = 1; host <= 2; ++host) {
    ipv6.insert(ipv6.end(), {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host});
  }
  ipv6.insert(ipv6.end(), {6, 0, 1, 4, 0, 0, 0, 0});
  ipv6.insert(ipv6.end(), segment.begin() + wire::kIpv4HeaderSize, segment.end());
  const auto result = Scene().capture(ipv6).split(101);
  EXPECT_EQ(result.only().refusal, Refusal::kIpv6);
  EXPECT_EQ(to_string(result.only().hosts[1]), "[fd00::2]:80");
  EXPECT_EQ(result.only().frames[0].segment.seq, test::kClientIsn);
  EXPECT_EQ(result.only().frames[0].ttl, 64);
}

TEST(Splitter, ABadDataOffsetIsCountedAndRefusesTheConversation) {
  Scene scene;
  scene.open();
  // The sum is made right again, so that it is the sender's doing and no damage.
  Octets broken = scene.datagram({.octets = 8});
  broken[wire::kIpv4HeaderSize + 12] = 0x20;
  broken[wire::kIpv4HeaderSize + wire::kTcpHeaderSize] =
      static_cast<std::uint8_t>(broken[wire::kIpv4HeaderSize + wire::kTcpHeaderSize] + 0x30);
  const auto result = scene.capture(Scene::ethernet(broken)).split();
  EXPECT_EQ(result.counters.malformed_frames, 1U);
  EXPECT_EQ(result.only().refusal, Refusal::kMalformed);
  EXPECT_EQ(result.only().refusal_details, "frame 4");
  EXPECT_EQ(result.only().frames.size(), 3U);
}

TEST(Splitter, ASmallDatagramWithoutALengthIsMalformed) {
  Scene scene;
  const auto result = scene.open().capture(Scene::ethernet(scene.datagram({.is_length_zero = true}))).split();
  EXPECT_EQ(result.counters.malformed_frames, 1U);
  EXPECT_EQ(result.only().frames.size(), 3U);
}

TEST(Splitter, ADamagedHeaderIsCountedButNobodysBusiness) {
  Scene scene;
  scene.open();
  Octets broken = scene.datagram({.octets = 8});
  broken[wire::kIpv4HeaderSize + 12] = 0x20;
  const auto result = scene.capture(Scene::ethernet(broken)).split();
  EXPECT_EQ(result.counters.malformed_frames, 1U);
  EXPECT_FALSE(result.only().refusal);
}

TEST(Splitter, CutsALongConversationAtItsBounds) {
  Scene scene;
  scene.open();
  for (std::uint32_t i = 0; i < 10; ++i) scene.say({.seq = 1 + i * 100, .octets = 100});
  const auto by_octets = scene.split(test::kEthernetLink, {.octets_per_conversation = 450});
  EXPECT_TRUE(by_octets.only().is_cut);
  EXPECT_EQ(by_octets.only().frames.size(), 7U);
  const auto by_frames = scene.split(test::kEthernetLink, {.frames_per_conversation = 5});
  EXPECT_TRUE(by_frames.only().is_cut);
  EXPECT_EQ(by_frames.only().frames.size(), 5U);
  EXPECT_FALSE(scene.split().only().is_cut);
}

TEST(Splitter, GivesTheQuietestOutWhereTooManyAreOpen) {
  Scene scene;
  for (Port port = 1000; port < 1010; ++port) {
    Scene other({test::kClient.address, port});
    scene.capture(Scene::ethernet(other.datagram({.flags = kSynFlag, .seq = 0})));
  }
  const auto result = scene.split(test::kEthernetLink, {.open_conversations = 4});
  ASSERT_EQ(result.conversations.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(result.conversations[i]->stream, i);
    EXPECT_EQ(result.conversations[i]->is_cut, i < 6);
  }
}

TEST(Splitter, GivesTheQuietestOutWhereAllTogetherAreTooLong) {
  Scene scene;
  for (Port port = 1000; port < 1010; ++port) {
    Scene other({test::kClient.address, port});
    scene.capture(Scene::ethernet(other.datagram({.octets = 1000})));
  }
  std::size_t held = 0;
  const auto result = scene.split(test::kEthernetLink, {.octets_in_all = 10'000});
  for (const auto& conversation : result.conversations) held += conversation->is_cut ? 0U : 1U;
  EXPECT_GE(held, 2U);
  EXPECT_LE(held, 8U);
  EXPECT_EQ(result.conversations.size(), 10U);
}

TEST(Splitter, ConversationsOfAHostWithItselfAreHeldInOneDirection) {
  const Endpoint self{test::kClient.address, 7};
  const auto result = Scene(self, self).open().split();
  EXPECT_EQ(result.only().frames.size(), 3U);
}

}  // namespace
}  // namespace fourtuple::capture
