// Numbers that the RFCs give to both sides of a connection.
#pragma once

#include <cstdint>

namespace fourtuple::wire {

inline constexpr std::uint16_t kTcpDefaultMss = 536;         // where a SYN names none [RFC9293 MUST-15]
inline constexpr std::uint8_t kTcpMaxWindowShift = 14;       // a larger one is taken for this [RFC7323 2.3]
inline constexpr std::uint32_t kTcpTimestampsInHeader = 12;  // octets of the option, padded as all pad it

}  // namespace fourtuple::wire
