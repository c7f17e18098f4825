// `fourtuple record` as users run it: two files are left, they tell what happened, and nothing else is left.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <unistd.h>

#include "drivers/pcap/pcap_reader.hpp"
#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

namespace fs = std::filesystem;

// A folder for the recording, which is also where the program makes its temporary files.
class Recorded : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "record-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ::setenv("TMPDIR", pattern.c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("TMPDIR");
    fs::remove_all(folder_);
  }

  [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> options,
                                                   const std::vector<std::string>& command) const {
    options.insert(options.begin(), {"record", "--out", (folder_ / "out").string()});
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return options;
  }
  Outcome record(const std::vector<std::string>& options, const std::vector<std::string>& command) {
    return run_fourtuple(arguments(options, command));
  }

  [[nodiscard]] std::string log() const {
    std::ifstream file(folder_ / "out.app.json");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] std::size_t frames_in(const std::string& name) const {
    BufferPool pool;
    auto reader = PcapReader::open({.path = folder_ / name, .start = Instant{}}, pool);
    if (!reader) return 0;
    std::vector<PacketBuffer> frames;
    while (!(*reader)->at_end() && (*reader)->receive(frames, 64, Instant(std::chrono::hours(1))) > 0) {
    }
    return frames.size();
  }

  // The calls of one side, "connect send recv"; the same call several times in a row is said once.
  [[nodiscard]] std::string calls_of(const std::string& who) const {
    const std::string text = log();
    const std::regex call("\"who\":\"" + who + "\",\"fd\":[0-9]+,\"call\":\"([a-z]+)\"");
    std::string result;
    std::string last;
    for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
      if ((*it)[1] != last) result += (result.empty() ? "" : " ") + (*it)[1].str();
      last = (*it)[1];
    }
    return result;
  }

  fs::path folder_;
};

std::vector<std::string> visit(const std::string& address, int port, const std::string& text) {
  return {FOURTUPLE_TALKER, "visit", address, std::to_string(port), text};
}

std::string talker(const std::string& words) { return FOURTUPLE_TALKER + (" " + words); }

#define FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome) \
  if ((outcome).code == kSkipped) GTEST_SKIP() << (outcome).output

TEST_F(Recorded, AgainstOurStackLeavesACaptureAndTheCallsOfBothSides) {
  const auto outcome = record({}, visit("10.0.0.4", 7, "hello"));
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(files(), (std::vector<std::string>{"out.app.json", "out.pcap"}));
  EXPECT_EQ(calls_of("client"), "connect send shutdown recv close") << log();
  EXPECT_NE(calls_of("server").find("accept setsockopt recv send recv close"), std::string::npos) << log();
  EXPECT_GE(frames_in("out.pcap"), 9U);
  const std::string name = (folder_ / "out").string();
  EXPECT_NE(outcome.output.find("fourtuple replay " + name + ".pcap --app " + name + ".app.json"), std::string::npos)
      << outcome.output;
}

TEST_F(Recorded, TwoCommandsTalkToEachOther) {
  const auto outcome = record({"--server", talker("serve 7000")}, visit("10.77.0.2", 7000, "hello"));
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(files(), (std::vector<std::string>{"out.app.json", "out.pcap"}));
  EXPECT_EQ(calls_of("client"), "connect send shutdown recv close") << log();
  EXPECT_EQ(calls_of("server"), "bind listen accept recv send close") << log();
  EXPECT_NE(log().find("\"arg\":\"10.77.0.2:7000\""), std::string::npos) << log();
  EXPECT_TRUE(std::regex_search(log(), std::regex("\"res\":\"10\\.77\\.0\\.1:[0-9]+ fd=[0-9]+\""))) << log();
  EXPECT_GE(frames_in("out.pcap"), 9U);
}

TEST_F(Recorded, OnAVethPairTheyDoToo) {
  const auto outcome = record({"--link=veth", "--server", talker("serve 7000")}, visit("10.77.0.2", 7000, "hello"));
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_GE(frames_in("out.pcap"), 9U);
}

TEST_F(Recorded, ABadWireIsSeenFromBothEnds) {
  const auto outcome = record({"--wire", "out: drop data 1 once", "--both-ends", "--server", talker("serve 7000")},
                              visit("10.77.0.2", 7000, "hello"));
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(files(), (std::vector<std::string>{"out.app.json", "out.client.pcap", "out.server.pcap"}));
  EXPECT_EQ(frames_in("out.client.pcap"), frames_in("out.server.pcap") + 1);
}

TEST_F(Recorded, TheCommandDecidesTheExitCode) {
  const auto outcome = record({}, {"sh", "-c", "exit 42"});
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 42) << outcome.output;
  EXPECT_NE(outcome.output.find("no socket call of the client was heard"), std::string::npos) << outcome.output;
  EXPECT_EQ(files(), (std::vector<std::string>{"out.app.json", "out.pcap"}));
}

TEST_F(Recorded, AServerThatFailsIsToldInOneLineAndLeavesNothing) {
  const auto outcome = record({"--server", "exit 5"}, visit("10.77.0.2", 7000, "hello"));
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_NE(outcome.output.find("the server ended with 5 before it listened"), std::string::npos) << outcome.output;
  EXPECT_TRUE(files().empty());
}

// The client waits for an answer that never comes.
TEST_F(Recorded, AnInterruptEndsTheCommandAndKeepsTheRecording) {
  const std::string client = talker("visit 10.77.0.2 7000 hello");
  std::vector<std::string> command = arguments({"--server", talker("wait 7000")}, {"sh", "-c", client + "; true"});
  command.insert(command.begin(), fourtuple_binary());
  Background program(command, "connected");
  for (int i = 0; i < 2000 && !program.is_ready() && program.exit_code() < 0; ++i) ::usleep(10000);
  if (program.exit_code() == kSkipped) GTEST_SKIP() << program.said();
  ASSERT_TRUE(program.is_ready()) << program.said();
  ::kill(program.pid(), SIGINT);
  for (int i = 0; i < 2000 && program.exit_code() < 0; ++i) ::usleep(10000);
  EXPECT_EQ(program.exit_code(), 128 + SIGINT);
  EXPECT_EQ(calls_of("client").find("connect"), 0U) << log();
  EXPECT_EQ(files(), (std::vector<std::string>{"out.app.json", "out.pcap"}));
}

TEST_F(Recorded, WhatACommandLeavesRunningEndsToo) {
  const std::string mark = (folder_ / "pid").string();
  const auto outcome = record({}, {"sh", "-c", "sleep 60 & echo $! > " + mark});
  FOURTUPLE_SKIPS_WHERE_IMPOSSIBLE(outcome);
  std::ifstream file(mark);
  pid_t pid = 0;
  file >> pid;
  ASSERT_GT(pid, 0) << outcome.output;
  EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace fourtuple::interop
