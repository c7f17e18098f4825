#include "stack/judge/trace.hpp"

namespace fourtuple::judge {

std::string_view name(Call::Kind kind) {
  using enum Call::Kind;
  switch (kind) {
    case kListen:
      return "listen";
    case kConnect:
      return "connect";
    case kWrite:
      return "write";
    case kRead:
      return "read";
    case kShutdown:
      return "shutdown";
    case kClose:
      return "close";
    case kAbort:
      return "abort";
    case kNoDelay:
      return "no-delay";
    case kKeepAlive:
      return "keep-alive";
    case kPushUrgent:
      return "push-urgent";
  }
  return "?";
}

}  // namespace fourtuple::judge
