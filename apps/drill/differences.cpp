// Whether a packet is the one that the script expects, field by field.
#include <fmt/format.h>

#include "apps/drill/datagrams.hpp"
#include "apps/drill/option_octets.hpp"
#include "apps/drill/seen.hpp"

namespace fourtuple::drill {
namespace {

using packet_script::Ecn;
using Phrases = std::vector<std::string>;

template <class Value>
void compare(Phrases& to, std::string_view what, const Value& came, const Value& wanted) {
  if (!(came == wanted)) to.push_back(fmt::format("{} {} instead of {}", what, came, wanted));
}

void compare_ecn(Phrases& to, Ecn wanted, std::uint8_t tos) {
  static constexpr std::string_view kNames[] = {"noecn", "ect1", "ect0", "ce"};
  if (wanted == Ecn::kUnspecified) return;
  const std::size_t index = wanted == Ecn::kNone ? 0 : wanted == Ecn::kEct1 ? 1 : wanted == Ecn::kEct0 ? 2 : 3;
  compare(to, "ECN", kNames[tos & 3U], kNames[index]);
}

void compare_ip(Phrases& to, const Packet& wanted, const Seen& seen) {
  if (wanted.ttl) compare(to, "ttl", int{seen.ip.ttl}, int{*wanted.ttl});
  if (wanted.tos) compare(to, "tos", fmt::format("{:#x}", seen.ip.tos), fmt::format("{:#x}", *wanted.tos));
  compare_ecn(to, wanted.ecn, seen.ip.tos);
}

bool is_same(const TcpOption& came, const TcpOption& wanted) {
  using Kind = TcpOption::Kind;
  if (came.kind != wanted.kind) return false;
  const auto same_blocks = [&] {
    return std::equal(came.blocks.begin(), came.blocks.end(), wanted.blocks.begin(), wanted.blocks.end(),
                      [](const auto& a, const auto& b) { return a.left == b.left && a.right == b.right; });
  };
  switch (came.kind) {
    case Kind::kMss:
    case Kind::kWindowScale:
      return came.value == wanted.value;
    case Kind::kSack:
      return same_blocks();
    case Kind::kTimestamps:
      return came.echo == wanted.echo;  // the value is the stack's own, see Flow::note_timestamp
    case Kind::kFastOpen:
    case Kind::kFastOpenExp:
    case Kind::kRaw:
      return came.octets == wanted.octets;
    case Kind::kSackOk:
    case Kind::kNop:
    case Kind::kEnd:
      return true;
  }
  return false;
}

// Raw options of a script may stand for several, so octets decide where names do not.
void compare_options(Phrases& to, const TcpPacket& wanted, const Seen& seen, const Flow& flow) {
  if (wanted.any_options) return;
  const auto came = from_octets(seen.options, flow);
  const auto& expected = wanted.options;
  if (std::equal(came.begin(), came.end(), expected.begin(), expected.end(), is_same)) return;
  to.push_back(fmt::format("options <{}> instead of <{}>", to_string(came), to_string(expected)));
}

// A RST that answers a segment without ACK has the sequence number 0 itself, not one that counts from the first.
// [RFC9293 3.10.7.1]
bool is_zero_reset(const TcpPacket& wanted, const Seen& seen) {
  return seen.tcp.flags.rst() && seen.tcp.seq.value == 0 && wanted.sequence.first == 0;
}

void compare_tcp(Phrases& to, const TcpPacket& wanted, const Seen& seen, const Flow& flow) {
  compare(to, "flags", to_string(seen.tcp.flags), to_string(wanted.flags));
  if (!is_zero_reset(wanted, seen))
    compare(to, "sequence number", flow.near.to_script(seen.tcp.seq), wanted.sequence.first);
  compare(to, "length", seen.length(), wanted.sequence.length);
  if (wanted.ack && seen.tcp.flags.ack())
    compare(to, "acknowledgment number", flow.far.to_script(seen.tcp.ack), *wanted.ack);
  if (wanted.window) compare(to, "window", seen.tcp.window, *wanted.window);
  if (wanted.urgent) compare(to, "urgent pointer", seen.tcp.urgent, *wanted.urgent);
  compare_options(to, wanted, seen, flow);
}

void compare_icmp(Phrases& to, const IcmpPacket& wanted, const Seen& seen) {
  const auto type = icmp_type(wanted.type);
  const auto code = type ? icmp_code(*type, wanted.code) : std::nullopt;
  if (!type || !code) return to.push_back(fmt::format("no ICMP message is called '{} {}'", wanted.type, wanted.code));
  compare(to, "ICMP type", int{seen.icmp.type}, int{*type});
  compare(to, "ICMP code", int{seen.icmp.code}, int{*code});
  if (wanted.mtu) compare(to, "MTU", std::uint32_t{seen.icmp.next_hop_mtu()}, *wanted.mtu);
}

}  // namespace

std::vector<std::string> differences(const Packet& wanted, const Seen& seen, const Flow& flow) {
  Phrases phrases = seen.faults;
  if (seen.ip.protocol != protocol_of(wanted)) {
    compare(phrases, "IP protocol", int{seen.ip.protocol}, int{protocol_of(wanted)});
    return phrases;
  }
  compare_ip(phrases, wanted, seen);
  if (const auto* const tcp = std::get_if<TcpPacket>(&wanted.content)) compare_tcp(phrases, *tcp, seen, flow);
  if (const auto* const udp = std::get_if<UdpPacket>(&wanted.content))
    compare(phrases, "length", seen.length(), std::uint32_t{udp->length});
  if (const auto* const icmp = std::get_if<IcmpPacket>(&wanted.content)) compare_icmp(phrases, *icmp, seen);
  return phrases;
}

}  // namespace fourtuple::drill
