#include "apps/capture/ip_header.hpp"

#include <algorithm>
#include <array>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple::capture {
namespace {

constexpr std::size_t kIpv6HeaderSize = 40;

// Ipv4Header wants all octets of a packet to be there; a copy of the header that says so parses the same.
std::optional<wire::Ipv4Header> parse_alone(ByteView datagram, std::size_t header_size) {
  std::array<std::uint8_t, wire::kIpv4MaxHeaderSize> copy{};
  std::copy_n(datagram.begin(), header_size, copy.begin());
  wire::store_be16(&copy[2], static_cast<std::uint16_t>(header_size));
  auto header = wire::Ipv4Header::parse(ByteView(copy).first(header_size), false);
  return header ? std::optional(*header) : std::nullopt;
}

std::optional<IpHeader> parse_ipv4_header(ByteView datagram) {
  if (datagram.size() < wire::kIpv4HeaderSize) return std::nullopt;
  const std::size_t size = (datagram[0] & 0xfU) * std::size_t{4};
  if (size < wire::kIpv4HeaderSize || size > datagram.size()) return std::nullopt;
  const auto header = parse_alone(datagram, size);
  if (!header) return std::nullopt;
  return IpHeader{.source = header->source,
                  .destination = header->destination,
                  .size = size,
                  .total_length = wire::load_be16(&datagram[2]),
                  .protocol = header->protocol,
                  .tos = header->tos,
                  .ttl = header->ttl,
                  .identification = header->identification,
                  .fragment_offset = header->fragment_offset,
                  .more_fragments = header->more_fragments,
                  .checksum_is_wrong = wire::internet_checksum(datagram.first(size)) != 0};
}

IpAddress load_ipv6_address(const std::uint8_t* at) {
  const auto word = [at](std::size_t i) { return std::uint64_t{wire::load_be32(at + i)}; };
  return IpAddress::from_words(word(0) << 32U | word(4), word(8) << 32U | word(12));
}

// Extension headers (RFC 8200 4) until the transport's; false where they are not all there.
bool skip_extensions(ByteView datagram, IpHeader& header) {
  constexpr std::uint8_t kHopByHop = 0;
  constexpr std::uint8_t kRouting = 43;
  constexpr std::uint8_t kFragment = 44;
  constexpr std::uint8_t kDestination = 60;
  constexpr std::size_t kMostExtensions = 8;
  for (std::size_t count = 0; count < kMostExtensions; ++count) {
    const bool is_fragment = header.protocol == kFragment;
    if (!is_fragment && header.protocol != kHopByHop && header.protocol != kRouting &&
        header.protocol != kDestination) {
      return true;
    }
    const ByteView extension = datagram.subspan(std::min(header.size, datagram.size()));
    if (extension.size() < 8) return false;
    if (is_fragment) {
      header.fragment_offset = wire::load_be16(&extension[2]) & 0xfff8U;
      header.more_fragments = (extension[3] & 1U) != 0;
      header.identification = wire::load_be16(&extension[6]);
    }
    header.protocol = extension[0];
    header.size += is_fragment ? 8 : (extension[1] + std::size_t{1}) * 8;
    if (header.fragment_offset != 0) return header.size <= datagram.size();  // what follows is no header
  }
  return false;
}

std::optional<IpHeader> parse_ipv6_header(ByteView datagram) {
  if (datagram.size() < kIpv6HeaderSize) return std::nullopt;
  const std::size_t payload = wire::load_be16(&datagram[4]);
  IpHeader header{.source = load_ipv6_address(&datagram[8]),
                  .destination = load_ipv6_address(&datagram[24]),
                  .size = kIpv6HeaderSize,
                  .total_length = payload == 0 ? 0 : kIpv6HeaderSize + payload,
                  .protocol = datagram[6],
                  .tos = static_cast<std::uint8_t>(wire::load_be16(datagram.data()) >> 4U),
                  .ttl = datagram[7]};
  if (!skip_extensions(datagram, header) || header.size > datagram.size()) return std::nullopt;
  return header;
}

}  // namespace

std::optional<IpHeader> IpHeader::parse(ByteView datagram) {
  const unsigned version = datagram.empty() ? 0 : datagram[0] >> 4U;
  if (version == 4) return parse_ipv4_header(datagram);
  return version == 6 ? parse_ipv6_header(datagram) : std::nullopt;
}

}  // namespace fourtuple::capture
