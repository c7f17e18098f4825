// The far end of the path: Linux's services in one process, ours in another, until a signal.
#pragma once

#include <string>

namespace fourtuple::bench {

// Answers the exit code.
[[nodiscard]] int run_far_end(const std::string& linux_congestion, const std::string& our_congestion);

}  // namespace fourtuple::bench
