#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/shown.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

std::string stall_in_words(const Performance& performance, const capture::Conversation& conversation) {
  if (performance.undelivered == 0) return {};
  const std::string what = performance.stalled_at
                               ? fmt::format("frame {}", conversation.frames[*performance.stalled_at].number)
                               : std::string("an ICMP error");
  return fmt::format("{} waits for octet {}, which our stack did not send though {}", what, performance.stalled_for,
                     performance.window_allowed_more ? "its windows allowed it" : "all timers had run out");
}

std::string distance_in_words(const Outcome& outcome) {
  const Duration away = outcome.vantage.to(outcome.role);
  if (away < 1ms) return {};
  return fmt::format("the capture was taken about {} away from the {}; times are moved by that",
                     observe::rounded(std::chrono::round<std::chrono::microseconds>(away)), name(outcome.role));
}

}  // namespace

std::vector<std::string> circumstances_in_words(const Outcome& outcome) {
  const Performance& performance = outcome.performance;
  std::vector<std::string> sentences;
  if (performance.ending == Ending::kStalled && outcome.verdict != Verdict::kStalled) {
    sentences.push_back(stall_in_words(performance, *outcome.conversation));
  }
  if (performance.undelivered != 0) {
    sentences.push_back(fmt::format("{} of the other host's frames {} not delivered", performance.undelivered,
                                    performance.undelivered == 1 ? "was" : "were"));
  }
  if (!outcome.details.empty()) sentences.push_back(distance_in_words(outcome));
  if (outcome.conversation->is_cut) sentences.emplace_back("the capture ends before the conversation does");
  std::erase(sentences, std::string());
  return sentences;
}

}  // namespace fourtuple::replay
