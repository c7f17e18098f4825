// What the programs show of what they did, as users see it.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

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

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(Seeing, EveryPacketOfAPcapngSaysWhatItDid) {
  const Outcome demo = run_fourtuple({"demo", "--link=mem", "--pcap", path("demo.pcapng")});
  ASSERT_EQ(demo.code, 0) << demo.output;
  const std::string capture = contents(path("demo.pcapng"));
  EXPECT_THAT(capture, HasSubstr("SYN-RECEIVED -> ESTABLISHED"));
  EXPECT_THAT(capture, HasSubstr("because of handshake [RFC9293 3.5]"));
  EXPECT_THAT(capture, HasSubstr("These words crossed a wire"));  // whole frames, sent ones too
  const Outcome drawn = run_fourtuple({"ladder", "--ascii", path("demo.pcapng")});
  EXPECT_EQ(drawn.code, 0) << drawn.output;
  EXPECT_THAT(drawn.output, HasSubstr("-- S 0:0(0) "));
  EXPECT_THAT(drawn.output, Not(HasSubstr("damaged")));
}

TEST_F(Seeing, AScriptLeavesACaptureWithCommentsToo) {
  capture();
  const Outcome outcome = run_fourtuple({"drill", "--pcap", path("loss.pcapng"), path("loss.pkt")});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(contents(path("loss.pcapng")), HasSubstr("timer ran out\nbecause of "));
  EXPECT_THAT(run_fourtuple({"ladder", "--ascii", path("loss.pcapng")}).output,
              HasSubstr("|<- again: P. 1:1001(1000) ack 1"));
}

TEST_F(Seeing, TsharkFiltersAPcapngByItsComments) {
  FOURTUPLE_NEEDS_PROGRAM("tshark");
  const Outcome demo = run_fourtuple({"demo", "--link=mem", "--pcap", path("demo.pcapng")});
  ASSERT_EQ(demo.code, 0) << demo.output;
  const Outcome filtered =
      run({"sh", "-c",
           "tshark -r " + path("demo.pcapng") +
               " -Y 'frame.comment contains \"-> ESTABLISHED\"' -T fields -e tcp.flags 2>/dev/null"});
  EXPECT_EQ(filtered.code, 0) << filtered.output;
  EXPECT_EQ(filtered.output, "0x0010\n");
}

TEST_F(Seeing, EventsAreWrittenAsOneObjectALine) {
  const Outcome demo = run_fourtuple({"demo", "--link=mem", "--events", path("events")});
  ASSERT_EQ(demo.code, 0) << demo.output;
  std::ifstream lines(path("events"));
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line,
              ::testing::StartsWith(R"({"event":"log","format":"fourtuple-events","version":1,"program":"demo",)"));
  int count = 0;
  bool established = false;
  while (std::getline(lines, line)) {
    EXPECT_THAT(line, ::testing::StartsWith(R"({"time_ns":)"));
    EXPECT_THAT(line, ::testing::EndsWith("}"));
    established |= line.find(R"("to":"ESTABLISHED")") != std::string::npos;
    ++count;
  }
  EXPECT_TRUE(established);
  EXPECT_GT(count, 20);
}

TEST_F(Seeing, ColoursOfALiveLadderAreAMatterOfTheUser) {
  EXPECT_THAT(run_fourtuple({"demo", "--link=mem", "--color", "--ascii"}).output, HasSubstr("\x1b["));
  const Outcome plain = run_fourtuple({"demo", "--link=mem", "--no-color", "--ascii"});
  EXPECT_THAT(plain.output, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(plain.output, HasSubstr("|<- S 0:0(0)"));
}

class Asked : public Seeing {
 protected:
  // Runs the script beside a web server of ours; $ft is the program.
  Outcome beside_a_server(const std::vector<std::string>& options, const std::string& script) {
    fs::create_directories(folder_ / "site");
    std::vector<std::string> command{"serve", path("site")};
    command.insert(command.end(), options.begin(), options.end());
    const std::string begin = "set -e; cd " + folder_.string() + "; ft=" + fourtuple_binary() + "; ";
    command.insert(command.end(), {"--", "sh", "-c", begin + script});
    return run_fourtuple(command);
  }
};

#define FOURTUPLE_EXPECT_ASKED(outcome)                       \
  if ((outcome).code == 77) GTEST_SKIP() << (outcome).output; \
  EXPECT_EQ((outcome).code, 0) << (outcome).output

TEST_F(Asked, AProgramTellsItsCountersByTheNamesOfNstat) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  const Outcome outcome = beside_a_server({}, R"sh(
    curl -sS -o /dev/null http://10.0.0.4/
    $ft stat | grep -q '^TcpPassiveOpens  *1  *0.0$'
    if $ft stat | grep -q TcpActiveOpens; then exit 1; fi
    $ft stat -a | grep -q '^TcpActiveOpens  *0  *0.0$'
    $ft stat --json | grep -q '"TcpPassiveOpens":1'
    $ft netstat -s | grep -q '^    1 passive connection openings$')sh");
  FOURTUPLE_EXPECT_ASKED(outcome);
}

