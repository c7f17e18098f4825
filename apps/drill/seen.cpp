#include "apps/drill/seen.hpp"

#include <fmt/format.h>

#include "apps/drill/option_octets.hpp"
#include "apps/drill/payload.hpp"
#include "stack/wire/icmp_quotation.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::drill {
namespace {

void note_fault(Seen& seen, const char* fault) { seen.faults.emplace_back(fault); }

void read_tcp(Seen& seen, ByteView content) {
  const auto view = wire::TcpView::parse(content);
  if (!view) return note_fault(seen, "no TCP header");
  if (!view->checksum_is_good(seen.name.local.address, seen.name.remote.address))
    seen.faults.emplace_back("a wrong TCP checksum");
  seen.tcp = view->to_segment();
  seen.tcp.payload = {};
  seen.options.assign(view->options().begin(), view->options().end());
  seen.payload.assign(view->payload().begin(), view->payload().end());
  seen.name.local.port = seen.tcp.source_port;
  seen.name.remote.port = seen.tcp.destination_port;
}

void read_udp(Seen& seen, ByteView content) {
  const auto header = wire::UdpHeader::parse(content);
  if (!header) return note_fault(seen, "no UDP header");
  if (!header->checksum_is_good(seen.name.local.address, seen.name.remote.address, content))
    seen.faults.emplace_back("a wrong UDP checksum");
  const ByteView payload = content.subspan(wire::kUdpHeaderSize, header->length - wire::kUdpHeaderSize);
  seen.payload.assign(payload.begin(), payload.end());
  seen.name.local.port = header->source_port;
  seen.name.remote.port = header->destination_port;
}

void read_icmp(Seen& seen, ByteView content) {
  const auto header = wire::IcmpHeader::parse(content);
  if (!header) return note_fault(seen, "no ICMP header, or a wrong checksum");
  seen.icmp = *header;
  seen.payload.assign(content.begin() + wire::kIcmpHeaderSize, content.end());
}

void read_content(Seen& seen, ByteView content) {
  if (seen.ip.protocol == wire::ip_protocol::kTcp) read_tcp(seen, content);
  if (seen.ip.protocol == wire::ip_protocol::kUdp) read_udp(seen, content);
  if (seen.ip.protocol == wire::ip_protocol::kIcmp) read_icmp(seen, content);
}

std::string range_text(std::uint32_t first, std::uint32_t length) {
  return fmt::format("{}:{}({})", first, first + length, length);
}

std::string tcp_text(const Seen& seen, const Flow* flow) {
  static const Flow kUnknown;
  const Flow& numbers = flow == nullptr ? kUnknown : *flow;
  std::string text =
      fmt::format("{} {}", to_string(seen.tcp.flags), range_text(numbers.near.to_script(seen.tcp.seq), seen.length()));
  if (seen.tcp.flags.ack()) text += fmt::format(" ack {}", numbers.far.to_script(seen.tcp.ack));
  text += fmt::format(" win {}", seen.tcp.window);
  if (seen.tcp.flags.urg()) text += fmt::format(" urg {}", seen.tcp.urgent);
  const auto options = from_octets(seen.options, numbers);
  if (!options.empty()) text += fmt::format(" <{}>", to_string(options));
  if (seen.segments > 1) text += fmt::format("  (in {} segments)", seen.segments);
  return text;
}

}  // namespace

bool Seen::begins_connection() const {
  return ip.protocol == wire::ip_protocol::kTcp && tcp.flags.syn() && !tcp.flags.ack();
}

Seen read(Instant time, ByteView datagram) {
  Seen seen;
  seen.time = time;
  const auto header = wire::Ipv4Header::parse(datagram);
  if (!header) {
    seen.faults.emplace_back("no sound IPv4 header");
    return seen;
  }
  seen.ip = *header;
  seen.name = {{header->source, 0}, {header->destination, 0}};
  // What is cut into fragments has no checksum of its own in each of them.
  if (header->is_fragment()) return seen;
  read_content(seen, datagram.subspan(header->header_size, header->payload_size()));
  return seen;
}

bool append(Seen& to, const Seen& next) {
  const bool follows = next.name == to.name && next.ip.protocol == to.ip.protocol && next.length() > 0 &&
                       next.tcp.seq == to.tcp.seq + to.length() && !next.tcp.flags.syn() && !to.tcp.flags.fin();
  if (!follows) return false;
  const auto without_push = static_cast<std::uint8_t>(to.tcp.flags.bits & ~TcpFlags::kPsh);
  to.tcp.flags.bits = static_cast<std::uint8_t>(without_push | next.tcp.flags.bits);
  to.payload.insert(to.payload.end(), next.payload.begin(), next.payload.end());
  to.faults.insert(to.faults.end(), next.faults.begin(), next.faults.end());
  ++to.segments;
  return true;
}

std::string to_string(const Seen& seen, const Flow* flow) {
  if (seen.ip.is_fragment())
    return fmt::format("> fragment {}+{} of protocol {}", seen.ip.fragment_offset, seen.ip.payload_size(),
                       seen.ip.protocol);
  if (seen.ip.protocol == wire::ip_protocol::kTcp) return "> " + tcp_text(seen, flow);
  if (seen.ip.protocol == wire::ip_protocol::kUdp) return fmt::format("> udp ({})", seen.length());
  if (seen.ip.protocol == wire::ip_protocol::kIcmp)
    return fmt::format("> icmp {} {}{}", seen.icmp.type, seen.icmp.code,
                       seen.icmp.next_hop_mtu() == 0 ? "" : fmt::format(" mtu {}", seen.icmp.next_hop_mtu()));
  return fmt::format("> IP protocol {} ({})", seen.ip.protocol, seen.ip.payload_size());
}

}  // namespace fourtuple::drill
