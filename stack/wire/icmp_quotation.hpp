// The packet of ours that an ICMP error quotes: its header and at least eight octets behind it (RFC 792, RFC
// 1812 4.3.2.3).
#pragma once

#include <optional>

#include "stack/wire/ipv4.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::wire {

struct IcmpQuotation {
  Ipv4Header header;     // total_length is the original's, not what is quoted
  ByteView transport;    // what is quoted behind the header, 8 octets or more
  Port source_port = 0;  // of TCP and UDP; meaningless for other protocols
  Port destination_port = 0;
  SeqNum seq;  // of TCP

  // Nothing where the quotation is cut short or is no IPv4 packet that could have left us (a later fragment has no
  // ports, so it can be for nobody).
  [[nodiscard]] static std::optional<IcmpQuotation> parse(ByteView body);
};

}  // namespace fourtuple::wire
