#include "apps/capture/refusal.hpp"

namespace fourtuple::capture {

std::string_view word(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNoHandshake:
      return "no-handshake";
    case Refusal::kGap:
      return "gap";
    case Refusal::kDamaged:
      return "damaged";
    case Refusal::kSnaplen:
      return "snaplen";
    case Refusal::kInconsistentRetransmission:
      return "inconsistent-retx";
    case Refusal::kAuthenticated:
      return "md5/ao";
    case Refusal::kSynData:
      return "syn-data";
    case Refusal::kMalformed:
      return "malformed";
    case Refusal::kTunnel:
      return "tunnel";
    case Refusal::kIpv6:
      return "ipv6";
    case Refusal::kLinkType:
      return "link-type";
    case Refusal::kFragments:
      return "fragments";
    case Refusal::kTooLong:
      return "too-long";
    case Refusal::kNoAnswer:
      return "no-answer";
  }
  return "unknown";
}

std::string_view sentence(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNoHandshake:
      return "The capture does not show how the connection was opened; start capturing before it is.";
    case Refusal::kGap:
      return "Octets are acknowledged that the capture does not have; capture with a larger buffer (tcpdump -B).";
    case Refusal::kDamaged:
      return "Octets are acknowledged that came in damaged segments only, so nobody knows what was taken for them.";
    case Refusal::kSnaplen:
      return "The capture kept only the beginning of frames; capture whole ones (tcpdump -s 0).";
    case Refusal::kInconsistentRetransmission:
      return "The same octets of the stream came twice with different contents, so nobody knows what was sent.";
    case Refusal::kAuthenticated:
      return "Its segments are signed (TCP-MD5 or TCP-AO); without the key none can be made.";
    case Refusal::kSynData:
      return "Its SYN carries data (TCP Fast Open), which this stack does not do.";
    case Refusal::kMalformed:
      return "A TCP header of it contradicts itself.";
    case Refusal::kTunnel:
      return "It runs inside a tunnel; capture at the tunnel's end, where it is unpacked.";
    case Refusal::kIpv6:
      return "It runs over IPv6, which this stack does not speak.";
    case Refusal::kLinkType:
      return "Frames of this link are not understood; capture on an Ethernet interface or on \"any\".";
    case Refusal::kFragments:
      return "A segment came in IP fragments of which the capture lacks some.";
    case Refusal::kTooLong:
      return "It is longer than the memory that one conversation may take.";
    case Refusal::kNoAnswer:
      return "This side sent nothing, so there is nothing to compare with.";
  }
  return "";
}

}  // namespace fourtuple::capture
