#include "apps/world/kernel_sockets.hpp"

#include <gtest/gtest.h>

namespace fourtuple::apps {
namespace {

TEST(KernelsListOfSockets, IsReadForItsStates) {
  EXPECT_EQ(states_in("  sl  local_address rem_address   st tx_queue\n"
                      "   0: 00000000:1B58 00000000:0000 0A 00000000:00000000\n"
                      "   1: 01004D0A:AD24 02004D0A:1B58 06 00000000:00000000\n"),
            (std::vector<unsigned>{10, 6}));
  EXPECT_TRUE(states_in("").empty());
  EXPECT_TRUE(states_in("head\nrubbish\n").empty());
}

}  // namespace
}  // namespace fourtuple::apps
