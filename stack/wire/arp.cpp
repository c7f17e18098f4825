#include "stack/wire/arp.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::wire {
namespace {

constexpr std::uint16_t kHardwareEthernet = 1;
constexpr std::uint16_t kAddressLengths = 6 << 8 | 4;

bool is_ethernet_ipv4(const std::uint8_t* at) {  // [RFC826 format]
  return load_be16(at) == kHardwareEthernet && load_be16(at + 2) == ether_type::kIpv4 &&
         load_be16(at + 4) == kAddressLengths;
}

bool is_operation(std::uint16_t code) {
  return code == static_cast<std::uint16_t>(ArpPacket::Operation::kRequest) ||
         code == static_cast<std::uint16_t>(ArpPacket::Operation::kReply);
}

MacAddress load_mac(const std::uint8_t* at) {
  MacAddress address;
  std::copy_n(at, 6, address.octets.begin());
  return address;
}

}  // namespace

std::optional<ArpPacket> ArpPacket::parse(ByteView packet) {
  if (packet.size() < kArpSize) return std::nullopt;
  const std::uint8_t* const at = packet.data();
  const std::uint16_t code = load_be16(at + 6);
  if (!is_ethernet_ipv4(at) || !is_operation(code)) return std::nullopt;
  return ArpPacket{.operation = static_cast<Operation>(code),
                   .sender_mac = load_mac(at + 8),
                   .sender_ip = {load_be32(at + 14)},
                   .target_mac = load_mac(at + 18),
                   .target_ip = {load_be32(at + 24)}};
}

void ArpPacket::emit(ByteSpan to) const {
  std::uint8_t* const at = to.data();
  store_be16(at, kHardwareEthernet);
  store_be16(at + 2, ether_type::kIpv4);
  store_be16(at + 4, kAddressLengths);
  store_be16(at + 6, static_cast<std::uint16_t>(operation));
  std::copy_n(sender_mac.octets.begin(), 6, at + 8);
  store_be32(at + 14, sender_ip.value);
  std::copy_n(target_mac.octets.begin(), 6, at + 18);
  store_be32(at + 24, target_ip.value);
}

}  // namespace fourtuple::wire
