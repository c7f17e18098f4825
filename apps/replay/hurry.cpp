#include "apps/replay/hurry.hpp"

#include <algorithm>
#include <vector>

#include "apps/replay/send_history.hpp"

namespace fourtuple::replay {
namespace {

class HurryWatch {
 public:
  HurryWatch(const capture::Conversation& conversation, capture::Host host, const Timeline& timeline)
      : conversation_(conversation), host_(host), timeline_(timeline) {
    for (const capture::IcmpFrame& error : conversation.icmp) {
      if (error.to == host && error.tells_of_a_narrow_path()) paths_.push_back({.since = error.time, .full = 0});
    }
    for (const capture::TcpFrame& frame : conversation.frames) {
      std::size_t& full = path_at(frame.time).full;
      if (frame.from == host) full = std::max(full, frame.segment.payload.size());
    }
  }

  [[nodiscard]] bool sees_hurry() {
    for (const capture::TcpFrame& frame : conversation_.frames) {
      if (frame.from != host_ || frame.checksum_is_wrong) continue;
      const Instant left = timeline_.departure(frame.time);
      take_acknowledgments_until(left);
      if (is_early(frame)) return true;
      sent_.take(frame.segment, 0, left);
      if (!frame.segment.payload.empty() && is_short(frame)) short_end_ = sent_.end();
    }
    return false;
  }

 private:
  // From one report of a router's to the next.
  struct Path {
    capture::CaptureTime since{};
    std::size_t full = 0;  // the largest payload that the host sent meanwhile
  };

  Path& path_at(capture::CaptureTime time) {
    const auto later = std::upper_bound(paths_.begin() + 1, paths_.end(), time,
                                        [](capture::CaptureTime at, const Path& path) { return at < path.since; });
    return *std::prev(later);
  }
  [[nodiscard]] bool is_short(const capture::TcpFrame& frame) {
    return frame.segment.payload.size() < path_at(frame.time).full;
  }
  void take_acknowledgments_until(Instant moment) {
    for (; next_ < conversation_.frames.size(); ++next_) {
      const capture::TcpFrame& frame = conversation_.frames[next_];
      if (timeline_.arrival(frame.time) > moment) return;
      if (frame.from == host_ || !frame.segment.flags.ack() || !sent_.is_open()) continue;
      const StreamOffset ack = sent_.offset(frame.segment.ack);
      if (ack <= sent_.end()) acked_ = std::max(acked_, ack);
    }
  }
  // New octets, fewer than fit, behind others that were too few and are in flight. With the FIN nothing is kept back.
  [[nodiscard]] bool is_early(const capture::TcpFrame& frame) {
    const Segment& segment = frame.segment;
    if (segment.payload.empty() || !is_short(frame) || segment.flags.fin() || segment.flags.urg() || !sent_.is_open())
      return false;
    return sent_.offset(segment.seq) == sent_.end() && acked_ < short_end_;
  }

  const capture::Conversation& conversation_;
  const capture::Host host_;
  const Timeline& timeline_;
  SendHistory sent_;
  StreamOffset acked_ = 0;
  StreamOffset short_end_ = 0;  // of the last short segment
  std::vector<Path> paths_{Path{}};
  std::size_t next_ = 0;
};

}  // namespace

bool sends_short_segments_early(const capture::Conversation& conversation, capture::Host host,
                                const Timeline& timeline) {
  return HurryWatch(conversation, host, timeline).sees_hurry();
}

ApplicationPlan with_hurry(const ApplicationPlan& plan, const capture::Conversation& conversation,
                           const Timeline& timeline) {
  ApplicationPlan result = plan;
  const bool has_said_so = std::any_of(plan.calls.begin(), plan.calls.end(),
                                       [](const PlannedCall& one) { return one.kind == judge::Call::Kind::kNoDelay; });
  if (has_said_so || plan.calls.empty() || !sends_short_segments_early(conversation, plan.host, timeline)) {
    return result;
  }
  PlannedCall call;
  call.kind = judge::Call::Kind::kNoDelay;
  call.time = plan.calls.front().time;
  result.calls.insert(result.calls.begin() + 1, call);
  return result;
}

}  // namespace fourtuple::replay