TEST_F(Asked, AProgramShowsAddressesRoutesAndNeighboursAsIpDoes) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  const Outcome outcome = beside_a_server({}, R"sh(
    curl -sS -o /dev/null http://10.0.0.4/
    $ft ip addr | grep -q 'inet 10.0.0.4/24 scope global ft0'
    test "$($ft ip route)" = '10.0.0.0/24 dev ft0 proto kernel scope link src 10.0.0.4 '
    $ft ip neigh | grep -q '^10.0.0.5 dev ft0 lladdr '
    $ft ip neigh --json | grep -q '"dst":"10.0.0.5"'
    $ft netstat -rn | grep -q '^10.0.0.0        0.0.0.0         255.255.255.0   U '
    $ft netstat -in | grep -q '^ft0 ')sh");
  FOURTUPLE_EXPECT_ASKED(outcome);
}

TEST_F(Asked, SsTakesFiltersAndRefusesWhatIsNone) {
  const Outcome outcome = beside_a_server({}, R"sh(
    $ft ss -tan state listening | grep -q '0.0.0.0:80'
    if $ft ss -tan 'sport = :81' | grep -q '0.0.0.0:80'; then exit 1; fi
    $ft ss -tan --json 'sport = :80' | grep -q '"state":"LISTEN"'
    $ft netstat -tlnpe | grep -q "^tcp .* LISTEN  *$(id -u) "
    $ft ss state happy 2> wrong && exit 1
    grep -q "'happy' is no state" wrong)sh");
  FOURTUPLE_EXPECT_ASKED(outcome);
}

TEST_F(Asked, MetricsAreThereOnlyWhenAskedFor) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  const Outcome asked = beside_a_server({"--metrics"}, R"sh(
    curl -sS -D head http://10.0.0.4/metrics > metrics
    grep -qi '^content-type: text/plain; version=0.0.4' head
    grep -q '^# TYPE fourtuple_tcp_passive_opens_total counter$' metrics
    grep -q '^fourtuple_tcp_passive_opens_total 1$' metrics)sh");
  FOURTUPLE_EXPECT_ASKED(asked);
  const Outcome unasked = beside_a_server({}, R"sh(
    test "$(curl -sS -o /dev/null -w '%{http_code}' http://10.0.0.4/metrics)" = 404)sh");
  FOURTUPLE_EXPECT_ASKED(unasked);
}

TEST_F(Asked, TheFlightRecorderIsGivenOutOnRequest) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  const Outcome outcome = beside_a_server({"--recorder", path("crash")}, R"sh(
    curl -sS -o /dev/null http://10.0.0.4/
    $ft dump --out now
    grep -q 'SYN-RECEIVED.*ESTABLISHED' now.txt
    grep -q 'because of handshake' now.pcapng
    test ! -e crash.txt)sh");
  FOURTUPLE_EXPECT_ASKED(outcome);
  const Outcome without = beside_a_server({}, R"sh(
    $ft dump --out none 2> wrong && exit 1
    grep -q 'keeps no flight recorder; start it with --recorder NAME' wrong)sh");
  FOURTUPLE_EXPECT_ASKED(without);
}

}  // namespace
}  // namespace fourtuple::interop
