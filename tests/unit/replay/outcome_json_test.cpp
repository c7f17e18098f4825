#include <gtest/gtest.h>

#include "apps/replay/presentation.hpp"
#include "outcome_maker.hpp"

namespace fourtuple::replay {
namespace {

bool has(const std::string& json, std::string_view part) { return json.find(part) != std::string::npos; }

TEST(OutcomeJson, IsOneObjectOnOneLine) {
  const std::string json = outcome_json(made::violating_outcome(), "a.pcap");
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(json.front(), '{');
  EXPECT_EQ(json.back(), '}');
}

TEST(OutcomeJson, TellsTheVerdictsApart) {
  const std::string json = outcome_json(made::violating_outcome(), "a.pcap");
  EXPECT_TRUE(has(json, R"json("role":"server","verdict":"violation (MUST)","ours":"violation (MUST)",)json"
                        R"json("recorded":"violation (SHOULD)")json"))
      << json;
}

TEST(OutcomeJson, GivesEachDetailItsFrames) {
  const std::string json = outcome_json(made::diverged_outcome(), "a.pcap");
  EXPECT_TRUE(has(json,
                  R"json("our_segment":{"time_us":1012000,"text":". 1:1461(1460) ack 80 win 65408","flags":".",)json"
                  R"json("relative_seq":1,"relative_ack":80,"payload_bytes":1460,"window_bytes":65408,)json"
                  R"json("retransmission":true,"index":4,"cause":"retransmission-timeout"})json"))
      << json;
  EXPECT_TRUE(has(json, R"json("retransmission":true,"frame":11})json")) << json;
}

TEST(OutcomeJson, TellsHowLongFramesWereHeld) {
  EXPECT_TRUE(has(outcome_json(made::diverged_outcome(), "a.pcap"), R"json("held":2,"longest_held_us":784000)json"));
}

TEST(OutcomeJson, EscapesTheNameOfTheFile) {
  EXPECT_TRUE(has(outcome_json(made::refused_outcome(), "a\".pcap"), R"json({"file":"a\".pcap","stream":7,)json"));
}

TEST(OutcomeJson, OfARefusalNamesItsReasonAndNoReplay) {
  const std::string json = outcome_json(made::refused_outcome(), "a.pcap");
  EXPECT_TRUE(
      has(json, R"json("refusal":"no-handshake","refusal_details":"frame 1: data without a SYN before it")json"));
  EXPECT_FALSE(has(json, R"json("replay":)json"));
}

}  // namespace
}  // namespace fourtuple::replay
