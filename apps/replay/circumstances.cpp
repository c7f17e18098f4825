#include <algorithm>

#include "apps/replay/host_distance.hpp"
#include "apps/replay/performance.hpp"

namespace fourtuple::replay {

std::string_view word(HeldFor reason) {
  switch (reason) {
    case HeldFor::kNothing:
      return "nothing";
    case HeldFor::kData:
      return "data";
    case HeldFor::kSyn:
      return "syn";
    case HeldFor::kFin:
      return "fin";
    case HeldFor::kTimestamp:
      return "timestamp";
  }
  return "nothing";
}

judge::Circumstances circumstances_of(const capture::Conversation& conversation, capture::Host host) {
  const auto has_odd_frame = [&](auto is_odd) {
    return std::any_of(conversation.frames.begin(), conversation.frames.end(),
                       [&](const capture::TcpFrame& frame) { return is_odd(frame.odd); });
  };
  const capture::Vantage vantage = capture::estimate_vantage(conversation);
  judge::Circumstances circumstances;
  circumstances.name = {conversation.host(host), conversation.host(capture::other(host))};
  circumstances.distance = distance_of(conversation, host);
  circumstances.is_near = vantage.is_known && circumstances.distance == Duration::zero();
  circumstances.has_gaps = conversation.refusal == capture::Refusal::kGap || conversation.is_cut ||
                           has_odd_frame([](const capture::Oddities& odd) { return odd.acks_unseen; });
  circumstances.times_are_doubtful = has_odd_frame([](const capture::Oddities& odd) { return odd.time_ran_backwards; });
  circumstances.leaves_out_doubles = has_odd_frame([](const capture::Oddities& odd) { return odd.exact_duplicate; });
  return circumstances;
}

}  // namespace fourtuple::replay
