// What the programs show of what they did, as users see it.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Seeing : public ::testing::Test {
 protected:
  Seeing() {
    std::string name = (fs::temp_directory_path() / "fourtuple-seeing-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Seeing() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // A capture of a handshake, 3,000 octets of which the first 1,000 are repeated, and a reset.
  std::string capture() const {
    std::ofstream(path("loss.pkt")) << R"(
 0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0    bind(3, ..., ...) = 0
+0    listen(3, 1) = 0
+0    < S 0:0(0) win 65535 <mss 1000,sackOK>
+0    > S. 0:0(0) ack 1 <...>
+.01  < . 1:1(0) ack 1 win 65535
+0    accept(3, ..., ...) = 4
+0    write(4, ..., 1000) = 1000
+0    > P. 1:1001(1000) ack 1
+.21  > P. 1:1001(1000) ack 1
+.01  < R 1:1(0) win 0
)";
    const Outcome outcome = run_fourtuple({"drill", "--pcap", path("loss.pcap"), path("loss.pkt")});
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return path("loss.pcap");
  }

  fs::path folder_;
};

TEST_F(Seeing, ACaptureIsDrawnAsALadder) {
  const Outcome outcome = run_fourtuple({"ladder", "--ascii", capture()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("|-- S 0:0(0) win 65535 -"));
  EXPECT_THAT(outcome.output, HasSubstr("|<- again: P. 1:1001(1000) ack 1"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("\x1b[")));
}

TEST_F(Seeing, ACaptureIsReadFromAPipeAndColouredWhenAsked) {
  const Outcome outcome = run({"sh", "-c", fourtuple_binary() + " ladder --color - < " + capture()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("\x1b["));
}

TEST_F(Seeing, ACaptureIsToldAsJsonLines) {
  const Outcome outcome = run_fourtuple({"ladder", "--json", capture()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr(R"({"kind":"conversation","stream":0,)"));
  EXPECT_THAT(outcome.output, HasSubstr(R"("signs":["retransmission"])"));
}

TEST_F(Seeing, WhatCannotBeDrawnIsRefusedWithACure) {
  std::ofstream(path("text")) << "not a capture, but long enough to be looked at";
  EXPECT_EQ(run_fourtuple({"ladder", path("text")}).code, 2);
  EXPECT_EQ(run_fourtuple({"ladder", path("nothing")}).code, 2);
  const Outcome outcome = run_fourtuple({"ladder", "--stream", "7", capture()});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("has no conversation 7; it has 1, counted from 0"));
}

TEST_F(Seeing, WordsAreExplainedWithoutTheSources) {
  const Outcome known = run({"sh", "-c", "cd / && " + fourtuple_binary() + " explain TIME-WAIT drop:out-of-window"});
  EXPECT_EQ(known.code, 0) << known.output;
  EXPECT_THAT(known.output, HasSubstr("stack/base/reasons.hpp:"));
  const Outcome unknown = run_fourtuple({"explain", "TIME-WIAT"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("did you mean TIME-WAIT"));
}

}  // namespace
}  // namespace fourtuple::interop
