// Whole scripts: those that pass, and the stories of those that don't.
#include <gtest/gtest.h>

#include "apps/drill/player.hpp"
#include "apps/drill/report.hpp"

namespace fourtuple::drill {
namespace {

struct Played {
  Outcome outcome;
  std::string report;
};

Played play_text(const std::string& text, bool strict = true, bool draw = false) {
  const auto script = packet_script::parse(text, "test.pkt");
  if (!script) {
    ADD_FAILURE() << script.error().to_string();
    return {};
  }
  PlayOptions options;
  options.strict = strict;
  if (draw) options.ladder = observe::LadderOptions{.width = 80};
  Played played;
  played.outcome = play(*script, options);
  played.report = text_report(*script, played.outcome, draw);
  return played;
}

// A server with one connection, as descriptor 4, after 10 ms.
std::string server(const std::string& more) {
  return "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
         "+0 bind(3, ..., ...) = 0\n"
         "+0 listen(3, 1) = 0\n"
         "+0 < S 0:0(0) win 65535 <mss 1000>\n"
         "+0 > S. 0:0(0) ack 1 <mss 1460>\n"
         "+.01 < . 1:1(0) ack 1 win 65535\n"
         "+0 accept(3, ..., ...) = 4\n" +
         more;
}

void expect_pass(const std::string& text) { EXPECT_EQ(play_text(text).report, ""); }
void expect_story(const std::string& text, const std::string& story) { EXPECT_EQ(play_text(text).report, story); }

TEST(Drill, PlaysAConversationFromBothSides) {
  expect_pass(
      server("+0 < P. 1:101(100) ack 1 win 65535\n"
             "+.04 > . 1:1(0) ack 101\n"
             "+0 read(4, ..., 1000) = 100\n"
             "+0 write(4, ..., 100) = 100\n"
             "+0 > P. 1:101(100) ack 101\n"
             "+.01 < . 101:101(0) ack 101 win 65535\n"
             "+0 close(4) = 0\n"
             "+0 > F. 101:101(0) ack 101\n"));
}

TEST(Drill, GoesOnWhileACallWaits) {
  expect_pass(
      "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
      "+0...0.1 connect(3, ..., ...) = 0\n"
      "+0 > S 0:0(0) <...>\n"
      "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>\n"
      "+0 > . 1:1(0) ack 1\n"
      "+0...0.5 read(3, ..., 100) = 0\n"
      "+.2 < . 1:1(0) ack 1 win 65535\n"
      "+.3 < F. 1:1(0) ack 1 win 65535\n"
      "+0~+.04 > . 1:1(0) ack 2\n");
}

TEST(Drill, PutsSegmentsTogetherWhereTheScriptsIsLonger) {
  expect_pass(server("+0 write(4, ..., 2500) = 2500\n+0 > P. 1:2501(2500) ack 1\n"));
  expect_pass(server("+0 write(4, ..., 2500) = 2500\n+0 > . 1:2001(2000) ack 1\n+0 > P. 2001:2501(500) ack 1\n"));
}

TEST(Drill, DoesNotPutSmallSegmentsTogether) {
  expect_story(server("+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n"
                      "+0 write(4, ..., 100) = 100\n+0 write(4, ..., 100) = 100\n+0 > P. 1:201(200) ack 1\n"),
               "test.pkt:11: another packet came\n"
               "  script   +0 > P. 1:201(200) ack 1\n"
               "  came     > P. 1:101(100) ack 1 win 65535   at 0.01 s\n"
               "  differs  length 100 instead of 200\n");
}

TEST(Drill, KnowsTimestampsByTheirNamesInTheScript) {
  expect_pass(
      "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
      "+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n"
      "+0 < S 0:0(0) win 65535 <mss 1000,sackOK,TS val 700 ecr 0>\n"
      "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 700>\n"
      "+.01 < . 1:1(0) ack 1 win 65535 <nop,nop,TS val 710 ecr 100>\n"
      "+0 accept(3, ..., ...) = 4\n"
      "+0 write(4, ..., 10) = 10\n"
      "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 110 ecr 710>\n");
}

TEST(Drill, AnswersForWhatTheStackDeliversIntact) {
  // The text comes out of order; what is read is compared with what was sent.
  expect_pass(
      server("+0 < P. 101:201(100) ack 1 win 65535\n"
             "+0 > . 1:1(0) ack 1\n"
             "+0 < P. 1:101(100) ack 1 win 65535\n"
             "+0 > . 1:1(0) ack 201\n"
             "+0 recv(4, ..., 50, MSG_PEEK) = 50\n"
             "+0 read(4, ..., 120) = 120\n"
             "+0 read(4, ..., 120) = 80\n"));
}

TEST(Pipe, CarriesTextFromASocketToASocket) {
  expect_pass(
      server("+0 pipe([5, 6]) = 0\n"
             "+0 splice(4, NULL, 6, NULL, 1000, SPLICE_F_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)\n"
             "+0 splice(5, NULL, 4, NULL, 1000, SPLICE_F_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)\n"
             "+0 < P. 1:501(500) ack 1 win 65535\n"
             "+0 splice(4, NULL, 6, NULL, 300, 0) = 300\n"
             "+0 splice(4, NULL, 6, NULL, 1000, 0) = 200\n"
             "+0 splice(5, NULL, 4, NULL, 450, 0) = 450\n"
             "+0 > P. 1:451(450) ack 501\n"
             "+0 read(5, ..., 100) = 50\n"
             "+0 write(6, ..., 70000) = 65536\n"
             "+0 write(6, ..., 1) = -1 EAGAIN (Resource temporarily unavailable)\n"
             "+0 splice(4, NULL, 4, NULL, 1000, 0) = -1 EINVAL (Invalid argument)\n"
             "+0 splice(5, NULL, 99, NULL, 1000, 0) = -1 EBADF (Bad file descriptor)\n"
             "+0 close(5) = 0\n"
             "+0 write(6, ..., 1) = -1 EPIPE (Broken pipe)\n"
             "+0 close(6) = 0\n"));
}

TEST(DrillStory, NamesWhatDiffersInASegment) {
  expect_story(
      "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
      "+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n"
      "+0 < S 0:0(0) win 65535 <mss 1000>\n"
      "+0.1 > S 1:1(0) ack 2 win 1000 <mss 1460,nop,nop,sackOK>\n",
      "test.pkt:5: another packet came\n"
      "  script   +0.1 > S 1:1(0) ack 2 win 1000 <mss 1460,nop,nop,sackOK>\n"
      "  came     > S. 1:1(0) ack 1 win 65535 <mss 1460>   at 0 s\n"
      "  differs  flags S. instead of S\n"
      "  differs  acknowledgment number 1 instead of 2\n"
      "  differs  window 65535 instead of 1000\n"
      "  differs  options <mss 1460> instead of <mss 1460,nop,nop,sackOK>\n"
      "  differs  time 0 s instead of 0.1 s\n");
}

TEST(DrillStory, SaysThatNothingCameOrThatItCameTooLate) {
  expect_story(server("+0 > . 1:1(0) ack 1\n"), "test.pkt:8: no packet came\n  script   +0 > . 1:1(0) ack 1\n");
  expect_story(server("+0 < P. 1:101(100) ack 1 win 65535\n+0 > . 1:1(0) ack 101\n"),
               "test.pkt:9: another packet came\n"
               "  script   +0 > . 1:1(0) ack 101\n"
               "  came     > . 1:1(0) ack 101 win 65435   at 0.05 s\n"
               "  differs  time 0.05 s instead of 0.01 s\n");
}

TEST(DrillStory, NamesWhatACallAnsweredInstead) {
  expect_story(server("+0 fcntl(4, F_SETFL, O_NONBLOCK) = 0\n+0 read(4, ..., 100) = 100\n"),
               "test.pkt:9: the call did something else\n"
               "  script   +0 read(4, ..., 100) = 100\n"
               "  differs  result -1 EAGAIN (Resource temporarily unavailable) instead of 100\n");
  expect_story(server("+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1\n"),
               "test.pkt:8: the call did something else\n"
               "  script   +0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1\n"
               "  differs  revents of descriptor 4: POLLOUT instead of POLLIN\n");
  expect_story(server("+0 getsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], [4]) = 0\n"),
               "test.pkt:8: the call did something else\n"
               "  script   +0 getsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], [4]) = 0\n"
               "  differs  value 0 instead of 1\n");
}

TEST(DrillStory, SaysWhenACallWaitsThatShouldNot) {
  expect_story(server("+0 read(4, ..., 100) = 100\n"),
               "test.pkt:8: the call waits, and is not written as one that does (+0...0.2)\n"
               "  script   +0 read(4, ..., 100) = 100\n");
  expect_story(server("+0...0.1 read(4, ..., 100) = 100\n+.2 < P. 1:101(100) ack 1 win 65535\n"),
               "test.pkt:8: the call still waits at 0.1225 s\n"
               "  script   +0...0.1 read(4, ..., 100) = 100\n");
  expect_story(server("+0...0.2 read(4, ..., 100) = 100\n+.1 < P. 1:101(100) ack 1 win 65535\n"),
               "test.pkt:8: the call did something else\n"
               "  script   +0...0.2 read(4, ..., 100) = 100\n"
               "  differs  it returned at 0.11 s instead of 0.21 s\n");
}

TEST(DrillStory, PointsToWhatIsNotKnown) {
  expect_story("0 socket(..., SOCK_BANANA, IPPROTO_TCP) = 3\n",
               "test.pkt:1: the symbol SOCK_BANANA is not known here\n"
               "  script   0 socket(..., SOCK_BANANA, IPPROTO_TCP) = 3\n");
  expect_story("0 sendfile(4, 5, [0], 10) = 10\n",
               "test.pkt:1: sendfile() is not supported: there are no files behind our descriptors\n"
               "  script   0 sendfile(4, 5, [0], 10) = 10\n");
  expect_story("0 frobnicate(3) = 0\n",
               "test.pkt:1: there is no call frobnicate() here\n  script   0 frobnicate(3) = 0\n");
}

TEST(DrillStory, ShowsTheConversationUpToTheFailure) {
  const auto played = play_text(server("+0 > R 1:1(0)\n"), true, true);
  EXPECT_NE(played.report.find("LISTEN → SYN-RECEIVED"), std::string::npos) << played.report;
  EXPECT_NE(played.report.find("SYN-RECEIVED → ESTABLISHED"), std::string::npos) << played.report;
  EXPECT_EQ(played.report.find("CLOSED"), std::string::npos) << "how it was cleared away:\n" << played.report;
}

TEST(Strictness, MindsPacketsThatNothingExpects) {
  const std::string text = server("+0 write(4, ..., 100) = 100\n");
  EXPECT_EQ(play_text(text, false).report, "");
  EXPECT_EQ(play_text(text, true).report,
            "test.pkt:8: after the last event there is a packet that nothing expects\n"
            "  script   +0 write(4, ..., 100) = 100\n"
            "  came     > P. 1:101(100) ack 1 win 65535   at 0.01 s\n");
}

TEST(Skipping, NamesItsReason) {
  const auto played = play_text("--ip_version=ipv6\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n");
  EXPECT_EQ(played.outcome.verdict, Verdict::kSkipped);
  EXPECT_EQ(played.report, "test.pkt: skipped: it is for ipv6, and the stack has IPv4 only\n");
}

TEST(SecondConnection, OfTheSameNameHasNumbersOfItsOwn) {
  expect_pass(
      server("+0 < R. 1:1(0) ack 1 win 0\n"
             "+0 close(4) = 0\n"
             "+.1 < S 5000:5000(0) win 65535 <mss 1000>\n"
             "+0 > S. 0:0(0) ack 5001 <mss 1460>\n"
             "+.01 < . 5001:5001(0) ack 1 win 65535\n"
             "+0 accept(3, ..., ...) = 4\n"
             "+0 < P. 5001:5101(100) ack 1 win 65535\n"
             "+.04 > . 1:1(0) ack 5101\n"
             "+0 read(4, ..., 1000) = 100\n"));
}

TEST(SecondConnection, MayBeginWithTheNumbersOfTheFirst) {
  expect_pass(
      server("+0 < F. 1:1(0) ack 1 win 65535\n"
             "+0 > . 1:1(0) ack 2\n"
             "+0 close(4) = 0\n"
             "+0 > F. 1:1(0) ack 2\n"
             "+.01 < . 2:2(0) ack 2 win 65535\n"
             "+70 < S 0:0(0) win 65535 <mss 1000>\n"
             "+0 > S. 0:0(0) ack 1 <mss 1460>\n"));
}

TEST(SecondListener, HasAConversationOfItsOwn) {
  expect_pass(server(
      "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5\n"
      "+0 bind(5, {sa_family = AF_INET, sin_port = htons(9090), sin_addr = inet_addr(\"192.168.0.1\")}, ...) = 0\n"
      "+0 listen(5, 1) = 0\n"
      "+0 < S 900:900(0) win 65535 <mss 1000>\n"
      "+0 > S. 0:0(0) ack 901 <mss 1460>\n"));
}

TEST(DrillStory, NamesAPacketOfAnotherConversation) {
  expect_story(server("+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 5\n"
                      "+0 bind(5, {sa_family = AF_INET, sin_port = htons(9090), sin_addr = INADDR_ANY}, ...) = 0\n"
                      "+0 write(4, ..., 100) = 100\n"
                      "+0 listen(5, 1) = 0\n"
                      "+0 < S 900:900(0) win 65535 <mss 1000>\n"
                      "+0 > S. 0:0(0) ack 901 <mss 1460>\n"
                      "+0 < . 901:901(0) ack 1 win 65535\n"
                      "+0 > . 1:1(0) ack 901\n"),
               "test.pkt:15: no packet came\n"
               "  script   +0 > . 1:1(0) ack 901\n"
               "  came     > P. 1:101(100) ack 1 win 65535   at 0.01 s, of another conversation: "
               "192.168.0.1:8080 <-> 192.0.2.1:50000\n");
}

TEST(Datagrams, GoToAnybodyAndComeBack) {
  expect_pass(
      "0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n"
      "+0 bind(3, ..., ...) = 0\n"
      "+0 sendto(3, ..., 10, 0, {sa_family = AF_INET, sin_port = htons(53), sin_addr = inet_addr(\"192.0.2.7\")}, ...) "
      "= 10\n"
      "+0 sendto(3, ..., 20, 0, ..., ...) = 20\n"
      "+0 > udp (10)\n"
      "+0 > udp (20)\n"
      "+0 < udp (30)\n"
      "+0 recvfrom(3, ..., 100, 0, ..., ...) = 30\n"
      "+0 < icmp echo_request\n"
      "+0 > icmp echo_reply\n");
}

TEST(StrangeSyn, DoesNotMoveWhatTheStreamCounts) {
  expect_pass(
      server("+0 < S 77:77(0) win 65535 <mss 1000>\n"
             "+0 > . 1:1(0) ack 1\n"
             "+0 < P. 1:101(100) ack 1 win 65535\n"
             "+.04 > . 1:1(0) ack 101\n"
             "+0 read(4, ..., 1000) = 100\n"));
}

}  // namespace
}  // namespace fourtuple::drill
