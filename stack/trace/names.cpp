#include <array>

#include "stack/trace/events.hpp"

namespace fourtuple {

std::string_view name(TcpState state) {
  static constexpr std::array<std::string_view, kTcpStateCount> kNames{
      "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
      "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view trace::name(Timer timer) {
  static constexpr std::array<std::string_view, kTimerCount> kNames{
      "retransmission", "persist",    "delayed-ack", "keep-alive",    "time-wait",
      "fin-wait-2",     "reordering", "tail-loss",   "send-override", "pacing"};
  return kNames[static_cast<std::size_t>(timer)];
}

std::string_view trace::name(UserCall call) {
  static constexpr std::array<std::string_view, 7> kNames{"connect",          "send",  "receive", "shutdown-send",
                                                          "shutdown-receive", "close", "abort"};
  return kNames[static_cast<std::size_t>(call)];
}

}  // namespace fourtuple
