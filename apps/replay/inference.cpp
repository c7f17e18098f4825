#include "apps/replay/inference.hpp"

#include <algorithm>

namespace fourtuple::replay {
namespace {

// 0 opens, 1 is in between, 2 closes.
int rank(judge::Call::Kind kind) {
  using enum judge::Call::Kind;
  switch (kind) {
    case kListen:
    case kConnect:
      return 0;
    case kWrite:
    case kRead:
    case kNoDelay:
    case kKeepAlive:
    case kPushUrgent:
      return 1;
    case kShutdown:
    case kClose:
    case kAbort:
      return 2;
  }
  return 1;
}

}  // namespace

std::string_view name(CloseKind kind) {
  switch (kind) {
    case CloseKind::kNone:
      return "none";
    case CloseKind::kShutdown:
      return "shutdown";
    case CloseKind::kClose:
      return "close";
    case CloseKind::kAbort:
      return "abort";
    case CloseKind::kRefused:
      return "refused";
    case CloseKind::kStackReset:
      return "stack-reset";
    case CloseKind::kTimeout:
      return "timeout";
  }
  return "?";
}

PlannedCall call_at(const LivedFrame& frame, judge::Call::Kind kind, std::uint64_t octets) {
  PlannedCall call;
  call.kind = kind;
  call.time = frame.time;
  call.octets = octets;
  call.after_frame = frame.after;
  return call;
}

void sort_calls(std::vector<PlannedCall>& calls) {
  if (calls.empty()) return;
  for (PlannedCall& call : calls) call.time = std::max(call.time, calls.front().time);
  std::stable_sort(calls.begin(), calls.end(), [](const PlannedCall& a, const PlannedCall& b) {
    return a.time != b.time ? a.time < b.time : rank(a.kind) < rank(b.kind);
  });
}

std::uint64_t judged_octets(const PlannedCall& call) {
  if (call.kind != judge::Call::Kind::kKeepAlive) return call.octets;
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(call.idle).count());
}

ApplicationPlan infer_application(const capture::Conversation& conversation, capture::Host host) {
  const HostView view = view_of(conversation, host);
  ApplicationPlan plan;
  plan.host = host;
  plan.stream = written_stream(conversation, view);
  infer_opening(view, plan);
  if (plan.calls.empty()) {
    infer_closing(view, plan);
    return plan;
  }
  infer_options(view, plan);
  infer_reads(view, plan);
  infer_writes(view, plan);
  infer_closing(view, plan);
  sort_calls(plan.calls);
  return plan;
}

std::uint64_t receive_window_needed(const capture::Conversation& conversation, capture::Host host) {
  // As the other host lived it: there the acknowledgments come last, so that nothing is counted too low.
  const HostView view = view_of(conversation, other(host));
  StreamOffset acknowledged = 1;
  StreamOffset edge = 0;
  StreamOffset needed = 0;
  for (const LivedFrame& frame : view.frames) {
    if (!frame.sent && frame.flags.ack() && !frame.flags.rst()) {
      acknowledged = std::max(acknowledged, frame.ack);
      edge = std::max(edge, frame.right_edge());
    } else if (frame.sent && frame.octets > 0 && frame.end() <= edge) {
      needed = std::max(needed, frame.end() - acknowledged);
    }
  }
  return static_cast<std::uint64_t>(needed);
}

}  // namespace fourtuple::replay
