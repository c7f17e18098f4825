// A log of socket calls takes the guess's place.
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>

#include "tests/support/captures.hpp"
#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

// A file that is there as long as this is.
class Log {
 public:
  explicit Log(const std::string& text) : path_(::testing::TempDir() + "sidecar_" + unique() + ".app.json") {
    std::ofstream(path_) << text;
  }
  // {"t0_epoch": 1000, "calls": [...]}
  static Log of_calls(const std::string& calls) { return Log(R"({"t0_epoch":1000,"calls":[)" + calls + "]}"); }
  ~Log() { std::remove(path_.c_str()); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  static std::string unique() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "_" + test->name();
    std::ranges::replace(name, '/', '_');
    return name;
  }
  std::string path_;
};

// The capture began when the log says 1000.
constexpr std::chrono::nanoseconds kStart = 1000s;

std::shared_ptr<capture::Conversation> echo() {
  return make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s P. 1:51(50) ack 101
      +0.010 c P. 101:201(100) ack 51
      +0.010 c F. 201:201(0) ack 51
      +0.010 s F. 51:51(0) ack 202)");
}

constexpr const char* kClientCalls = R"(
    {"t":0.0,"dt":0.01,"who":"client","fd":4,"call":"connect","arg":"10.0.0.2:80","res":null},
    {"t":0.019,"dt":0.0,"who":"client","fd":4,"call":"sendall","arg":{"len":60},"res":null},
    {"t":0.020,"dt":0.0,"who":"client","fd":4,"call":"send","arg":{"len":50,"flags":0},"res":40},
    {"t":0.021,"dt":0.02,"who":"client","fd":4,"call":"recv","arg":{"max":4096,"flags":0},"res":50},
    {"t":0.040,"dt":0.0,"who":"client","fd":4,"call":"write","arg":{"len":100},"res":100},
    {"t":0.050,"dt":0.0,"who":"client","fd":4,"call":"close","arg":null,"res":null})";

constexpr const char* kServerCalls = R"(
    {"t":-5.0,"dt":0.0,"who":"server","fd":3,"call":"setsockopt","arg":"TCP_NODELAY=1","res":null},
    {"t":-4.0,"dt":4.01,"who":"server","fd":3,"call":"accept","arg":null,"res":"10.0.0.1:40000 fd=5"},
    {"t":0.011,"dt":0.01,"who":"server","fd":5,"call":"read","arg":{"max":4096},"res":100},
    {"t":0.029,"dt":0.0,"who":"server","fd":5,"call":"sendall","arg":{"len":50},"res":null},
    {"t":0.031,"dt":0.01,"who":"server","fd":5,"call":"read","arg":{"max":4096},"res":100},
    {"t":0.059,"dt":0.0,"who":"server","fd":5,"call":"close","arg":null,"res":null})";

