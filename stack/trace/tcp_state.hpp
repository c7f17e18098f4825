// The eleven states of RFC 9293 3.3.2, spelled as the RFC spells them.
#pragma once

#include <cstdint>
#include <string_view>

namespace fourtuple {

enum class TcpState : std::uint8_t {
  kClosed,
  kListen,
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait,
};
inline constexpr std::size_t kTcpStateCount = 11;

// "FIN-WAIT-1"
[[nodiscard]] std::string_view name(TcpState state);

}  // namespace fourtuple
