#include <algorithm>

#include "apps/replay/inference.hpp"

namespace fourtuple::replay {

// A SYN without ACK is a connect, even where the SYNs crossed; a SYN,ACK without one before it came from a listener.
// A host that only reset had neither: nobody was there.
void infer_opening(const HostView& view, ApplicationPlan& plan) {
  const auto opens = [](const LivedFrame& frame) { return frame.sent && frame.flags.syn(); };
  const auto first = std::find_if(view.frames.begin(), view.frames.end(), opens);
  if (first == view.frames.end()) return;
  plan.active = !first->flags.ack();
  PlannedCall call;
  call.kind = plan.active ? judge::Call::Kind::kConnect : judge::Call::Kind::kListen;
  call.time = plan.active ? first->time : view.frames.front().time;
  plan.calls.push_back(call);
}

}  // namespace fourtuple::replay
