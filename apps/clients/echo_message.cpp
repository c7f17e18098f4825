#include "apps/clients/echo_message.hpp"

#include <algorithm>

#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::apps {
namespace {

// Octets that show what went wrong where something did: each has the value of its place.
std::uint8_t pattern(std::size_t place) { return static_cast<std::uint8_t>(place); }

bool is_pattern(ByteView data) {
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data[i] != pattern(i)) return false;
  return true;
}

}  // namespace

std::vector<std::uint8_t> echo_request(std::uint16_t id, std::uint16_t sequence, std::size_t payload_bytes) {
  std::vector<std::uint8_t> message(wire::kIcmpHeaderSize + payload_bytes);
  const auto data = ByteSpan(message).subspan(wire::kIcmpHeaderSize);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = pattern(i);
  const wire::IcmpHeader header{.type = wire::icmp_type::kEchoRequest, .rest = std::uint32_t{id} << 16 | sequence};
  header.emit(message, data);
  return message;
}

std::optional<EchoReply> parse_echo_reply(ByteView packet, std::uint16_t id) {
  const auto ip = wire::Ipv4Header::parse(packet, false);  // the kernel's raw sockets may have changed the header
  if (!ip || ip->protocol != wire::ip_protocol::kIcmp) return std::nullopt;
  const ByteView message = packet.subspan(ip->header_size, ip->payload_size());
  const auto icmp = wire::IcmpHeader::parse(message);
  if (!icmp || icmp->type != wire::icmp_type::kEchoReply || icmp->echo_id() != id) return std::nullopt;
  return EchoReply{.from = ip->source,
                   .sequence = icmp->echo_sequence(),
                   .ttl = ip->ttl,
                   .message_bytes = message.size(),
                   .is_intact = is_pattern(message.subspan(wire::kIcmpHeaderSize))};
}

}  // namespace fourtuple::apps
