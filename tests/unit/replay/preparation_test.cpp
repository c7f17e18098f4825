// What our stack is given before it takes a recorded host's place.
#include "apps/replay/preparation.hpp"

#include <gtest/gtest.h>

#include "apps/replay/hurry.hpp"
#include "tests/unit/replay/conversation_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

std::size_t room_of_client(const char* lines) {
  const auto made = make_open_conversation(lines);
  return receive_buffer_needed(*made, infer_application(*made, Host::kClient));
}

TEST(ReceiveBuffer, LeavesNoRoomForWhatAResetPretends) {
  constexpr const char* kQuiet = R"(
      +0.010 s P. 1:101(100) ack 1 win 1000
      +0.000 c .  1:1(0) ack 101 win 1000)";
  const std::string with_reset = std::string(kQuiet) + "\n+0.010 s R 5000001:5000001(0) win 1000";
  EXPECT_EQ(room_of_client(with_reset.c_str()), room_of_client(kQuiet));
  EXPECT_LT(room_of_client(kQuiet), 1'000'000U);
}

bool client_is_in_a_hurry(const char* lines) {
  const auto made = make_open_conversation(lines);
  return sends_short_segments_early(*made, Host::kClient, Timeline(*made, Host::kClient));
}

TEST(Hurry, IsNoneWhereSegmentsAreAsFullAsANarrowPathLetsThem) {
  EXPECT_FALSE(client_is_in_a_hurry(R"(
      +0.010 c . 1:1461(1460) ack 1
      +0.001 s icmp unreachable frag_needed mtu 1000 [1:1461(1460)]
      +0.000 c . 1461:2421(960) ack 1
      +0.000 c . 2421:3381(960) ack 1)"));
}

TEST(Hurry, IsSeenInShortSegmentsOnePastTheOther) {
  EXPECT_TRUE(client_is_in_a_hurry(R"(
      +0.010 c . 1:1461(1460) ack 1
      +0.000 c . 1461:2421(960) ack 1
      +0.000 c . 2421:3381(960) ack 1)"));
}

}  // namespace
}  // namespace fourtuple::replay
