// ICMP messages (RFC 792, RFC 1122 3.2.2).
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/reasons.hpp"

namespace fourtuple::wire {

namespace icmp_type {
inline constexpr std::uint8_t kEchoReply = 0;
inline constexpr std::uint8_t kUnreachable = 3;
inline constexpr std::uint8_t kSourceQuench = 4;
inline constexpr std::uint8_t kRedirect = 5;
inline constexpr std::uint8_t kEchoRequest = 8;
inline constexpr std::uint8_t kTimeExceeded = 11;
inline constexpr std::uint8_t kParameterProblem = 12;
}  // namespace icmp_type

namespace icmp_unreachable {
inline constexpr std::uint8_t kNet = 0;
inline constexpr std::uint8_t kHost = 1;
inline constexpr std::uint8_t kProtocol = 2;
inline constexpr std::uint8_t kPort = 3;
inline constexpr std::uint8_t kFragmentationNeeded = 4;
inline constexpr std::uint8_t kSourceRouteFailed = 5;
inline constexpr std::uint8_t kNetUnknown = 6;
inline constexpr std::uint8_t kHostUnknown = 7;
inline constexpr std::uint8_t kNetProhibited = 9;
inline constexpr std::uint8_t kHostProhibited = 10;
inline constexpr std::uint8_t kAdminProhibited = 13;
}  // namespace icmp_unreachable

inline constexpr std::size_t kIcmpHeaderSize = 8;

struct IcmpHeader {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  // octets 4..7 in host order: echo id << 16 | sequence; unreachable: next-hop MTU in the low half

  [[nodiscard]] std::uint16_t echo_id() const { return static_cast<std::uint16_t>(rest >> 16); }
  [[nodiscard]] std::uint16_t echo_sequence() const { return static_cast<std::uint16_t>(rest); }
  // RFC 1191: meaningful for kUnreachable / kFragmentationNeeded; 0 from routers that predate it.
  [[nodiscard]] std::uint16_t next_hop_mtu() const { return static_cast<std::uint16_t>(rest); }
  // An error message quotes the packet that caused it and must never be answered by another error.
  [[nodiscard]] bool is_error() const {
    return type == icmp_type::kUnreachable || type == icmp_type::kSourceQuench || type == icmp_type::kRedirect ||
           type == icmp_type::kTimeExceeded || type == icmp_type::kParameterProblem;
  }

  // Reasons: kIcmpTruncated, kIcmpBadChecksum. `message` is the whole ICMP message; the body follows the 8 octets.
  [[nodiscard]] static Result<IcmpHeader, DropReason> parse(ByteView message, bool verify_checksum = true);
  // Writes the 8 octets with the checksum over them and `body`. Precondition: to.size() >= 8.
  void emit(ByteSpan to, ByteView body) const;
};

}  // namespace fourtuple::wire
