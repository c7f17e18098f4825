#include "stack/wire/ipv4.hpp"

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple::wire {
namespace {

constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kOffsetMask = 0x1fff;
constexpr std::size_t kChecksumOffset = 10;

// The first reason, in the order of the fields, why these octets are no IPv4 packet.
std::optional<DropReason> first_fault(ByteView packet, bool verify_checksum) {
  if (packet.size() < kIpv4HeaderSize) return DropReason::kIpTruncated;
  if (packet[0] >> 4 != 4) return DropReason::kIpBadVersion;  // [RFC1122 3.2.1.1]
  const std::size_t header_size = (packet[0] & 0xfU) * std::size_t{4};
  // [RFC791 3.1(a)]
  if (header_size < kIpv4HeaderSize || header_size > packet.size()) return DropReason::kIpBadHeaderLength;
  const std::size_t total_length = load_be16(packet.data() + 2);
  if (total_length < header_size || total_length > packet.size()) return DropReason::kIpBadTotalLength;
  if (verify_checksum && internet_checksum(packet.first(header_size)) != 0) {
    return DropReason::kIpBadChecksum;  // [RFC1122 3.2.1.2]
  }
  return std::nullopt;
}

}  // namespace

Result<Ipv4Header, DropReason> Ipv4Header::parse(ByteView packet, bool verify_checksum) {
  if (const auto fault = first_fault(packet, verify_checksum)) return failure(*fault);
  const std::uint8_t* const at = packet.data();
  const std::uint16_t fragment = load_be16(at + 6);
  return Ipv4Header{.header_size = static_cast<std::uint8_t>((at[0] & 0xf) * 4),
                    .tos = at[1],
                    .total_length = load_be16(at + 2),
                    .identification = load_be16(at + 4),
                    .dont_fragment = (fragment & kDontFragment) != 0,
                    .more_fragments = (fragment & kMoreFragments) != 0,
                    .fragment_offset = static_cast<std::uint16_t>((fragment & kOffsetMask) * 8),
                    .ttl = at[8],
                    .protocol = at[9],
                    .source = {load_be32(at + 12)},
                    .destination = {load_be32(at + 16)}};
}

void Ipv4Header::emit(ByteSpan to) const {  // [RFC791 3.1]
  std::uint8_t* const at = to.data();
  const unsigned flags = (dont_fragment ? kDontFragment : 0U) | (more_fragments ? kMoreFragments : 0U);
  at[0] = static_cast<std::uint8_t>(4 << 4 | header_size / 4);
  at[1] = tos;
  store_be16(at + 2, total_length);
  store_be16(at + 4, identification);
  store_be16(at + 6, static_cast<std::uint16_t>(flags | fragment_offset / 8U));
  at[8] = ttl;
  at[9] = protocol;
  store_be16(at + kChecksumOffset, 0);
  store_be32(at + 12, source.value);
  store_be32(at + 16, destination.value);
  store_be16(at + kChecksumOffset, internet_checksum(to.first(header_size)));
}

bool set_total_length(ByteSpan packet) {
  if (packet.size() < kIpv4HeaderSize || packet.size() > kIpv4MaxPacketSize) return false;
  store_be16(packet.data() + 2, static_cast<std::uint16_t>(packet.size()));
  return true;
}

}  // namespace fourtuple::wire
