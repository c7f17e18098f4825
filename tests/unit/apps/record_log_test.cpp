// The application log of a recording: lines of the preloaded object, one story out of several processes, JSON.
#include <fstream>
#include <gtest/gtest.h>

#include "apps/record/app_log.hpp"
#include "apps/record/heard_call.hpp"

namespace fourtuple::record {
namespace {

constexpr const char* kSendLine =
    "1795190395649575208\t25019\tclient\t33952058\t3\tsend\t{\"len\":6,\"flags\":0}\t6\t0\t-1\tnull";

HeardCall heard(std::int64_t start, std::int64_t took, std::uint64_t socket, int fd, const char* name) {
  HeardCall call;
  call.start = start;
  call.took = took;
  call.who = "client";
  call.socket = socket;
  call.fd = fd;
  call.name = name;
  call.argument = "null";
  call.result = "null";
  return call;
}

HeardCall heard_accept(std::int64_t start, std::int64_t took, std::uint64_t socket, int fd, std::uint64_t opened,
                       int opened_fd) {
  HeardCall call = heard(start, took, socket, fd, "accept");
  call.result = "\"10.0.0.5:4000\"";
  call.opened = opened;
  call.opened_fd = opened_fd;
  return call;
}

std::vector<std::string> names_of(const std::vector<HeardCall>& story) {
  std::vector<std::string> names;
  for (const HeardCall& call : story) names.push_back(call.name + " " + std::to_string(call.fd));
  return names;
}

TEST(RecordedLine, IsReadAsItWasWritten) {
  const auto call = parse_line(kSendLine);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->start, 1795190395649575208);
  EXPECT_EQ(call->took, 25019);
  EXPECT_EQ(call->who, "client");
  EXPECT_EQ(call->socket, 33952058U);
  EXPECT_EQ(call->fd, 3);
  EXPECT_EQ(call->name, "send");
  EXPECT_EQ(call->argument, "{\"len\":6,\"flags\":0}");
  EXPECT_EQ(call->result, "6");
}

TEST(RecordedLine, ThatIsNoneIsRefused) {
  const std::string good(kSendLine);
  for (std::size_t size = 0; size < good.size() - 4; ++size)
    EXPECT_FALSE(parse_line(good.substr(0, size))) << good.substr(0, size);
  EXPECT_FALSE(parse_line(good + "\tmore"));
  EXPECT_FALSE(parse_line("-1" + good));
}

TEST(RecordedLine, CarriesNothingIntoTheLogThatWouldBreakIt) {
  const auto line = [](const std::string& who, const std::string& name, const std::string& value) {
    return "1\t1\t" + who + "\t5\t3\t" + name + "\t" + value + "\t6\t0\t-1\tnull";
  };
  EXPECT_TRUE(parse_line(line("client", "shutdown", "\"WR\"")));
  EXPECT_FALSE(parse_line(line("cli\"ent", "shutdown", "\"WR\"")));
  EXPECT_FALSE(parse_line(line("client", "shut\"down", "\"WR\"")));
  EXPECT_FALSE(parse_line(line("client", "", "\"WR\"")));
  for (const char* value :
       {"\"W\"R\"", "\"WR\\\"", "\"", "WR", "", "{}", "{\"len\":1,\"flags\":0},{", "\"a\x01\"", "\"\xff\""})
    EXPECT_FALSE(parse_line(line("client", "shutdown", value))) << value;
}

TEST(RecordedLines, AreReadPastLinesThatAreNone) {
  const std::string path = ::testing::TempDir() + "record_lines";
  std::ofstream(path, std::ios::binary) << kSendLine << "\nrubbish\n"
                                        << std::string(5000, 'x') << "\n\n"
                                        << kSendLine << "\n"
                                        << kSendLine;  // without a newline: whole all the same
  const HeardCalls calls = read_lines(path);
  EXPECT_EQ(calls.calls.size(), 3U);
  EXPECT_GE(calls.left_out, 3U);
  std::remove(path.c_str());
}

TEST(RecordedLines, OfNoFileAreNone) { EXPECT_TRUE(read_lines("/no/such/file").calls.empty()); }

TEST(RecordedStory, IsInOrderOfTime) {
  const auto story =
      as_one_story({heard(30, 1, 7, 3, "close"), heard(10, 1, 7, 3, "connect"), heard(20, 1, 7, 3, "send")}, {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"connect 3", "send 3", "close 3"}));
}

TEST(RecordedStory, OfAForkingServerClosesOnlyWhereTheLastProcessDoes) {
  const auto story = as_one_story({heard_accept(10, 1, 6, 3, 7, 4), heard(12, 1, 7, 4, "close"),  // the parent's copy
                                   heard(15, 5, 7, 4, "recv"), heard(30, 1, 7, 4, "close")},
                                  {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"accept 3", "recv 4", "close 4"}));
  EXPECT_EQ(story.back().start, 30);
}

TEST(RecordedStory, DoesNotCloseAListenerThatAnotherProcessStillWaitsOn) {
  const auto story = as_one_story({heard_accept(10, 50, 6, 3, 7, 4), heard(20, 1, 6, 3, "close")}, {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"accept 3"}));
}

