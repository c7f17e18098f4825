// What is inferred from each of our own captures, exactly; what the applications really did stands beside them.
#include <gtest/gtest.h>

#include "tests/support/captures.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

struct Expected {
  const char* capture;
  std::size_t stream;
  const char* client;
  CloseKind client_close;
  const char* server;
  CloseKind server_close;
};

constexpr CloseKind kNone = CloseKind::kNone;
constexpr CloseKind kClose = CloseKind::kClose;

// Of nagle-keys the application wrote twenty times one octet: nobody can see where Nagle's algorithm joined them.
const Expected kExpected[] = {
    {"abort-linger0.pcap", 0, "connect, write 500, abort", CloseKind::kAbort, "listen", kNone},
    {"delayed-ack.pcap", 0,
     "connect, write 100, write 100, write 100, write 100, write 100, write 100, write 100, write 100, close", kClose,
     "listen, close", kClose},
    {"echo-plain.pcap", 0, "connect, write 15, write 15, write 15, close", kClose,
     "listen, write 15, write 15, write 15, close", kClose},
    {"fmt-nano.pcap", 0, "connect, write 10000, close", kClose, "listen, close", kClose},
    {"fmt-pcapng.pcapng", 0, "connect, write 10000, close", kClose, "listen, close", kClose},
    {"forged-rst-challenge.server.pcap", 0, "connect, write 7, write 7, write 7, write 7, close", kClose,
     "listen, write 7, write 7, write 7, write 7, close", kClose},
    {"half-open-data.pcap", 0, "connect, write 7, write 6", kNone, "listen, abort", CloseKind::kStackReset},
    {"keepalive.pcap", 0, "connect, keepalive, write 1, close", kClose, "listen, close", kClose},
    {"loss-fast-retransmit.client.pcap", 0, "connect, write 60000, close", kClose, "listen, close", kClose},
    {"nagle-keys.client.pcap", 0, "connect, write 1, write 6, write 6, write 6, write 1, close", kClose,
     "listen, close", kClose},
    {"sim-open.client.pcap", 0, "connect, write 5, close", kClose, "connect, write 5, close", kClose},
    {"timewait-reuse.pcap", 0, "connect, write 3, close", kClose, "listen, close", kClose},
    {"timewait-reuse.pcap", 1, "connect, write 3, close", kClose, "listen, close", kClose},
    {"two-streams.pcap", 0, "connect, write 3, write 3, write 3, close", kClose,
     "listen, write 3, write 3, write 3, close", kClose},
    {"two-streams.pcap", 1, "connect, write 4, write 4, write 4, close", kClose,
     "listen, write 4, write 4, write 4, close", kClose},
    {"urgent.pcap", 0, "connect, write 3, urgent 1, write 3, close", kClose, "listen, close", kClose},
    {"zero-window.pcap", 0, "connect, write 40000, close", kClose,
     "listen, pause, read 1448, read 1448, read on, close", kClose},
};

class InferenceOfRecordings : public ::testing::TestWithParam<Expected> {};

TEST_P(InferenceOfRecordings, IsWhatTheFramesShow) {
  const Expected& expected = GetParam();
  const test::ReadCapture capture = test::read_capture(test::own_captures() / expected.capture);
  ASSERT_EQ(capture.error, "");
  ASSERT_GT(capture.conversations.size(), expected.stream);
  const ApplicationPlan client = infer_application(*capture.conversations[expected.stream], Host::kClient);
  EXPECT_EQ(plan_text(client), expected.client);
  EXPECT_EQ(name(client.close), name(expected.client_close));
  const ApplicationPlan server = infer_application(*capture.conversations[expected.stream], Host::kServer);
  EXPECT_EQ(plan_text(server), expected.server);
  EXPECT_EQ(name(server.close), name(expected.server_close));
}

std::string recording_name(const ::testing::TestParamInfo<Expected>& info) {
  std::string text = info.param.capture + std::to_string(info.param.stream);
  std::erase_if(text, [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) == 0; });
  return text;
}
INSTANTIATE_TEST_SUITE_P(Own, InferenceOfRecordings, ::testing::ValuesIn(kExpected), recording_name);

TEST(InferenceOfRecordings, EchoedOctetsAreThoseThatCame) {
  const test::ReadCapture capture = test::read_capture(test::own_captures() / "echo-plain.pcap");
  ASSERT_EQ(capture.conversations.size(), 1U);
  const ApplicationPlan client = infer_application(*capture.conversations[0], Host::kClient);
  const ApplicationPlan server = infer_application(*capture.conversations[0], Host::kServer);
  EXPECT_EQ(client.stream.size(), 45U);
  EXPECT_EQ(client.stream, server.stream);
}

TEST(InferenceOfRecordings, KeepaliveCountsSeconds) {
  const test::ReadCapture capture = test::read_capture(test::own_captures() / "keepalive.pcap");
  ASSERT_EQ(capture.conversations.size(), 1U);
  const ApplicationPlan client = infer_application(*capture.conversations[0], Host::kClient);
  EXPECT_EQ(std::chrono::round<std::chrono::seconds>(client.calls.at(1).idle), 1s);
  EXPECT_EQ(std::chrono::round<std::chrono::seconds>(client.calls.at(1).interval), 1s);
}

}  // namespace
}  // namespace fourtuple::replay
