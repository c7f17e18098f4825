// From a segment to the octets of an IP datagram.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::replay {

// What a datagram carries beside its segment.
struct DatagramMarks {
  std::uint8_t tos = 0;  // the two lowest bits are ECN's
  std::uint8_t ttl = 64;
  std::uint8_t reserved_bits = 0;  // of the TCP header
  bool is_damaged = false;         // the TCP checksum is made wrong
};

// From `way.local` to `way.remote`, both IPv4; the segment's own ports count. Precondition: it fits into 65,535 octets.
[[nodiscard]] std::vector<std::uint8_t> datagram_of(const FourTuple& way, const Segment& segment,
                                                    const DatagramMarks& marks = {});

}  // namespace fourtuple::replay
