#include <gtest/gtest.h>

#include "scene.hpp"

namespace fourtuple::capture {
namespace {

using test::Octets;
using test::Scene;
using test::Sum;

constexpr std::uint8_t kPshAck = TcpFlags::kPsh | TcpFlags::kAck;

Refusal refusal_of(const Scene& scene) {
  const auto result = scene.split();
  EXPECT_EQ(result.conversations.size(), 1U);
  EXPECT_TRUE(result.only().refusal);
  return result.only().refusal.value_or(Refusal::kNoAnswer);
}

testing::AssertionResult is_replayable(const Scene& scene) {
  const auto result = scene.split();
  if (!result.only().refusal) return testing::AssertionSuccess();
  return testing::AssertionFailure() << word(*result.only().refusal) << " " << result.only().refusal_details;
}

TEST(Checksums, OneWrongSumIsDamageThatIsPlayedAsItIs) {
  Scene scene;
  scene.open();
  for (std::uint32_t i = 0; i < 6; ++i) {
    scene.say({.seq = 1 + i * 10, .octets = 10, .sum = i == 3 ? Sum::kWrong : Sum::kRight});
  }
  const auto result = scene.split();
  for (const TcpFrame& frame : result.only().frames) {
    EXPECT_EQ(frame.checksum_is_wrong, frame.number == 7) << frame.number;
    EXPECT_FALSE(frame.odd.offloaded_checksum);
  }
  EXPECT_FALSE(result.only().checksums_offloaded[0]);
}

TEST(Checksums, AHostWhoseSumsAreNearlyAllWrongLeavesThemToItsCard) {
  for (const Sum sum : {Sum::kWrong, Sum::kPartial, Sum::kZeroed}) {
    Scene scene;
    scene.open();
    for (std::uint32_t i = 0; i < 6; ++i) scene.say({.seq = 1 + i * 10, .octets = 10, .sum = sum});
    scene.say({.from = Host::kServer, .ack = 61, .octets = 5});
    const auto result = scene.split();
    EXPECT_TRUE(result.only().checksums_offloaded[0]);
    EXPECT_FALSE(result.only().checksums_offloaded[1]);
    for (const TcpFrame& frame : result.only().frames) {
      EXPECT_FALSE(frame.checksum_is_wrong);
      EXPECT_EQ(frame.odd.offloaded_checksum, frame.from == Host::kClient && !frame.segment.payload.empty());
    }
  }
}

TEST(Checksums, ASumThatTheCardWasToFinishIsKnownEvenAlone) {
  const auto result = Scene().open().say({.octets = 10, .sum = Sum::kPartial}).split();
  EXPECT_FALSE(result.only().frames[3].checksum_is_wrong);
  EXPECT_TRUE(result.only().frames[3].odd.offloaded_checksum);
  EXPECT_TRUE(result.only().checksums_offloaded[0]);
}

TEST(Checksums, ADamagedIpHeaderIsDamageThoughTheCardWasToFinishTheSum) {
  Scene scene;
  scene.open();
  Octets damaged = scene.datagram({.octets = 10, .sum = Sum::kPartial});
  damaged[8] ^= 1;  // TTL
  const auto result = scene.capture(Scene::ethernet(damaged)).split();
  EXPECT_TRUE(result.only().frames[3].checksum_is_wrong);
  EXPECT_FALSE(result.only().frames[3].odd.offloaded_checksum);
}

TEST(Checksums, DamagedOctetsAreNotHeldAgainstTheirRetransmission) {
  Scene scene;
  scene.open().say({.octets = 10});
  Octets damaged = scene.datagram({.seq = 11, .octets = 10});
  damaged.back() ^= 0x40;
  scene.capture(Scene::ethernet(damaged)).say({.seq = 11, .octets = 10}).say({.from = Host::kServer, .ack = 21});
  EXPECT_TRUE(is_replayable(scene));
}

TEST(SuperFrames, AreCutAtWhatThePeerTakesWithPshAndFinOnTheLastPiece) {
  Scene scene;
  scene.open(1460, 1000);  // the server's MSS binds the client
  scene.say({.flags = kPshAck | TcpFlags::kFin, .octets = 2500});
  const auto result = scene.say({.from = Host::kServer, .ack = 2502}).split();
  EXPECT_FALSE(result.only().refusal);
  EXPECT_TRUE(result.only().has_super_frames);
  ASSERT_EQ(result.only().frames.size(), 7U);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 3; i < 6; ++i) {
    const TcpFrame& piece = result.only().frames[i];
    EXPECT_EQ(piece.number, 4U);
    EXPECT_TRUE(piece.odd.cut_from_super_frame);
    EXPECT_EQ(piece.segment.seq, test::kClientIsn + static_cast<std::uint32_t>(1 + 1000 * (i - 3)));
    EXPECT_EQ(piece.segment.flags.psh(), i == 5);
    EXPECT_EQ(piece.segment.flags.fin(), i == 5);
    sizes.push_back(piece.segment.payload.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1000, 1000, 500}));
}

