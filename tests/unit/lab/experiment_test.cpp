// The lab's experiment: exact, repeatable, and told frame by frame.
#include "apps/lab/experiment.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace fourtuple::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Setup setup_of(std::initializer_list<std::string_view> lines, std::string_view rules = "delay 10ms") {
  Setup setup;
  setup.rules = impair::parse_rules(rules).value();
  Duration previous{};
  for (const std::string_view line : lines) {
    auto timed = parse_timed_action(line, previous);
    EXPECT_TRUE(timed) << line << ": " << (timed ? "" : timed.error());
    if (!timed) continue;
    previous = timed->at;
    setup.script.push_back(*timed);
  }
  return setup;
}

std::size_t count(const Experiment& experiment, std::initializer_list<std::string_view> parts) {
  const auto fits = [&](const std::string& event) {
    return std::ranges::all_of(parts, [&](std::string_view part) { return event.find(part) != std::string::npos; });
  };
  return static_cast<std::size_t>(std::ranges::count_if(experiment.log().events(), fits));
}

const std::initializer_list<std::string_view> kPage = {"0ms server: listen 80", "0ms server: serve 20000",
                                                       "0ms client: auto-close on", "1ms client: connect 80"};

TEST(Experiment, RunsAScriptToItsEnd) {
  Experiment experiment(setup_of(kPage));
  experiment.run_until(5min);
  EXPECT_TRUE(experiment.is_idle());
  const auto closed = [](const std::string& event) {
    return event.find(R"("call":"close")") != std::string::npos && event.find(R"("host":0)") != std::string::npos;
  };
  const auto close = std::ranges::find_if(experiment.log().events(), closed);
  ASSERT_NE(close, experiment.log().events().end());
  EXPECT_THAT(*close, HasSubstr(R"("time_ns":81000000)")) << "as soon as the end was read";
  EXPECT_EQ(count(experiment, {R"("event":"state-changed")", R"("to":"TIME-WAIT")", R"("host":1)"}), 1U);
  EXPECT_EQ(count(experiment, {R"("event":"connection-closed")", R"("error":0)"}), 2U);
  EXPECT_EQ(count(experiment, {R"("event":"options-agreed")"}), 2U);
  std::uint64_t read = 0;
  for (const std::string& event : experiment.log().events()) {
    const std::size_t at = event.find(R"("call":"receive","bytes":)");
    if (at != std::string::npos) read += std::stoull(event.substr(at + 25));
  }
  EXPECT_EQ(read, 20'000U);
}

TEST(Experiment, TellsTheSameStoryEveryTime) {
  const auto told = [] {
    Experiment experiment(setup_of(kPage, "delay 10ms; loss 20%; jitter 2ms"));
    experiment.run_until(1min);
    return experiment.log().events();
  };
  EXPECT_EQ(told(), told());
}

TEST(Experiment, IsTheSameInStepsAndInOneGo) {
  Experiment in_steps(setup_of(kPage, "delay 10ms; loss 20%"));
  for (int i = 0; i < 100'000 && in_steps.step(1min); ++i) {
  }
  Experiment at_once(setup_of(kPage, "delay 10ms; loss 20%"));
  at_once.run_until(1min);
  EXPECT_EQ(in_steps.log().events(), at_once.log().events());
}

TEST(Experiment, NamesEachFrameFromItsSegmentToItsArrival) {
  Experiment experiment(setup_of(kPage));
  experiment.run_until(5s);
  const auto& events = experiment.log().events();
  const auto sent = std::ranges::find_if(
      events, [](const std::string& event) { return event.find(R"("line":"TCP)") != std::string::npos; });
  ASSERT_NE(sent, events.end());
  EXPECT_THAT(*sent, HasSubstr(R"("fate":"carried")"));
  EXPECT_THAT(*sent, HasSubstr(R"("segment":)"));
  EXPECT_THAT(*sent, HasSubstr(R"("cause":"user-connect")"));
  // ARP asks first, so the SYN is the client's second frame and the third of all.
  EXPECT_THAT(*sent, HasSubstr(R"("frame":3)"));
  EXPECT_EQ(count(experiment, {R"("event":"segment-received")", R"("frame":3)", R"("flags":"S")"}), 1U);
}

// A super-segment is one segment of the connection and several frames of the wire.
TEST(Experiment, LinksEveryFrameOfASuperSegmentToIt) {
  Experiment experiment(setup_of(kPage));
  experiment.run_until(5s);
  EXPECT_EQ(count(experiment, {R"("event":"wire-sent")", R"("line":"TCP)"}),
            count(experiment, {R"("event":"wire-sent")", R"("segment":)"}));
  EXPECT_EQ(count(experiment, {R"("event":"wire-sent")", R"("relative_seq":1449)", R"("payload_bytes":1448)"}), 1U);
}

TEST(Experiment, DropsTheNextOfAKind) {
  Experiment experiment(setup_of(kPage));
  experiment.run_until(21ms);
  ASSERT_TRUE(experiment.act(parse_action("wire: drop next data").value()));
  experiment.run_until(5s);
  EXPECT_EQ(count(experiment, {R"("fate":"dropped by hand")"}), 1U);
  EXPECT_GE(count(experiment, {R"("retransmission":true)"}), 1U);
}

// Several events of one moment lie on either side of the hand.
TEST(Experiment, IsRepeatedWithWhatWasDoneByHand) {
  lab::Setup setup = setup_of(kPage);
  Experiment first(setup);
  first.run_until(61ms);
  ASSERT_TRUE(first.act(parse_action("wire: drop next ack").value()));
  ASSERT_TRUE(first.step());
  ASSERT_TRUE(first.act(parse_action("wire: drop next data").value()));
  first.run_until(5s);
  ASSERT_EQ(first.actions().size(), 2U);
  for (const TimedAction& timed : first.actions()) {
    const auto again = parse_timed_action(to_string(timed), {});
    ASSERT_TRUE(again);
    setup.script.push_back(*again);
  }
  Experiment second(setup);
  second.run_until(5s);
  EXPECT_EQ(first.log().events(), second.log().events());
}

TEST(Experiment, CutsAndHealsTheCable) {
  Experiment experiment(setup_of({"0ms server: listen 80", "1ms client: connect 80", "100ms wire: cut",
                                  "101ms client: send 1000", "2s wire: heal"}));
  experiment.run_until(10s);
  EXPECT_GE(count(experiment, {R"("fate":"lost while the cable is out")"}), 2U);
  EXPECT_EQ(count(experiment, {R"("event":"user-called")", R"("call":"receive","bytes":1000)"}), 1U);
}

TEST(Experiment, TakesNewRulesWhileItRuns) {
  Experiment experiment(setup_of(
      {"0ms server: listen 80", "1ms client: connect 80", "100ms wire: delay 300ms", "101ms client: send 10"}));
  experiment.run_until(10s);
  const auto& events = experiment.log().events();
  const auto read = std::ranges::find_if(
      events, [](const std::string& event) { return event.find(R"("call":"receive")") != std::string::npos; });
  ASSERT_NE(read, events.end());
  EXPECT_THAT(*read, HasSubstr(R"("time_ns":401000000)"));
}

TEST(Experiment, StepsFromSegmentToSegment) {
  Experiment experiment(setup_of(kPage));
  ASSERT_TRUE(experiment.step_to_segment(1s));
  EXPECT_EQ(count(experiment, {R"("event":"segment-sent")"}), 1U);
  EXPECT_EQ(experiment.now(), 1ms);
}

TEST(Experiment, SaysWhyAnActionCannotBeDone) {
  Experiment experiment(setup_of({}));
  const auto done = experiment.act(parse_action("client: send 10").value());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), "this host has no connection yet");
  EXPECT_EQ(count(experiment, {R"("event":"problem")"}), 1U);
}

TEST(Experiment, FloodsWithSynsOfStrangers) {
  Experiment experiment(setup_of({"0ms server: listen 80", "1ms wire: inject syn 300 to 80"}));
  experiment.run_until(100ms);
  EXPECT_EQ(count(experiment, {R"("event":"connection-opened")", R"("host":1)"}), 300U);
}

TEST(Experiment, PingsAndSendsDatagrams) {
  Experiment experiment(setup_of({"0ms client: ping 2 size 1000", "50ms client: udp send 10 to 9"}));
  experiment.run_until(1s);
  EXPECT_GE(count(experiment, {R"("event":"wire-sent")", "ICMP echo reply"}), 2U);
  EXPECT_GE(count(experiment, {R"("event":"wire-sent")", "ICMP"}), 3U);
}

TEST(Action, IsPrintedAsItIsRead) {
  for (const std::string_view text :
       {"client: connect 80 from 5000", "server: listen 80", "client: send 5000 to #2", "server: read 10",
        "client: auto-read off", "server: serve 20000", "client: set congestion reno", "client: set nodelay on",
        "wire: drop next data", "wire: cut", "wire: inject syn 10 to 80", "client: ping 3 size 100",
        "client: udp send 10 to 9", "server: abort #1", "wire: delay 20ms; out: drop data 3 once"}) {
    const auto action = parse_action(text);
    ASSERT_TRUE(action) << text << ": " << action.error();
    const std::string printed = to_string(*action);
    const auto again = parse_action(printed);
    ASSERT_TRUE(again) << printed;
    EXPECT_EQ(to_string(*again), printed);
  }
}

TEST(Action, SaysWhatWasExpected) {
  EXPECT_THAT(parse_action("client: conect 80").error(), HasSubstr("connect PORT"));
  EXPECT_THAT(parse_action("nobody: cut").error(), HasSubstr("client:, server: or wire:"));
  EXPECT_THAT(parse_action("wire: dely 20ms").error(), HasSubstr("'dely'"));
  EXPECT_THAT(parse_action("client: connect 80000").error(), HasSubstr("connect PORT"));
  EXPECT_THAT(parse_timed_action("soon client: close", {}).error(), HasSubstr("'soon' is no time"));
}

}  // namespace
}  // namespace fourtuple::lab
