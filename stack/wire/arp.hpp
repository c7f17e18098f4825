// ARP for IPv4 over Ethernet (RFC 826).
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

inline constexpr std::size_t kArpSize = 28;

struct ArpPacket {
  enum class Operation : std::uint16_t { kRequest = 1, kReply = 2 };

  Operation operation = Operation::kRequest;
  MacAddress sender_mac;
  Ipv4Address sender_ip;
  MacAddress target_mac;
  Ipv4Address target_ip;

  // Nothing if cut short, if hardware or protocol type or lengths are not Ethernet/IPv4, or for another operation.
  [[nodiscard]] static std::optional<ArpPacket> parse(ByteView packet);
  // Precondition: to.size() >= kArpSize.
  void emit(ByteSpan to) const;
};

}  // namespace fourtuple::wire