TEST(SuperFrames, LeaveRoomForTheOptionsOfEachPiece) {
  SegmentOptions options;
  options.timestamps = TcpTimestamps{};
  const auto result = Scene().open().say({.octets = 4000, .options = options}).split();
  EXPECT_EQ(result.only().frames[3].segment.payload.size(), 1448U);
}

TEST(SuperFrames, AreKnownByALengthOfZeroToo) {
  const auto result = Scene().open(1460, 500).say({.octets = 900, .is_length_zero = true}).split();
  EXPECT_FALSE(result.only().refusal) << result.only().refusal_details;
  ASSERT_EQ(result.only().frames.size(), 5U);
  EXPECT_EQ(result.only().frames[4].segment.payload.size(), 400U);
}

TEST(SuperFrames, ASegmentTooLargeForThePeerMayAlsoBeAMistakeOfItsSender) {
  const auto result = Scene().open(1460, 500).say({.octets = 900}).split();
  EXPECT_EQ(result.only().frames.size(), 4U);
  EXPECT_FALSE(result.only().has_super_frames);
}

TEST(SuperFrames, AreNotCutBeyondTheBoundOnFrames) {
  const auto result =
      Scene().open(1460, 1).say({.octets = 30000}).split(test::kEthernetLink, {.frames_per_conversation = 50});
  EXPECT_LE(result.only().frames.size(), 50U);
}

TEST(Oddities, TimeThatRunsBackwardsStandsStillInstead) {
  const auto result = Scene().open().wait(-5ms).say({.octets = 5}).split();
  const TcpFrame& late = result.only().frames[3];
  EXPECT_TRUE(late.odd.time_ran_backwards);
  EXPECT_EQ(late.time, result.only().frames[2].time);
  EXPECT_FALSE(result.only().frames[2].odd.time_ran_backwards);
}

TEST(Oddities, AFrameRecordedTwiceIsATwinAndARetransmissionIsNot) {
  Scene scene;
  scene.open().say({.octets = 5, .id = 77}).say({.octets = 5, .id = 77}).say({.octets = 5, .id = 78});
  const auto result = scene.split();
  EXPECT_FALSE(result.only().frames[3].odd.exact_duplicate);
  EXPECT_TRUE(result.only().frames[4].odd.exact_duplicate);
  EXPECT_FALSE(result.only().frames[5].odd.exact_duplicate);
}

TEST(Oddities, ATwinThatComesLateIsARetransmissionOfAHostThatNumbersNothing) {
  Scene scene;
  scene.open().say({.octets = 5, .id = 77}).wait(300ms).say({.octets = 5, .id = 77});
  EXPECT_FALSE(scene.split().only().frames[4].odd.exact_duplicate);
}

TEST(Oddities, AnAnswerRecordedBeforeItsSynIsPutBehindIt) {
  Scene scene;
  scene.say({.from = Host::kServer, .flags = TcpFlags::kSyn | TcpFlags::kAck, .seq = 0});
  scene.say({.flags = TcpFlags::kSyn, .seq = 0}).say({}).say({.octets = 5});
  const auto result = scene.split();
  ASSERT_EQ(result.conversations.size(), 1U);
  EXPECT_FALSE(result.only().refusal);
  EXPECT_EQ(result.only().frames[0].from, Host::kClient);
  EXPECT_EQ(result.only().frames[1].from, Host::kServer);
  EXPECT_TRUE(result.only().frames[1].odd.time_ran_backwards);
  EXPECT_EQ(result.only().frames[0].number, 2U);
  EXPECT_LE(result.only().frames[0].time, result.only().frames[1].time);
}

TEST(Oddities, AnAcknowledgmentOfWhatWasNotYetSeenIsMarked) {
  Scene scene;
  scene.open().say({.from = Host::kServer, .ack = 11}).say({.octets = 10}).say({.from = Host::kServer, .ack = 11});
  const auto result = scene.split();
  EXPECT_TRUE(result.only().frames[3].odd.acks_unseen);
  EXPECT_FALSE(result.only().frames[5].odd.acks_unseen);
  EXPECT_FALSE(result.only().refusal);
}

TEST(Refusals, OctetsThatAreAcknowledgedButNotThereAreAGap) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.seq = 21, .octets = 10}).say({.from = Host::kServer, .ack = 31});
  EXPECT_EQ(refusal_of(scene), Refusal::kGap);
  EXPECT_EQ(scene.split().only().refusal_details, "octet 11 of the client and what follows");
}

