#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "stack/observe/fanout.hpp"
#include "stack/observe/json.hpp"
#include "stack/observe/json_lines.hpp"
#include "stack/observe/ladder.hpp"
#include "stack/observe/recorder.hpp"
#include "stack/observe/rows_json.hpp"
#include "tests/unit/observe/story.hpp"

namespace fourtuple::observe {
namespace {

using testing::HasSubstr;

void tell_all(trace::Sink& sink) {
  Teller story(sink, kServerSide, 7);
  tell_handshake(story);
  tell_lossy_page(story);
  tell_close(story);
}

template <class Tell>
std::string ladder_of(Tell&& tell) {
  std::string text;
  Ladder ladder([&text](std::string_view more) { text += more; }, {.ascii = true});
  tell(ladder);
  ladder.finish();
  return text;
}

TEST(Fanout, HandsEveryEventToAllItsSinks) {
  Recorder first;
  Recorder second;
  Fanout fanout;
  fanout.add(first);
  fanout.add(second);
  Teller story(fanout, kServerSide, 7);
  tell_handshake(story);
  fanout.remove(second);
  story.gets(kA, {1, 0, 1});
  EXPECT_EQ(second.size(), 6U);
  EXPECT_EQ(first.size(), 7U);
}

TEST(Recorder, TellsTheSameStoryAgain) {
  Recorder recorder;
  tell_all(recorder);
  EXPECT_EQ(ladder_of([&](Ladder& ladder) { recorder.replay(ladder); }), ladder_of(tell_all));
}

TEST(Recorder, KeepsCopiesOfBytesThatAreGone) {
  Recorder recorder;
  {
    std::vector<std::uint8_t> bytes{1, 2, 3};
    recorder.on_event({Instant{}, 0, trace::FrameReceived{bytes, 0}});
    bytes.assign({9, 9, 9});
    recorder.on_event({Instant{}, 0, trace::FrameSent{bytes, 0, 0, Cause::kDatagram}});
  }
  const ByteView first = std::get<trace::FrameReceived>(recorder.at(0).body).bytes;
  EXPECT_EQ(std::vector<std::uint8_t>(first.begin(), first.end()), (std::vector<std::uint8_t>{1, 2, 3}));
  const ByteView second = std::get<trace::FrameSent>(recorder.at(1).body).headers;
  EXPECT_EQ(std::vector<std::uint8_t>(second.begin(), second.end()), (std::vector<std::uint8_t>{9, 9, 9}));
}

TEST(Recorder, ForgetsTheOldestAtItsLimits) {
  Recorder by_count({.max_events = 3});
  for (int i = 0; i < 5; ++i) by_count.on_event({Instant{} + i * 1ms, 0, trace::TimerFired{}});
  EXPECT_EQ(by_count.size(), 3U);
  EXPECT_EQ(by_count.forgotten(), 2U);
  EXPECT_EQ(by_count.at(0).time, Instant{} + 2ms);

  Recorder by_bytes({.max_bytes = 100});
  const std::vector<std::uint8_t> bytes(40);
  for (int i = 0; i < 5; ++i) by_bytes.on_event({Instant{}, 0, trace::FrameReceived{bytes, 0}});
  EXPECT_EQ(by_bytes.size(), 2U);
}

TEST(JsonString, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01"), R"("a\"b\\c\u000a\u0001")");
  EXPECT_EQ(json_string("\xe2\x86\x92"), "\"\xe2\x86\x92\"");
  EXPECT_EQ(json_string("\xff\xe2\x86"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonLines, WritesOneObjectALine) {
  std::vector<std::string> lines;
  JsonLines json([&](std::string_view line) { lines.emplace_back(line); });
  Teller story(json, kServerSide, 7);
  story.gets(kS, {0, 0, 0, 64240}, syn_options()).becomes(TcpState::kListen, TcpState::kSynReceived);
  story.drops(kA, {1, 0, 9, 0}, DropReason::kTcpFutureAck);
  EXPECT_EQ(lines.at(0),
            R"({"time_ns":0,"event":"segment-received","connection":7,"local":"10.0.0.4:80",)"
            R"("remote":"10.0.0.5:55715","flags":"S","seq":4294967280,"relative_seq":0,"payload_bytes":0,)"
            R"("window_bytes":64240,"options":{"mss":1460,"window_scale":7,"sack_permitted":true,"ts_value":1,)"
            R"("ts_echo":0}})"
            "\n");
  EXPECT_EQ(lines.at(1), R"({"time_ns":0,"event":"state-changed","connection":7,"local":"10.0.0.4:80",)"
                         R"("remote":"10.0.0.5:55715","from":"LISTEN","to":"SYN-RECEIVED"})"
                         "\n");
  EXPECT_THAT(lines.at(2), HasSubstr(R"("reason":"tcp-future-ack","clause":"RFC5961 5.2"})"));
}

TEST(JsonLines, LeavesFramesOutWhenAskedTo) {
  int lines = 0;
  JsonLines json([&](std::string_view) { ++lines; }, false);
  json.on_event({Instant{}, 0, trace::FrameReceived{}});
  json.on_event({Instant{}, 1, trace::TimerFired{}});
  EXPECT_EQ(lines, 1);
}

TEST(RowsJson, TellsStateByTheRfcAndInfoByItsNames) {
  Row row{RowKind::kTcp, kServerSide, TcpState::kFinWait1, 1, 2, 3, tcp::Info{}};
  row.info->send_mss = 1448;
  row.info->timer = "on";
  row.info->timer_remaining = 204ms;
  const std::string text = rows_json({row});
  EXPECT_THAT(text, HasSubstr(R"(  {"protocol":"tcp","local":{"address":"10.0.0.4","port":80},)"
                              R"("remote":{"address":"10.0.0.5","port":55715},"state":"FIN-WAIT-1",)"
                              R"("receive_queue":1,"send_queue":2,"owner":3,)"
                              R"("timer":{"name":"on","remaining_ms":204},"info":{)"));
  EXPECT_THAT(text, HasSubstr(R"("send_mss":1448,)"));
  EXPECT_EQ(rows_json({}), "[]\n");
}

}  // namespace
}  // namespace fourtuple::observe
