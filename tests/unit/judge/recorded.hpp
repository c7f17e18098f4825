// Recorded conversations as the judge reads them: either host of a capture is the endpoint.
#pragma once

#include <string>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "stack/judge/judge.hpp"

namespace fourtuple::test {

// Calls are not known; the vantage is that of the capture.
[[nodiscard]] judge::Circumstances recorded_circumstances(const capture::Conversation& conversation,
                                                          capture::Host host);
[[nodiscard]] judge::TracedSegment traced(const capture::Conversation& conversation, const capture::TcpFrame& frame,
                                          capture::Host host);
// What the rules say about that host.
[[nodiscard]] std::vector<judge::Finding> judge_host(const capture::Conversation& conversation, capture::Host host);
// "frame 5: RULE: SENTENCE" in lines.
[[nodiscard]] std::string to_text(const std::vector<judge::Finding>& findings);

}  // namespace fourtuple::test
