// From a captured frame to the IP datagram in it, whatever link it was captured on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace fourtuple::capture {

// Why a frame, or a whole conversation, cannot be worked with. The words are part of the program's output.
enum class Refusal : std::uint8_t {
  kNoHandshake,                 // "no-handshake": the capture began in the middle
  kGap,                         // "gap": octets are acknowledged that the capture does not have
  kSnaplen,                     // "snaplen": payload was cut away
  kInconsistentRetransmission,  // "inconsistent-retx": the same octets came with different contents
  kAuthenticated,               // "md5/ao": TCP-MD5 or TCP-AO (RFC 2385, RFC 5925)
  kSynData,                     // "syn-data": data in the SYN (TCP Fast Open)
  kMalformed,                   // "malformed"
  kTunnel,                      // "tunnel": IP in IP, GRE, VXLAN, PPPoE ...
  kIpv6,                        // "ipv6"
  kLinkType,                    // "link-type": 802.11, USB and others
  kFragments,                   // "fragments": a TCP segment in IP fragments that do not all stand here
  kTooLong,                     // "too-long": beyond the memory that one conversation may take
  kNoAnswer,                    // "no-answer": this role sent nothing
};
[[nodiscard]] std::string_view word(Refusal refusal);
// One sentence: what it means and what to do about it.
[[nodiscard]] std::string_view sentence(Refusal refusal);

// The IP datagram inside a frame, or why there is none to work with; neither where the frame is none of our business
// (ARP, LLDP, spanning tree ...).
struct FoundDatagram {
  ByteView datagram;  // from the IP header on, link padding included; empty: none
  std::optional<Refusal> refusal;
};

// DLT_ numbers that find_datagram() understands: Ethernet with any VLAN tags (802.1Q, 802.1ad), Linux cooked v1 and
// v2, raw IP, BSD NULL and LOOP, PPP. Others: false.
[[nodiscard]] bool understands(int link_type);
// Never reads past the frame. Precondition: understands(link_type).
[[nodiscard]] FoundDatagram find_datagram(int link_type, ByteView frame);

}  // namespace fourtuple::capture
