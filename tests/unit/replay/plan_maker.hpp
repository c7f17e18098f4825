// Plans for tests of the player: what the application of one host does, as one line a call.
#pragma once

#include <string_view>

#include "apps/replay/application.hpp"
#include "tests/unit/replay/conversation_maker.hpp"

namespace fourtuple::replay {

class PlanMaker {
 public:
  PlanMaker(capture::Host host, bool active) {
    plan_.host = host;
    plan_.active = active;
    call(active ? judge::Call::Kind::kConnect : judge::Call::Kind::kListen, 0ms);
  }

  // The octets of a write are those of make_conversation(). `after` counts frames of the conversation from 1.
  PlanMaker& call(judge::Call::Kind kind, capture::CaptureTime time, std::uint64_t octets = 0, std::size_t after = 0) {
    PlannedCall call;
    call.kind = kind;
    call.time = time;
    call.octets = octets;
    if (after != 0) call.after_frame = after - 1;
    plan_.calls.push_back(call);
    if (kind == judge::Call::Kind::kRead) plan_.reads_by_plan = true;
    if (kind != judge::Call::Kind::kWrite && kind != judge::Call::Kind::kPushUrgent) return *this;
    for (std::uint64_t i = 0; i < octets; ++i) {
      plan_.stream.push_back(made_octet(plan_.host, static_cast<StreamOffset>(plan_.stream.size() + 1)));
    }
    return *this;
  }
  PlanMaker& write(capture::CaptureTime time, std::uint64_t octets, std::size_t after = 0) {
    return call(judge::Call::Kind::kWrite, time, octets, after);
  }
  PlanMaker& close(capture::CaptureTime time, std::size_t after = 0) {
    plan_.close = CloseKind::kClose;
    return call(judge::Call::Kind::kClose, time, 0, after);
  }
  PlanMaker& shut_down(capture::CaptureTime time, std::size_t after = 0) {
    plan_.close = CloseKind::kShutdown;
    return call(judge::Call::Kind::kShutdown, time, 0, after);
  }
  PlanMaker& receive_buffer(std::uint64_t octets) {
    plan_.receive_buffer = octets;
    return *this;
  }
  PlanMaker& closes_by(CloseKind kind) {
    plan_.close = kind;
    return *this;
  }
  operator const ApplicationPlan&() const { return plan_; }  // NOLINT(google-explicit-constructor): it is one

 private:
  ApplicationPlan plan_;
};

}  // namespace fourtuple::replay
