// IGMP version 2 messages (RFC 2236).
#pragma once

#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

namespace igmp_type {
inline constexpr std::uint8_t kQuery = 0x11;
inline constexpr std::uint8_t kReportV1 = 0x12;
inline constexpr std::uint8_t kReportV2 = 0x16;
inline constexpr std::uint8_t kLeave = 0x17;
}  // namespace igmp_type

inline constexpr std::size_t kIgmpSize = 8;

struct IgmpMessage {
  std::uint8_t type = 0;
  std::uint8_t max_response_tenths = 0;  // of a second; 0 from version 1 routers
  Ipv4Address group;                     // 0.0.0.0 in a general query

  // Nothing where it is cut short or its checksum is wrong. Longer ones are newer versions', with more behind.
  [[nodiscard]] static std::optional<IgmpMessage> parse(ByteView message);
  // Precondition: to.size() >= kIgmpSize.
  void emit(ByteSpan to) const;
};

}  // namespace fourtuple::wire