// Ten octets of the client come damaged, and then the server acknowledges that much, twice.
Scene scene_of_damage(std::uint32_t ack) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.seq = 11, .octets = 10}).say({.from = Host::kServer, .ack = 11});
  Octets damaged = scene.datagram({.seq = 21, .octets = 10});
  damaged.back() ^= 0x40;
  scene.capture(Scene::ethernet(damaged));
  return scene.say({.from = Host::kServer, .ack = ack}).say({.from = Host::kServer, .ack = ack, .octets = 5});
}

TEST(Refusals, OctetsThatCameOnlyDamagedAreThereThoughNobodyKnowsThem) {
  EXPECT_TRUE(is_replayable(scene_of_damage(21)));
  EXPECT_EQ(refusal_of(scene_of_damage(31)), Refusal::kDamaged);
  const auto result = scene_of_damage(31).split();
  EXPECT_EQ(result.only().refusal_details, "octet 21 of the client and what follows");
  for (const TcpFrame& frame : result.only().frames) EXPECT_FALSE(frame.odd.acks_unseen) << frame.number;
}

TEST(Refusals, LossOnThePathIsNoGap) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.seq = 21, .octets = 10}).say({.from = Host::kServer, .ack = 11});
  EXPECT_TRUE(is_replayable(scene));
  EXPECT_TRUE(is_replayable(scene.say({.seq = 11, .octets = 10}).say({.from = Host::kServer, .ack = 31})));
}

TEST(Refusals, AnEndThatIsAcknowledgedAgainAndAgainButNotThereIsAGap) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.from = Host::kServer, .ack = 21});
  EXPECT_TRUE(is_replayable(scene));
  EXPECT_EQ(refusal_of(scene.say({.from = Host::kServer, .ack = 21, .octets = 5})), Refusal::kGap);
}

TEST(Refusals, AForgedAcknowledgmentIsNoGapAndItsDataIsNobodys) {
  Scene scene;
  scene.open()
      .say({.ack = 50000, .octets = 10, .shifted = 3})
      .say({.octets = 10})
      .say({.from = Host::kServer, .ack = 11});
  EXPECT_TRUE(is_replayable(scene.close(10)));
}

TEST(Refusals, TheSameOctetsWithOtherContentsAreInconsistent) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.seq = 11, .octets = 10}).say({.seq = 6, .octets = 10});
  EXPECT_TRUE(is_replayable(scene));
  scene.say({.seq = 6, .octets = 10, .shifted = 1});
  EXPECT_EQ(refusal_of(scene), Refusal::kInconsistentRetransmission);
  EXPECT_EQ(scene.split().only().refusal_details, "frame 7");
}

TEST(Refusals, AKeepaliveMayCarryAnyOctet) {
  Scene scene;
  scene.open().say({.octets = 10}).say({.from = Host::kServer, .ack = 11});
  EXPECT_TRUE(is_replayable(scene.say({.seq = 10, .octets = 1, .shifted = 1})));
}

TEST(Refusals, ASignedSegmentIsRefused) {
  for (const std::uint8_t kind : {std::uint8_t{19}, std::uint8_t{29}}) {
    Scene scene;
    scene.open().say({.options = test::with_mss(0), .first_option_kind = kind});
    EXPECT_EQ(refusal_of(scene), Refusal::kAuthenticated);
  }
}

TEST(Refusals, DataInASynIsRefused) {
  EXPECT_EQ(refusal_of(Scene().say({.flags = TcpFlags::kSyn, .seq = 0, .octets = 5})), Refusal::kSynData);
}

TEST(Refusals, PayloadThatWasCutAwayIsRefused) {
  Scene scene;
  scene.open().capture(Scene::ethernet(scene.datagram({.octets = 100})), 80);
  EXPECT_EQ(refusal_of(scene), Refusal::kSnaplen);
  EXPECT_EQ(scene.split().only().frames[3].cut_octets, 74U);
}

TEST(Refusals, AHeaderThatWasCutAwayIsRefusedToo) {
  Scene scene;
  scene.open().capture(Scene::ethernet(scene.datagram({.octets = 100})), 14 + 20 + 12);
  EXPECT_EQ(refusal_of(scene), Refusal::kSnaplen);
}

TEST(Refusals, ASynWithoutAnswerAndARefusedOneAreConversations) {
  EXPECT_TRUE(is_replayable(Scene().say({.flags = TcpFlags::kSyn, .seq = 0})));
}

TEST(Refusals, AnAnswerThatTheCaptureLacksIsNoHandshake) {
  Scene scene;
  scene.say({.flags = TcpFlags::kSyn, .seq = 0}).say({}).say({.from = Host::kServer, .octets = 5});
  EXPECT_EQ(refusal_of(scene), Refusal::kNoHandshake);
}

