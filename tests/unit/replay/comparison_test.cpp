#include "apps/replay/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/performance_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;
using testing::ElementsAre;
using testing::IsEmpty;

// A request of 100 octets, an answer of 300, and the client closes first.
constexpr std::string_view kRequest = R"(
+0.001 c P. 1:101(100) ack 1
+0.010 s .  1:1(0) ack 101
+0.005 s P. 1:301(300) ack 101
+0.001 c .  101:101(0) ack 301
+0.020 c F. 101:101(0) ack 301
+0.010 s F. 301:301(0) ack 102
+0.001 c .  102:102(0) ack 302
)";

// What the client's application wrote in it.
std::vector<std::uint8_t> request() {
  std::vector<std::uint8_t> octets;
  for (StreamOffset offset = 1; offset <= 100; ++offset) octets.push_back(made_octet(Host::kClient, offset));
  return octets;
}

// A client that does what the recorded one did, until a test changes something.
struct Scene {
  std::shared_ptr<capture::Conversation> conversation;
  Performance performance;
  capture::Vantage vantage{};
  std::vector<std::uint8_t> stream = request();

  explicit Scene(std::string_view lines = kRequest)
      : conversation(make_open_conversation(lines)), performance(performance_like(*conversation, Host::kClient)) {}

  [[nodiscard]] Comparison comparison() const { return comparison_of(*conversation, performance, vantage, stream); }
  [[nodiscard]] bool is_identical() const {
    const Comparison comparison = this->comparison();
    return are_identical(comparison.ours, comparison.recorded);
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Detail& detail : differences(comparison())) names.push_back(detail.name);
    return names;
  }
  // Our segment number `index` from the front, or from the back where negative.
  OurSegment& segment(int index) {
    auto& segments = performance.segments;
    return segments[index >= 0 ? static_cast<std::size_t>(index) : segments.size() - static_cast<std::size_t>(-index)];
  }
};

TEST(Comparison, FindsAHostIdenticalToItself) {
  const Scene scene;
  EXPECT_TRUE(scene.is_identical());
  EXPECT_THAT(scene.names(), IsEmpty());
}

TEST(Comparison, CountsFromTheFirstSynThatWasNotDamaged) {
  const auto made = make_conversation(R"(
      +0.000 c S 0:0(0)                      # damaged
      +1.000 c S 0:0(0)
      +0.010 s S. 0:0(0) ack 1)");
  made->frames.at(0).segment.seq = made_initial(Host::kClient) + 1000;
  EXPECT_EQ(emissions_of(*made, Host::kClient, {}).initial, made_initial(Host::kClient));
  EXPECT_EQ(emissions_of(*made, Host::kServer, {}).other_initial, made_initial(Host::kClient));
}

TEST(Comparison, TakesOneMillisecondForTheSameMomentAndTwoForAnother) {
  Scene scene;
  scene.segment(1).time += 900us;
  EXPECT_TRUE(scene.is_identical());
  scene.segment(1).time += 1100us;
  EXPECT_FALSE(scene.is_identical());
  EXPECT_THAT(scene.names(), IsEmpty());  // and it is still equivalent
}

TEST(Comparison, TakesFivePercentOfALongSilenceForTheSameMoment) {
  Scene scene("+10.0 c P. 1:101(100) ack 1\n");
  scene.segment(-1).time += 400ms;
  EXPECT_TRUE(scene.is_identical());
  scene.segment(-1).time += 200ms;
  EXPECT_FALSE(scene.is_identical());
}

TEST(Comparison, CallsOtherWindowsAndTimestampsNotIdenticalButEquivalent) {
  Scene scene;
  scene.segment(1).segment.window = 1000;
  EXPECT_FALSE(scene.is_identical());
  EXPECT_THAT(scene.names(), IsEmpty());
}

