// Cutting a packet that is larger than the MTU (RFC 791 3.2).
#pragma once

#include <algorithm>

#include "stack/wire/ipv4.hpp"

namespace fourtuple::ip {

// Payload octets of every fragment but the last; a multiple of 8. Precondition: mtu >= header_size + 8.
[[nodiscard]] constexpr std::size_t fragment_payload(std::size_t mtu, std::size_t header_size) {
  return (mtu - header_size) / 8 * 8;  // [RFC791 3.2(a)] [RFC1122 3.2.1.4]
}

// Calls `emit(const wire::Ipv4Header&, std::size_t offset, std::size_t size)` for each fragment in order; offset and
// size name octets of the payload. `header` is the whole packet's but for its total length; later fragments may have
// fewer options, never more.
// Precondition: header.header_size + payload_bytes <= 65535, mtu >= 68.
template <class Emit>
void for_each_fragment(const wire::Ipv4Header& header, std::size_t payload_bytes, std::size_t mtu, Emit&& emit) {
  const std::size_t step = fragment_payload(mtu, header.header_size);
  for (std::size_t offset = 0; offset < payload_bytes; offset += step) {
    const std::size_t size = std::min(step, payload_bytes - offset);
    wire::Ipv4Header fragment = header;
    fragment.total_length = static_cast<std::uint16_t>(header.header_size + size);
    fragment.fragment_offset = static_cast<std::uint16_t>(offset);
    fragment.more_fragments = offset + size < payload_bytes;
    emit(fragment, offset, size);
  }
}

}  // namespace fourtuple::ip