TEST(Sidecar, ReplacesTheGuess) {
  const Log log = Log::of_calls(kClientCalls);
  const auto plan = read_sidecar(log.path(), *echo(), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_FALSE(plan->is_inferred);
  EXPECT_TRUE(plan->active);
  EXPECT_TRUE(plan->reads_by_plan);
  EXPECT_EQ(plan->close, CloseKind::kClose);
  EXPECT_EQ(plan_text(*plan), "connect, write 60, write 40, read 50, write 100, close");
  EXPECT_EQ(plan->calls[1].time, 19ms);
  EXPECT_EQ(plan->calls[4].after_frame, 4U);
  EXPECT_EQ(plan->stream.size(), 200U);
  EXPECT_EQ(plan->stream[0], made_octet(Host::kClient, 1));
}

TEST(Sidecar, FindsTheServersSocketByThePeersName) {
  const Log log = Log::of_calls(std::string(kClientCalls) + "," + kServerCalls);
  const auto plan = read_sidecar(log.path(), *echo(), Host::kServer, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_FALSE(plan->active);
  EXPECT_EQ(plan_text(*plan), "listen, nodelay, read 100, write 50, read 100, close");
}

TEST(Sidecar, TellsConnectionsOfOneNameApartByTheirTime) {
  const Log log = Log::of_calls(R"(
    {"t":-9.0,"dt":0.01,"who":"client","fd":4,"call":"connect","arg":"10.0.0.2:80","res":null},
    {"t":-8.0,"dt":0.0,"who":"client","fd":4,"call":"sendall","arg":{"len":999},"res":null},
    {"t":-7.0,"dt":0.0,"who":"client","fd":4,"call":"close","arg":null,"res":null},)" +
                                std::string(kClientCalls));
  const auto plan = read_sidecar(log.path(), *echo(), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_EQ(plan_text(*plan), "connect, write 60, write 40, read 50, write 100, close");
}

TEST(Sidecar, KnowsTheOptionsOfASocket) {
  const Log log = Log::of_calls(R"(
    {"t":-0.1,"dt":0,"who":"client","fd":4,"call":"setsockopt","arg":"SO_KEEPALIVE=1","res":null},
    {"t":-0.1,"dt":0,"who":"client","fd":4,"call":"setsockopt","arg":"TCP_KEEPIDLE=7","res":null},
    {"t":-0.1,"dt":0,"who":"client","fd":4,"call":"setsockopt","arg":"TCP_KEEPINTVL=3","res":null},
    {"t":-0.1,"dt":0,"who":"client","fd":4,"call":"setsockopt","arg":"TCP_NODELAY=0","res":null},)" +
                                std::string(kClientCalls));
  const auto plan = read_sidecar(log.path(), *echo(), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  ASSERT_EQ(plan_text(*plan), "connect, keepalive, write 60, write 40, read 50, write 100, close");
  EXPECT_EQ(plan->calls[1].idle, 7s);
  EXPECT_EQ(plan->calls[1].interval, 3s);
}

TEST(Sidecar, ClosingWithoutLingerIsAnAbort) {
  const Log log = Log::of_calls(R"(
    {"t":0.0,"dt":0.01,"who":"client","fd":4,"call":"connect","arg":"10.0.0.2:80","res":null},
    {"t":0.01,"dt":0,"who":"client","fd":4,"call":"setsockopt","arg":"SO_LINGER{1,0}=...","res":null},
    {"t":0.02,"dt":0,"who":"client","fd":4,"call":"close","arg":null,"res":null})");
  const auto plan = read_sidecar(log.path(), *make_open_conversation(""), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_EQ(plan_text(*plan), "connect, abort");
  EXPECT_EQ(plan->close, CloseKind::kAbort);
}

TEST(Sidecar, LeavesGivingUpToTheStackAndHasNothingToCloseBehindIt) {
  const Log log = Log::of_calls(R"(
    {"t":0.0,"dt":15.2,"who":"client","fd":4,"call":"connect","arg":"10.0.0.2:80","res":"ERR Connection timed out"},
    {"t":15.3,"dt":0,"who":"client","fd":4,"call":"close","arg":null,"res":null})");
  const auto plan = read_sidecar(log.path(), *make_conversation("+0.000 c S 0:0(0)"), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_EQ(plan_text(*plan), "connect");
  EXPECT_EQ(plan->close, CloseKind::kTimeout);
}

TEST(Sidecar, PeekingReadsNothingAndOutOfBandOctetsAreUrgent) {
  const Log log = Log::of_calls(R"(
    {"t":0.0,"dt":0.01,"who":"client","fd":4,"call":"connect","arg":"10.0.0.2:80","res":null},
    {"t":0.01,"dt":0,"who":"client","fd":4,"call":"recv","arg":{"max":10,"flags":2},"res":10},
    {"t":0.02,"dt":0,"who":"client","fd":4,"call":"send","arg":{"len":1,"flags":1},"res":1},
    {"t":0.03,"dt":0,"who":"client","fd":4,"call":"shutdown","arg":"WR","res":null})");
  const auto plan =
      read_sidecar(log.path(), *make_open_conversation("+0.01 c PU. 1:2(1) ack 1 urg 1"), Host::kClient, kStart);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_EQ(plan_text(*plan), "connect, urgent 1, shutdown");
  EXPECT_EQ(plan->close, CloseKind::kShutdown);
}

struct Unusable {
  const char* name;
  const char* text;
  const char* cause;
};

class UnusableSidecar : public ::testing::TestWithParam<Unusable> {};

TEST_P(UnusableSidecar, IsRefusedWithAReason) {
  const Log log(GetParam().text);
  const auto plan = read_sidecar(log.path(), *echo(), Host::kClient, kStart);
  ASSERT_FALSE(plan.has_value());
  EXPECT_NE(plan.error().cause.find(GetParam().cause), std::string::npos) << plan.error().cause;
  EXPECT_FALSE(plan.error().cure.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, UnusableSidecar,
    ::testing::Values(
        Unusable{"Empty", "", "is no JSON object"},
        Unusable{"Cut", R"({"t0_epoch":1000,"calls":[)", "is no JSON object"},
        Unusable{"List", "[1,2]", "is no JSON object"},
        Unusable{"WithoutCalls", R"({"t0_epoch":1})", "no list of calls"},
        Unusable{"OfNobody", R"({"t0_epoch":1000,"calls":[1,null,"x",{"t":"y","fd":1e300,"call":5}]})",
                 "no connect to"},
        Unusable{"OfOthers",
                 R"({"t0_epoch":1000,"calls":[{"t":0,"who":"client","fd":1,"call":"connect","arg":"10.0.0.9:80"}]})",
                 "no connect to 10.0.0.2:80"},
        Unusable{"OfAnotherDay",
                 R"({"t0_epoch":99000,"calls":[{"t":0,"who":"client","fd":1,"call":"connect","arg":"10.0.0.2:80"}]})",
                 "at another time"},
        Unusable{"OfFewerOctets",
                 R"({"t0_epoch":1000,"calls":[{"t":0,"who":"client","fd":1,"call":"connect","arg":"10.0.0.2:80"}]})",
                 "writes of 0 octets in all, the capture has 200"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Sidecar, AFileThatIsNotThereSaysSo) {
  const auto plan = read_sidecar("/nowhere/at all.json", *echo(), Host::kClient, kStart);
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().cause, "cannot read /nowhere/at all.json");
}

TEST(Sidecar, OfARecordingSaysWhatFramesCannot) {
  const auto folder = test::own_captures();
  const test::ReadCapture capture = test::read_capture(folder / "nagle-keys.client.pcap");
  ASSERT_EQ(capture.conversations.size(), 1U);
  const auto plan =
      read_sidecar((folder / "nagle-keys.app.json").string(), *capture.conversations[0], Host::kClient, capture.start);
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  EXPECT_EQ(std::ranges::count(plan->calls, judge::Call::Kind::kWrite, &PlannedCall::kind), 20);
  EXPECT_GT(plan->calls[1].time, plan->calls[0].time);
  EXPECT_LT(plan->calls[0].time, 1ms);
}

}  // namespace
}  // namespace fourtuple::replay
