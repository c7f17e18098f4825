// Which frames are for us, and in which way.
#pragma once

#include "stack/base/bytes.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/result.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::link {

// How the sender addressed a frame. The layers above answer nothing harmful to a group (RFC 1122 3.2.2, 4.2.3.10).
enum class Destination : std::uint8_t { kUnicast, kMulticast, kBroadcast };

struct Arrival {
  wire::EthernetHeader header;
  Destination destination = Destination::kUnicast;
};

// A device in promiscuous mode (a TAP, a packet socket) delivers everything: the filter is here.
// Reasons: kFrameTruncated, kNotForUs, kVlanTagged, kUnknownEtherType.
[[nodiscard]] Result<Arrival, DropReason> accept_frame(ByteView frame, const MacAddress& own);

// 01:00:5e and the low 23 bits of the group (RFC 1112 6.4).
[[nodiscard]] MacAddress multicast_mac(Ipv4Address group);

}  // namespace fourtuple::link