TEST(Comparison, CallsOtherCutsOfTheSameOctetsEquivalent) {
  Scene scene;
  OurSegment first = scene.segment(2);
  ASSERT_EQ(first.segment.payload.size(), 100U);
  OurSegment second = first;
  first.segment.payload = first.segment.payload.first(60);
  second.segment.payload = second.segment.payload.subspan(60);
  second.segment.seq = second.segment.seq + 60;
  auto& segments = scene.performance.segments;
  segments[2] = first;
  segments.insert(segments.begin() + 3, second);
  EXPECT_FALSE(scene.is_identical());
  EXPECT_THAT(scene.names(), IsEmpty());
}

TEST(Comparison, SeesAnOctetThatTheApplicationDidNotWrite) {
  Scene scene;
  std::vector<std::uint8_t> octets(scene.stream);
  octets[41] = '?';
  scene.segment(2).segment.payload = octets;
  const auto details = differences(scene.comparison());
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].name, "other-octets");
  EXPECT_EQ(details[0].verdict, Verdict::kViolationMust);
  EXPECT_EQ(details[0].our_segment, 2U);
}

TEST(Comparison, SeesWhereOurApplicationReadSomethingElse) {
  Scene scene;
  scene.performance.stream_is_whole = false;
  EXPECT_THAT(scene.names(), ElementsAre("other-octets-read"));
}

TEST(Comparison, SeesAFinThatIsMissing) {
  Scene scene;
  auto& segments = scene.performance.segments;
  segments.erase(segments.end() - 2);  // the FIN
  EXPECT_THAT(scene.names(), ElementsAre("no-fin"));
}

TEST(Comparison, SeesThatWeSentLess) {
  Scene scene;
  scene.segment(2).segment.payload = scene.segment(2).segment.payload.first(99);
  EXPECT_THAT(scene.names(), testing::Contains("sent-less"));
}

TEST(Comparison, SeesAResetOfOurs) {
  Scene scene;
  scene.segment(-1).segment.flags = {TcpFlags::kRst};
  const auto details = differences(scene.comparison());
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].name, "reset-by-us");
  EXPECT_EQ(details[0].our_segment, scene.performance.segments.size() - 1);
}

TEST(Comparison, SeesThatTheRecordedHostSentAReset) {
  Scene scene("+0.001 c P. 1:101(100) ack 1\n+0.010 c R. 101:101(0) ack 1\n");
  scene.performance.segments.pop_back();
  const auto details = differences(scene.comparison());
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].name, "no-reset");
  EXPECT_EQ(details[0].recorded_frame, 4U);
}

TEST(Comparison, ComparesTheAnswersToAForgedReset) {
  const std::string_view lines = R"(
+0.001 c P. 1:101(100) ack 1
+0.010 s .  1:1(0) ack 101
+0.100 s R  500:500(0)
+0.000 c .  101:101(0) ack 1
+0.100 s P. 1:2(1) ack 101
+0.001 c .  101:101(0) ack 2
)";
  Scene scene(lines);
  EXPECT_THAT(scene.names(), IsEmpty());
  auto& segments = scene.performance.segments;
  segments.erase(segments.end() - 2);  // the challenge ACK
  const auto details = differences(scene.comparison());
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].name, "other-reaction");
  EXPECT_EQ(details[0].clause, "RFC5961 3.2");
}

TEST(Comparison, DoesNotCompareAnswersWhereTheRecordingWasMadeElsewhere) {
  Scene scene("+0.001 c P. 1:101(100) ack 1\n+0.100 s R 500:500(0)\n+0.000 c . 101:101(0) ack 1\n");
  scene.performance.segments.pop_back();
  EXPECT_THAT(scene.names(), ElementsAre("other-reaction"));
  scene.vantage.to_client = 1ms;
  EXPECT_THAT(scene.names(), IsEmpty());
}

TEST(Comparison, TellsArtefactsAndAdaptations) {
  Scene scene;
  scene.segment(2).ack_lag = true;
  scene.performance.adaptations = {{"RFC9293 MUST-6", "the option was left out", "it is unknown"}};
  EXPECT_THAT(scene.names(), ElementsAre("ack-lag", "adapted"));
}

}  // namespace
}  // namespace fourtuple::replay
