#include "tests/unit/judge/captured_traces.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/support/captures.hpp"

namespace fourtuple::test {
namespace {

using capture::Conversation;
using capture::Host;

bool is_odd_anywhere(const Conversation& conversation, bool capture::Oddities::*oddity) {
  return std::ranges::any_of(conversation.frames, [&](const auto& frame) { return frame.odd.*oddity; });
}

judge::Circumstances captured_circumstances(const Conversation& conversation, Host host) {
  const capture::Vantage vantage = capture::estimate_vantage(conversation);
  judge::Circumstances circumstances;
  circumstances.name = {conversation.host(host), conversation.host(capture::other(host))};
  circumstances.distance = vantage.to(host);
  circumstances.is_near = vantage.is_known && vantage.to(host) == Duration::zero();
  circumstances.has_gaps = conversation.refusal == capture::Refusal::kGap || conversation.is_cut;
  circumstances.times_are_doubtful = is_odd_anywhere(conversation, &capture::Oddities::time_ran_backwards);
  circumstances.leaves_out_doubles = is_odd_anywhere(conversation, &capture::Oddities::exact_duplicate);
  return circumstances;
}

// A capture that was surely taken at a host shows what that host sent, whatever it looks like.
bool may_be_forged(const capture::TcpFrame& frame, const capture::Vantage& vantage) {
  const bool is_at_sender = vantage.to(frame.from) == Duration{} && vantage.to(capture::other(frame.from)) > Duration{};
  return frame.odd.from_a_stranger && !is_at_sender;
}

judge::TracedSegment traced_frame(const capture::TcpFrame& frame, Host endpoint, const capture::Vantage& vantage) {
  judge::TracedSegment traced;
  traced.time = Instant(frame.time);
  traced.sent = frame.from == endpoint;
  traced.segment = frame.segment;
  traced.reserved_bits = frame.reserved_bits;
  traced.checksum_is_wrong = frame.checksum_is_wrong;
  traced.cut_octets = frame.cut_octets;
  traced.ecn_marked = frame.ecn_marked;
  traced.ecn_capable = frame.ecn_capable;
  traced.cut_from_super_segment = frame.odd.cut_from_super_frame;
  traced.is_foreign = may_be_forged(frame, vantage);
  traced.frame = frame.number;
  return traced;
}

}  // namespace

JudgedHost judge_host(const std::string& file, const Conversation& conversation, Host host) {
  const capture::Vantage vantage = capture::estimate_vantage(conversation);
  judge::Judge judge(captured_circumstances(conversation, host));
  for (const capture::TcpFrame& frame : conversation.frames) {
    if (!frame.odd.exact_duplicate) judge.take(traced_frame(frame, host, vantage));
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

std::vector<std::filesystem::path> captures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".pcap" || entry.path().extension() == ".pcapng") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace fourtuple::test
