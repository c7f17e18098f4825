// A plan in one line, for tests: "connect, write 15, close at 20 ms".
#pragma once

#include <fmt/format.h>
#include <string>

#include "apps/replay/application.hpp"

namespace fourtuple::replay {

[[nodiscard]] inline std::string call_text(const PlannedCall& call) {
  using enum judge::Call::Kind;
  switch (call.kind) {
    case kListen:
      return "listen";
    case kConnect:
      return "connect";
    case kWrite:
      return fmt::format("write {}", call.octets);
    case kRead:
      return call.octets == 0 ? "pause" : call.octets == kEverything ? "read on" : fmt::format("read {}", call.octets);
    case kShutdown:
      return "shutdown";
    case kClose:
      return "close";
    case kAbort:
      return "abort";
    case kNoDelay:
      return "nodelay";
    case kKeepAlive:
      return "keepalive";
    case kPushUrgent:
      return fmt::format("urgent {}", call.octets);
  }
  return "?";
}

[[nodiscard]] inline std::string plan_text(const ApplicationPlan& plan) {
  std::string text;
  for (const PlannedCall& call : plan.calls) text += (text.empty() ? "" : ", ") + call_text(call);
  return text;
}

}  // namespace fourtuple::replay