TEST(RecordedStory, ClosesWhatAKilledCommandHadOpen) {
  const auto story = as_one_story({heard(10, 1, 7, 3, "connect"), heard(20, 1, 7, 3, "send")}, {{"client", 90}});
  ASSERT_EQ(names_of(story), (std::vector<std::string>{"connect 3", "send 3", "close 3"}));
  EXPECT_EQ(story.back().start, 90);
  EXPECT_EQ(story.back().argument, "\"exit\"");
}

TEST(RecordedStory, LeavesOpenWhatNeverOpened) {
  HeardCall refused = heard(10, 1, 7, 3, "connect");
  refused.result = "\"ERR Connection refused\"";
  EXPECT_EQ(as_one_story({refused}, {{"client", 90}}).size(), 1U);
  EXPECT_EQ(as_one_story({heard(10, 1, 7, 3, "connect")}, {{"server", 90}}).size(), 1U);
}

TEST(RecordedStory, TellsTwoProcessesWithOneDescriptorApart) {
  const auto story = as_one_story({heard(10, 1, 7, 3, "connect"), heard(11, 1, 8, 3, "connect"),
                                   heard(12, 1, 8, 3, "send"), heard(13, 1, 7, 3, "send")},
                                  {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"connect 3", "connect 1003", "send 1003", "send 3"}));
}

TEST(RecordedStory, ReusesADescriptorThatWasClosed) {
  const auto story =
      as_one_story({heard_accept(10, 1, 6, 3, 7, 4), heard(20, 5, 7, 4, "close"), heard_accept(30, 1, 6, 3, 8, 4)}, {});
  EXPECT_EQ(story.back().opened_fd, 4);
}

// As a server does whose main process waits for the next client while a child of it talks to this one.
TEST(RecordedStory, TellsApartADescriptorThatWasAwaitedBeforeItsNamesakeWasClosed) {
  const auto story = as_one_story({heard_accept(10, 1, 6, 3, 7, 4), heard_accept(12, 40, 6, 3, 8, 4),
                                   heard(20, 5, 7, 4, "close"), heard(60, 1, 8, 4, "close")},
                                  {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"accept 3", "accept 3", "close 4", "close 1004"}));
  EXPECT_EQ(story[1].opened_fd, 1004);
}

TEST(RecordedStory, KeepsTheTwoSidesDescriptorsApart) {
  HeardCall theirs = heard(11, 1, 7, 3, "connect");
  theirs.who = "server";
  const auto story = as_one_story({heard(10, 1, 7, 3, "connect"), theirs}, {});
  EXPECT_EQ(names_of(story), (std::vector<std::string>{"connect 3", "connect 3"}));
}

TEST(RecordedStory, IsNotWholeWhereTheKernelCountedMoreOctetsThanWereHeard) {
  HeardCall send = heard(20, 1, 7, 3, "send");
  send.result = "6";
  HeardCall close = heard(30, 1, 7, 3, "close");
  close.result = "6";
  EXPECT_EQ(half_heard_connections({send, close}, "client"), 0U);
  close.result = "7";
  EXPECT_EQ(half_heard_connections({send, close}, "client"), 1U);
  EXPECT_EQ(half_heard_connections({close}, "client"), 1U);
  EXPECT_EQ(half_heard_connections({send, close}, "server"), 0U);
  send.result = "\"ERR Broken pipe\"";
  close.result = "null";
  EXPECT_EQ(half_heard_connections({send, close}, "client"), 0U);
}

TEST(RecordedLog, KeepsTheKernelsCountOfOctetsToItself) {
  HeardCall close = heard(30, 1, 7, 3, "close");
  close.result = "6";
  EXPECT_NE(to_json({close}, 0).find("\"res\":null"), std::string::npos);
  close.result = "\"ERR Input/output error\"";
  EXPECT_NE(to_json({close}, 0).find("\"res\":\"ERR"), std::string::npos);
}

TEST(RecordedLog, HasTheFormOfTheSidecars) {
  HeardCall connect = heard(1'500'000'000, 2'000, 7, 3, "connect");
  connect.argument = "\"10.0.0.4:7\"";
  connect.local = "\"10.0.0.5:4000\"";
  EXPECT_EQ(
      to_json({connect}, 1'000'000'000),
      "{\"t0_epoch\":1.000000000,\"calls\":[\n"
      "{\"t\":0.500000000,\"dt\":0.000002000,\"who\":\"client\",\"fd\":3,\"call\":\"connect\",\"arg\":\"10.0.0.4:7\","
      "\"res\":null,\"local\":\"10.0.0.5:4000\"}\n]}\n");
}

TEST(RecordedLog, NamesThePeerAndTheNewDescriptorOfAnAccept) {
  const std::string text = to_json({heard_accept(10, 1, 6, 3, 7, 4)}, 0);
  EXPECT_NE(text.find("\"res\":\"10.0.0.5:4000 fd=4\""), std::string::npos) << text;
}

TEST(RecordedLog, WithoutCallsIsALogAllTheSame) {
  EXPECT_EQ(to_json({}, 5'000'000'000), "{\"t0_epoch\":5.000000000,\"calls\":[\n]}\n");
}

}  // namespace
}  // namespace fourtuple::record
