// What a router says to the sender of a packet that is too long for its next link (RFC 1191).
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/packet_buffer.hpp"

namespace fourtuple::impair {

// ICMP "fragmentation needed" about the frame, for the way back. The wire has no address of its own, so it speaks as
// the packet's destination. Nothing where RFC 1122 3.2.2 forbids a message (an ICMP error, a later fragment, a group),
// where the packet may be fragmented (this wire does not fragment: it is lost), for other protocols, and without a
// buffer.
[[nodiscard]] std::optional<PacketBuffer> fragmentation_needed(ByteView frame, std::uint32_t mtu, BufferPool& pool);

}  // namespace fourtuple::impair
