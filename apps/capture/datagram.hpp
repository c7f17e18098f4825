// From a captured frame to the IP datagram in it, whatever link it was captured on.
#pragma once

#include <cstdint>
#include <optional>

#include "apps/capture/refusal.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::capture {

// The IP datagram inside a frame. Neither is set where the frame is none of our business (ARP, LLDP, spanning tree
// ...).
struct FoundDatagram {
  ByteView datagram;  // from the IP header on, IPv4 or IPv6, link padding included; empty: none
  // Why it cannot be worked with: IPv6, or found inside a tunnel. Without a datagram: why there is none.
  std::optional<Refusal> refusal;
};

// DLT_ numbers that find_datagram() understands: Ethernet with any VLAN tags (802.1Q, 802.1ad), Linux cooked v1 and
// v2, raw IP, BSD NULL and LOOP, PPP and PPPoE. Others: false.
[[nodiscard]] bool understands(int link_type);
// Never reads past the frame. Precondition: understands(link_type).
[[nodiscard]] FoundDatagram find_datagram(int link_type, ByteView frame);
// The same behind an EtherType, VLAN tags included.
[[nodiscard]] FoundDatagram find_by_ether_type(std::uint16_t type, ByteView bytes);

}  // namespace fourtuple::capture