// The pieces of a segment's datagram, `size` octets of it each.
std::vector<Octets> fragments_of(const Octets& datagram, std::size_t size) {
  auto header = wire::Ipv4Header::parse(datagram);
  std::vector<Octets> pieces;
  for (std::size_t at = wire::kIpv4HeaderSize; at < datagram.size(); at += size) {
    const std::size_t end = std::min(at + size, datagram.size());
    Octets piece(wire::kIpv4HeaderSize);
    piece.insert(piece.end(), datagram.begin() + static_cast<std::ptrdiff_t>(at),
                 datagram.begin() + static_cast<std::ptrdiff_t>(end));
    wire::Ipv4Header own = *header;
    own.total_length = static_cast<std::uint16_t>(piece.size());
    own.fragment_offset = static_cast<std::uint16_t>(at - wire::kIpv4HeaderSize);
    own.more_fragments = end != datagram.size();
    own.emit(piece);
    pieces.push_back(Scene::ethernet(piece));
  }
  return pieces;
}

TEST(FragmentsOfSegments, ArePutTogetherInAnyOrder) {
  Scene scene;
  scene.open();
  const auto pieces = fragments_of(scene.datagram({.octets = 500}), 160);
  ASSERT_EQ(pieces.size(), 4U);
  for (const std::size_t i : {3U, 1U, 1U, 0U, 2U}) scene.capture(pieces[i]);
  const auto result = scene.split();
  EXPECT_FALSE(result.only().refusal) << result.only().refusal_details;
  ASSERT_EQ(result.only().frames.size(), 4U);
  EXPECT_EQ(result.only().frames[3].number, 8U);
  EXPECT_FALSE(result.only().frames[3].checksum_is_wrong);
  EXPECT_TRUE(std::ranges::equal(result.only().frames[3].segment.payload, test::stream_octets(0, 500)));
}

TEST(FragmentsOfSegments, OfWhichSomeAreMissingAreRefused) {
  Scene scene;
  scene.open();
  const auto pieces = fragments_of(scene.datagram({.octets = 500}), 160);
  scene.capture(pieces[0]).capture(pieces[2]).capture(pieces[3]);
  const auto result = scene.split();
  EXPECT_EQ(result.only().refusal, Refusal::kFragments);
  EXPECT_EQ(result.counters.refused[static_cast<std::size_t>(Refusal::kFragments)], 1U);
}

TEST(FragmentsOfSegments, ThatOverlapAreRefused) {
  Scene scene;
  scene.open();
  const Octets datagram = scene.datagram({.octets = 500});
  scene.capture(fragments_of(datagram, 160)[0]).capture(fragments_of(datagram, 80)[1]);
  EXPECT_EQ(scene.split().only().refusal, Refusal::kFragments);
}

Scene handshake(Duration syn_to_answer, Duration answer_to_ack) {
  Scene scene;
  scene.say({.flags = TcpFlags::kSyn, .seq = 0}).wait(syn_to_answer - 1ms);
  scene.say({.from = Host::kServer, .flags = TcpFlags::kSyn | TcpFlags::kAck, .seq = 0}).wait(answer_to_ack - 1ms);
  return scene.say({});
}

TEST(Vantage, IsWhereTheHandshakeSaysTheTimeWasSpent) {
  const Vantage at_client = estimate_vantage(handshake(40ms, 50us).split().only());
  EXPECT_TRUE(at_client.is_known);
  EXPECT_EQ(at_client.to_client, Duration{});
  EXPECT_EQ(at_client.to_server, 20ms);
  const Vantage at_server = estimate_vantage(handshake(50us, 40ms).split().only());
  EXPECT_EQ(at_server.to(Host::kServer), Duration{});
  EXPECT_EQ(at_server.to(Host::kClient), 20ms);
  const Vantage between = estimate_vantage(handshake(10ms, 30ms).split().only());
  EXPECT_EQ(between.to_server, 5ms);
  EXPECT_EQ(between.to_client, 15ms);
}

TEST(Vantage, IsUnknownWhereSomebodyWaitedInTheMiddle) {
  EXPECT_FALSE(estimate_vantage(handshake(1ms, std::chrono::hours(24 * 4000)).split().only()).is_known);
}

TEST(Vantage, IsUnknownWhereTheHandshakeWasRepeated) {
  Scene scene;
  scene.say({.flags = TcpFlags::kSyn, .seq = 0}).wait(1s).open();
  EXPECT_FALSE(estimate_vantage(scene.split().only()).is_known);
  EXPECT_FALSE(estimate_vantage(Scene().say({.flags = TcpFlags::kSyn, .seq = 0}).split().only()).is_known);
}

}  // namespace
}  // namespace fourtuple::capture
