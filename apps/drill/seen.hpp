// A packet that the stack sent, as far as scripts ask about it.
#pragma once

#include <string>
#include <vector>

#include "apps/drill/flows.hpp"
#include "apps/laboratory/laboratory.hpp"
#include "apps/packet_script/script.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::drill {

struct Seen {
  Instant time;
  wire::Ipv4Header ip;
  FourTuple name;  // local is the stack; without ports where there are none
  Segment tcp;     // its payload lies in `payload`, its options in `options`
  std::vector<std::uint8_t> options;
  std::vector<std::uint8_t> payload;
  wire::IcmpHeader icmp;
  std::vector<std::string> faults;  // what no packet may have, whatever a script says: "a wrong TCP checksum"
  std::size_t segments = 1;         // how many were put together

  [[nodiscard]] std::uint32_t length() const { return static_cast<std::uint32_t>(payload.size()); }
  [[nodiscard]] bool begins_connection() const;
};

[[nodiscard]] Seen read(Instant time, ByteView datagram);

// Puts the segment that comes next in sequence behind this one; false, and nothing happens, where it does not.
[[nodiscard]] bool append(Seen& to, const Seen& next);

// "> S. 0:0(0) ack 1 win 65535 <mss 1460>" in the script's numbers.
[[nodiscard]] std::string to_string(const Seen& seen, const Flow* flow);

// Where it is not what the script wants, one phrase each; empty where it is. The time is not looked at.
[[nodiscard]] std::vector<std::string> differences(const packet_script::Packet& wanted, const Seen& seen,
                                                   const Flow& flow);

}  // namespace fourtuple::drill
