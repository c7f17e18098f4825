// The two traces that a replay leaves, in the form the judge reads, and what it finds in them.
#pragma once

#include <vector>

#include "apps/replay/outcome.hpp"

namespace fourtuple::replay {

// A recorded frame as `endpoint` sent it or got it.
[[nodiscard]] judge::TracedSegment traced_frame(const capture::TcpFrame& frame, capture::Host endpoint,
                                                const capture::Vantage& vantage);

// What the rules say about our stack's performance, whose calls are known exactly.
[[nodiscard]] std::vector<Detail> judge_ours(const capture::Conversation& conversation, const Performance& performance,
                                             std::uint64_t& left_out);
// What they say about the recorded host. The plan's calls count as known only where a sidecar told them.
[[nodiscard]] std::vector<Detail> judge_recorded(const capture::Conversation& conversation, capture::Host host,
                                                 const ApplicationPlan& plan, std::uint64_t& left_out);

}  // namespace fourtuple::replay
