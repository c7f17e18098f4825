// Every capture there is, each role in turn: our stack takes the place and comes to the end, with all octets read.
#include <gtest/gtest.h>

#include "apps/replay/application.hpp"
#include "apps/replay/performance.hpp"
#include "tests/support/captures.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using fourtuple::test::captures_in;

// Octets of the other host's stream that the recorded host acknowledged.
StreamOffset octets_acknowledged(const Conversation& conversation, Host host) {
  std::optional<SeqNum> initial;
  StreamOffset end = 0;
  StreamOffset acked = 0;
  for (const capture::TcpFrame& frame : conversation.frames) {
    const Segment& segment = frame.segment;
    if (frame.from != host && !initial && segment.flags.syn()) initial = segment.seq;
    if (!initial || frame.odd.acks_unseen) continue;
    if (frame.from != host && !segment.payload.empty())
      end = std::max(end, unwrap(segment.seq, *initial, end) + std::ssize(segment.payload));
    if (frame.from == host && segment.flags.ack() && !segment.flags.rst())
      acked = std::max(acked, std::min(unwrap(segment.ack, *initial, end), end) - 1);
  }
  return acked;
}

Performance played_to_the_end(const Conversation& conversation, const ApplicationPlan& plan) {
  Performance played = play(conversation, plan);
  return played.ending == Ending::kPlayed ? std::move(played) : play(conversation, plan, {.elastic_acks = true});
}

void expect_whole(const Conversation& conversation, Host role) {
  const Performance played = played_to_the_end(conversation, infer_application(conversation, role));
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(played.undelivered, 0U);
  EXPECT_TRUE(played.stream_is_whole);
  EXPECT_GE(static_cast<StreamOffset>(played.octets_read), octets_acknowledged(conversation, role));
}

void expect_all_whole(const std::filesystem::path& folder) {
  for (const auto& path : captures_in(folder)) {
    for (const auto& conversation : fourtuple::test::read_capture(path).conversations) {
      if (conversation->refusal) continue;
      for (const Host role : {Host::kClient, Host::kServer}) {
        SCOPED_TRACE(path.filename().string() + (role == Host::kClient ? " client" : " server"));
        expect_whole(*conversation, role);
      }
    }
  }
}

TEST(PlayerCaptures, PlaysOurOwnRecordingsToTheEnd) {
  ASSERT_FALSE(captures_in(fourtuple::test::own_captures()).empty());
  expect_all_whole(fourtuple::test::own_captures());
}

TEST(PlayerCaptures, PlaysTheSharedRecordingsToTheEnd) {
  const auto folder = fourtuple::test::shared_captures();
  if (captures_in(folder).empty()) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  expect_all_whole(folder);
}

}  // namespace
}  // namespace fourtuple::replay
