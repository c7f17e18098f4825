#include "apps/replay/consequences.hpp"

#include <algorithm>
#include <array>

namespace fourtuple::replay {
namespace {

// As many frames as an answer may take to come, delayed ACKs and what was in flight included.
constexpr std::size_t kReach = 12;

// Clauses that speak of one matter: numbers, timestamps, selective acknowledgments.
enum class Matter : std::uint8_t { kNumbers, kTimestamps, kSelective };

Matter matter_of(const Detail& detail) {
  if (detail.clause.starts_with("RFC7323 2")) return Matter::kNumbers;  // window scale
  if (detail.clause.starts_with("RFC7323")) return Matter::kTimestamps;
  if (detail.clause.starts_with("RFC2018") || detail.clause.starts_with("RFC2883")) return Matter::kSelective;
  return Matter::kNumbers;
}

// Where in the conversation it happened: an index into its frames.
std::optional<std::size_t> place_of(const Detail& detail, const Performance& performance) {
  if (detail.party == Party::kRecorded || !detail.our_segment) return detail.recorded_frame;
  const std::size_t heard = performance.segments[*detail.our_segment].deliveries_before;
  for (std::size_t i = heard; i > 0; --i) {
    if (!performance.deliveries[i - 1].is_icmp) return performance.deliveries[i - 1].frame;
  }
  return std::nullopt;
}

// What the other host broke by a frame of its own, so that our host or we had to answer it.
bool is_cause(const Detail& cause, const Detail& detail, std::size_t place, const Outcome& outcome) {
  if (cause.verdict != Verdict::kViolationMust || !cause.recorded_frame || *cause.recorded_frame > place) return false;
  const capture::TcpFrame& frame = outcome.conversation->frames[*cause.recorded_frame];
  if (frame.from == outcome.role) return false;
  if (frame.segment.flags.syn()) return true;
  return place - *cause.recorded_frame <= kReach && matter_of(cause) == matter_of(detail);
}

}  // namespace

void drop_consequences(std::vector<Detail>& details, const std::vector<Detail>& others, const Outcome& outcome) {
  std::erase_if(details, [&](const Detail& detail) {
    const auto place = place_of(detail, outcome.performance);
    return place && std::any_of(others.begin(), others.end(),
                                [&](const Detail& cause) { return is_cause(cause, detail, *place, outcome); });
  });
}

}  // namespace fourtuple::replay
