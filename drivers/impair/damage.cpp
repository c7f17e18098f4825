#include "drivers/impair/damage.hpp"

#include <algorithm>
#include <utility>

#include "drivers/segmentation.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::size_t kIp = wire::kEthernetHeaderSize;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint8_t kIcmpVersion6 = 58;

// UDP may go without a checksum (RFC 768).
bool has_no_transport_checksum(ByteView packet, const wire::Ipv4Header& ip) {
  const std::size_t checksum = ip.header_size + 6U;
  const bool is_first_of_udp = ip.protocol == wire::ip_protocol::kUdp && ip.fragment_offset == 0;
  return is_first_of_udp && packet.size() >= checksum + 2 && wire::load_be16(packet.data() + checksum) == 0;
}

bool is_summed_protocol(std::uint8_t protocol) {
  return protocol == wire::ip_protocol::kTcp || protocol == wire::ip_protocol::kUdp ||
         protocol == wire::ip_protocol::kIcmp || protocol == wire::ip_protocol::kIgmp;
}

// The header has a sum of its own; behind it the protocol decides.
std::optional<Stretch> covered_of_ipv4(ByteView frame) {
  const ByteView packet = frame.subspan(kIp);
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip) return std::nullopt;
  const bool whole = is_summed_protocol(ip->protocol) && !has_no_transport_checksum(packet, *ip);
  return Stretch{.begin = kIp, .end = kIp + (whole ? ip->total_length : std::size_t{ip->header_size})};
}

// The header has no sum: only what stands behind it is safe to damage.
std::optional<Stretch> covered_of_ipv6(ByteView frame) {
  if (frame.size() <= kIp + kIpv6Header) return std::nullopt;
  const std::uint8_t next_header = frame[kIp + 6];
  const bool is_summed =
      next_header == wire::ip_protocol::kTcp || next_header == wire::ip_protocol::kUdp || next_header == kIcmpVersion6;
  const std::size_t length = wire::load_be16(frame.data() + kIp + 4);
  const Stretch stretch{.begin = kIp + kIpv6Header, .end = std::min(frame.size(), kIp + kIpv6Header + length)};
  return is_summed && length != 0 ? std::optional(stretch) : std::nullopt;
}

void flip_a_bit(ByteSpan frame, Stretch stretch, RandomSource& random) {
  const std::uint64_t bit = random.below(stretch.size() * 8);
  std::uint8_t& octet = frame[stretch.begin + bit / 8];
  octet = static_cast<std::uint8_t>(octet ^ (1U << (bit % 8)));
}

void swap_octets(ByteSpan at) { std::swap(at[0], at[1]); }

void clear_word(ByteSpan at) { at[0] = at[1] = 0; }

bool lengthen(PacketBuffer& frame, std::size_t at, RandomSource& random, BufferPool& pool) {
  constexpr std::uint64_t kMost = 16;
  const std::size_t more = 1 + random.below(kMost);
  auto longer = pool.take(frame.size() + more);
  if (!longer) return false;
  const ByteView old = std::as_const(frame).bytes();
  const ByteSpan octets = longer->append(old.size() + more);
  const auto inserted = std::copy_n(old.begin(), at, octets.begin());
  const auto rest = std::generate_n(inserted, more, [&] { return static_cast<std::uint8_t>(random.below(256)); });
  std::copy(old.begin() + static_cast<std::ptrdiff_t>(at), old.end(), rest);
  frame = std::move(*longer);
  return true;
}

}  // namespace

std::optional<Stretch> covered_by_checksums(ByteView frame) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet) return std::nullopt;
  if (ethernet->type == wire::ether_type::kIpv4) return covered_of_ipv4(frame);
  if (ethernet->type == wire::ether_type::kIpv6) return covered_of_ipv6(frame);
  return std::nullopt;
}

void make_final(PacketBuffer& frame) {
  static_cast<void>(complete_checksum(frame.bytes(), frame.offload));
  frame.offload = {};
}

bool damage(PacketBuffer& frame, Stretch stretch, Damage how, RandomSource& random, BufferPool& pool) {
  if (how == Damage::kAny) how = static_cast<Damage>(random.below(static_cast<std::uint64_t>(Damage::kAny)));
  const bool has_words = stretch.size() >= 2;
  switch (how) {
    case Damage::kSwap:
      if (!has_words) break;
      swap_octets(frame.bytes().subspan(stretch.begin + random.below(stretch.size() - 1)));
      return true;
    case Damage::kZero:
      if (!has_words) break;
      clear_word(frame.bytes().subspan(stretch.begin + random.below(stretch.size() / 2) * 2));
      return true;
    case Damage::kCut:
      frame.remove_back(frame.size() - stretch.begin - random.below(stretch.size()));
      return true;
    case Damage::kLengthen:
      return lengthen(frame, stretch.begin + random.below(stretch.size()), random, pool);
    case Damage::kBit:
    case Damage::kAny:
      break;
  }
  flip_a_bit(frame.bytes(), stretch, random);
  return true;
}

bool mark_congestion(ByteSpan frame) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet || ethernet->type != wire::ether_type::kIpv4) return false;
  const ByteSpan packet = frame.subspan(kIp);
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip || (ip->tos & wire::ecn::kMask) == 0) return false;
  packet[1] = wire::ecn::with_codepoint(ip->tos, wire::ecn::kMarked);
  wire::store_be16(&packet[10], 0);
  wire::store_be16(&packet[10], wire::internet_checksum(packet.first(ip->header_size)));
  return true;
}

}  // namespace fourtuple::impair
