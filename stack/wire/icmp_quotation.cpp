#include "stack/wire/icmp_quotation.hpp"

#include <algorithm>
#include <array>

#include "stack/wire/byte_order.hpp"

namespace fourtuple::wire {
namespace {

constexpr std::size_t kMinTransport = 8;

// The quoted header says the length of the whole packet, of which only the beginning is here: parse a copy of the
// header alone. Its checksum is not looked at, as routers count the time to live down in it.
std::optional<Ipv4Header> parse_quoted_header(ByteView body) {
  if (body.size() < kIpv4HeaderSize) return std::nullopt;
  const std::size_t header_size = (body[0] & 0xfU) * std::size_t{4};
  if (body.size() < header_size) return std::nullopt;
  std::array<std::uint8_t, kIpv4MaxHeaderSize> copy{};
  std::copy_n(body.begin(), header_size, copy.begin());
  store_be16(copy.data() + 2, static_cast<std::uint16_t>(header_size));
  auto header = Ipv4Header::parse(ByteView(copy).first(header_size), false);
  if (!header) return std::nullopt;
  header->total_length = load_be16(body.data() + 2);
  return *header;
}

}  // namespace

std::optional<IcmpQuotation> IcmpQuotation::parse(ByteView body) {
  const auto header = parse_quoted_header(body);
  if (!header || header->fragment_offset != 0) return std::nullopt;
  if (body.size() - header->header_size < kMinTransport || header->total_length < header->header_size + kMinTransport) {
    return std::nullopt;
  }
  const ByteView transport = body.subspan(header->header_size);
  return IcmpQuotation{.header = *header,
                       .transport = transport,
                       .source_port = load_be16(transport.data()),
                       .destination_port = load_be16(transport.data() + 2),
                       .seq = {load_be32(transport.data() + 4)}};
}

}  // namespace fourtuple::wire
