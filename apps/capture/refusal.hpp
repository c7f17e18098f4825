// Why a frame, or a whole conversation, cannot be worked with.
#pragma once

#include <cstdint>
#include <string_view>

namespace fourtuple::capture {

// The words are part of the program's output.
enum class Refusal : std::uint8_t {
  kNoHandshake,                 // "no-handshake": the capture began in the middle
  kGap,                         // "gap": octets are acknowledged that the capture does not have
  kDamaged,                     // "damaged": octets are acknowledged that came in damaged segments only
  kSnaplen,                     // "snaplen": payload was cut away
  kInconsistentRetransmission,  // "inconsistent-retx": the same octets came with different contents
  kAuthenticated,               // "md5/ao": TCP-MD5 or TCP-AO (RFC 2385, RFC 5925)
  kSynData,                     // "syn-data": data in the SYN (TCP Fast Open)
  kMalformed,                   // "malformed"
  kTunnel,                      // "tunnel": IP in IP, GRE, VXLAN, MPLS ...
  kIpv6,                        // "ipv6"
  kLinkType,                    // "link-type": 802.11, USB and others
  kFragments,                   // "fragments": a TCP segment in IP fragments that do not all stand here
  kTooLong,                     // "too-long": beyond the memory that one conversation may take
  kNoAnswer,                    // "no-answer": this role sent nothing
};
[[nodiscard]] std::string_view word(Refusal refusal);
// One sentence: what it means and what to do about it.
[[nodiscard]] std::string_view sentence(Refusal refusal);

}  // namespace fourtuple::capture
