// From a captured frame to the IP datagram in it, whatever link it was captured on.
#pragma once

#include <optional>

#include "apps/capture/refusal.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::capture {

// The IP datagram inside a frame, or why there is none to work with; neither where the frame is none of our business
// (ARP, LLDP, spanning tree ...).
struct FoundDatagram {
  ByteView datagram;  // from the IP header on, link padding included; empty: none
  std::optional<Refusal> refusal;
};

// DLT_ numbers that find_datagram() understands: Ethernet with any VLAN tags (802.1Q, 802.1ad), Linux cooked v1 and
// v2, raw IP, BSD NULL and LOOP, PPP and PPPoE. Others: false.
[[nodiscard]] bool understands(int link_type);
// Never reads past the frame. Precondition: understands(link_type).
[[nodiscard]] FoundDatagram find_datagram(int link_type, ByteView frame);

}  // namespace fourtuple::capture
