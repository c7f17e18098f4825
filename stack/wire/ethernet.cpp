#include "stack/wire/ethernet.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"

namespace fourtuple::wire {

std::optional<EthernetHeader> EthernetHeader::parse(ByteView frame) {
  if (frame.size() < kEthernetHeaderSize) return std::nullopt;
  EthernetHeader header;
  std::copy_n(frame.begin(), 6, header.destination.octets.begin());
  std::copy_n(frame.begin() + 6, 6, header.source.octets.begin());
  header.type = load_be16(frame.data() + 12);
  return header;
}

void EthernetHeader::emit(ByteSpan to) const {
  std::copy_n(destination.octets.begin(), 6, to.begin());
  std::copy_n(source.octets.begin(), 6, to.begin() + 6);
  store_be16(to.data() + 12, type);
}

}  // namespace fourtuple::wire
