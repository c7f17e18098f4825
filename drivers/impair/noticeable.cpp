#include "drivers/impair/noticeable.hpp"

#include <algorithm>
#include <optional>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::size_t kIpv6HeaderSize = 40;

// RFC 1071 word by word, as in its first example. All ones where a sum over a checksum is right.
std::uint16_t plain_sum(ByteView octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    sum += i % 2 == 0 ? std::uint32_t{octets[i]} << 8 : octets[i];
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(sum);
}

// What stands behind a header that a receiver takes; nothing where it does not.
std::optional<ByteView> payload_of_ipv4(ByteView packet) {
  if (packet.size() < wire::kIpv4HeaderSize || packet[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = std::size_t{packet[0] & 0xfU} * 4;
  const std::size_t total = wire::load_be16(packet.data() + 2);
  if (header < wire::kIpv4HeaderSize || total < header || total > packet.size()) return std::nullopt;
  if (plain_sum(packet.first(header)) != 0xffff) return std::nullopt;
  return packet.subspan(header, total - header);
}

std::optional<ByteView> payload_of_ipv6(ByteView packet) {
  if (packet.size() < kIpv6HeaderSize || packet[0] >> 4 != 6) return std::nullopt;
  const std::size_t length = wire::load_be16(packet.data() + 4);
  if (length > packet.size() - kIpv6HeaderSize) return std::nullopt;
  return packet.subspan(kIpv6HeaderSize, length);
}

std::optional<ByteView> payload_of(ByteView frame) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet) return std::nullopt;
  const ByteView packet = frame.subspan(wire::kEthernetHeaderSize);
  return ethernet->type == wire::ether_type::kIpv4 ? payload_of_ipv4(packet) : payload_of_ipv6(packet);
}

}  // namespace

// The addresses that TCP and UDP sum, too, stand in the header.
bool is_noticeable(ByteView before, ByteView after) {
  const auto was = payload_of(before);
  const auto is = payload_of(after);
  return was && (!is || plain_sum(*was) != plain_sum(*is));
}

}  // namespace fourtuple::impair
