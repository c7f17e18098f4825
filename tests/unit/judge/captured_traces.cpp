#include "tests/unit/judge/captured_traces.hpp"

#include <gtest/gtest.h>

#include "apps/replay/judging.hpp"
#include "tests/support/captures.hpp"

namespace fourtuple::test {

using capture::Conversation;
using capture::Host;

JudgedHost judge_host(const std::string& file, const Conversation& conversation, Host host) {
  const capture::Vantage vantage = capture::estimate_vantage(conversation);
  judge::Judge judge(replay::circumstances_of(conversation, host));
  for (const capture::TcpFrame& frame : conversation.frames) {
    if (!frame.odd.exact_duplicate) judge.take(replay::traced_frame(frame, host, vantage));
  }
  judge.finish(conversation.frames.empty() ? Instant{} : Instant(conversation.frames.back().time));
  return {file, conversation.stream, host, judge.findings()};
}

std::vector<JudgedHost> judge_capture(const std::filesystem::path& file) {
  const ReadCapture read = read_capture(file);
  EXPECT_EQ(read.error, "") << file;
  std::vector<JudgedHost> judged;
  for (const auto& conversation : read.conversations) {
    for (const Host host : {Host::kClient, Host::kServer})
      judged.push_back(judge_host(file.filename().string(), *conversation, host));
  }
  return judged;
}

}  // namespace fourtuple::test
