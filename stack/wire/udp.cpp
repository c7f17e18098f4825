#include "stack/wire/udp.hpp"

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::wire {

Result<UdpHeader, DropReason> UdpHeader::parse(ByteView datagram) {
  if (datagram.size() < kUdpHeaderSize) return failure(DropReason::kUdpTruncated);
  const std::uint8_t* const at = datagram.data();
  const std::uint16_t length = load_be16(at + 4);
  // [RFC768 length]
  if (length < kUdpHeaderSize || length > datagram.size()) return failure(DropReason::kUdpBadLength);
  return UdpHeader{.source_port = load_be16(at),
                   .destination_port = load_be16(at + 2),
                   .length = length,
                   .checksum = load_be16(at + 6)};
}

bool UdpHeader::checksum_is_good(const IpAddress& source, const IpAddress& destination, ByteView datagram) const {
  if (checksum == 0) return true;  // [RFC1122 4.1.3.4(b)]
  return pseudo_header_sum(source, destination, ip_protocol::kUdp, length).add(datagram.first(length)).checksum() == 0;
}

void UdpHeader::emit(ByteSpan to, const IpAddress& source, const IpAddress& destination, ByteView payload) const {
  const auto size = static_cast<std::uint16_t>(kUdpHeaderSize + payload.size());
  std::uint8_t* const at = to.data();
  store_be16(at, source_port);
  store_be16(at + 2, destination_port);
  store_be16(at + 4, size);
  store_be16(at + 6, 0);
  const std::uint16_t sum = pseudo_header_sum(source, destination, ip_protocol::kUdp, size)
                                .add(to.first(kUdpHeaderSize))
                                .add(payload)
                                .checksum();
  store_be16(at + 6, sum == 0 ? 0xffff : sum);  // [RFC768 checksum] [RFC1122 4.1.3.4(a)]
}

}  // namespace fourtuple::wire
