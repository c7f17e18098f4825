#include "stack/ip/icmp_policy.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace fourtuple::ip {
namespace {

constexpr std::size_t kMaxErrorSize = 576;  // [RFC1812 4.3.2.3]

bool is_icmp_error(const wire::Ipv4Header& header, ByteView packet) {
  if (header.protocol != wire::ip_protocol::kIcmp) return false;
  const ByteView message = packet.subspan(header.header_size);
  // An ICMP message too short to say what it is might be an error: silence.
  return message.empty() || wire::IcmpHeader{.type = message[0], .code = 0, .rest = 0}.is_error();
}

}  // namespace

IcmpPolicy::Verdict IcmpPolicy::may_report(const Arrival& arrival, ByteView packet, Instant now) {
  // [RFC1122 3.2.2(d)]
  if (arrival.destination != Destination::kUnicast || !arrival.way.is_link_unicast) return Verdict::kForbidden;
  if (arrival.header.fragment_offset != 0) return Verdict::kForbidden;    // [RFC1122 3.2.2(e)]
  if (is_icmp_error(arrival.header, packet)) return Verdict::kForbidden;  // [RFC1122 3.2.2(c)]
  return errors_.allow(now) ? Verdict::kSend : Verdict::kRateLimited;     // [RFC1812 4.3.2.8]
}

std::optional<PacketBuffer> make_error(const IcmpError& error, ByteView packet, BufferPool& pool) {
  constexpr std::size_t kRoom = kMaxErrorSize - wire::kIpv4HeaderSize - wire::kIcmpHeaderSize;
  const ByteView quoted = packet.first(std::min(packet.size(), kRoom));  // [RFC1122 3.2.2(a)]
  auto message = pool.copy(quoted);
  if (!message) return std::nullopt;
  const ByteSpan header = message->prepend(wire::kIcmpHeaderSize);
  wire::IcmpHeader{.type = error.type, .code = error.code, .rest = error.rest}.emit(header, quoted);
  return message;
}

std::optional<PacketBuffer> make_echo_reply(const wire::IcmpHeader& request, ByteView message, BufferPool& pool) {
  auto reply = pool.copy(message);  // [RFC792 echo] [RFC1122 3.2.2.6(c)]
  if (!reply) return std::nullopt;
  const ByteSpan bytes = reply->bytes();
  wire::IcmpHeader{.type = wire::icmp_type::kEchoReply, .code = 0, .rest = request.rest}.emit(
      bytes.first(wire::kIcmpHeaderSize), bytes.subspan(wire::kIcmpHeaderSize));
  return reply;
}

ErrorMeaning meaning_of(const wire::IcmpHeader& error) {
  using enum std::errc;
  // [RFC1122 3.2.2.5]
  if (error.type == wire::icmp_type::kParameterProblem) return {protocol_error, false};  // [RFC9293 MUST-56(c)]
  // [RFC9293 MUST-56(b)]
  if (error.type != wire::icmp_type::kUnreachable) return {host_unreachable, false};  // time exceeded [RFC1122 3.2.2.4]
  // By code, 0 to 15. Net, host and source route (0, 1, 5) are soft by RFC 1122 4.2.3.9, as are those for a type of
  // [RFC9293 MUST-56(a)]
  // service (11, 12). EHOSTDOWN and ENONET (7, 8) have no portable name: the host is as good as unreachable.
  constexpr std::array<ErrorMeaning, 16> kByCode{{{network_unreachable, false},
                                                  {host_unreachable, false},
                                                  {no_protocol_option, true},
                                                  {connection_refused, true},
                                                  {message_size, true},
                                                  {operation_not_supported, false},
                                                  {network_unreachable, true},
                                                  {host_unreachable, true},
                                                  {host_unreachable, true},
                                                  {network_unreachable, true},
                                                  {host_unreachable, true},
                                                  {network_unreachable, false},
                                                  {host_unreachable, false},
                                                  {host_unreachable, true},
                                                  {host_unreachable, true},
                                                  {host_unreachable, true}}};
  return error.code < kByCode.size() ? kByCode[error.code] : ErrorMeaning{host_unreachable, false};
}

}  // namespace fourtuple::ip
