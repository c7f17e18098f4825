// IP identification numbers: a counter for each (hashed) pair of hosts and protocol, begun at a secret place, so that a
// stranger learns nothing of our traffic with others and fragments do not meet those of another datagram (RFC
// 6864 4.3).
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/random.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::ip {

class Identification {
 public:
  explicit Identification(RandomSource& random) : key_(random.secret_key()) {
    for (std::uint16_t& counter : counters_) counter = static_cast<std::uint16_t>(random.next());
  }

  // The first of `count` consecutive numbers (a super-segment takes one for each of its packets).
  [[nodiscard]] std::uint16_t take(Ipv4Address source, Ipv4Address destination, std::uint8_t protocol,
                                   std::size_t count = 1) {
    const std::uint64_t pair = std::uint64_t{source.value} << 32 | destination.value;
    std::uint16_t& counter = counters_[siphash13(key_, pair, protocol) % counters_.size()];
    const std::uint16_t first = counter;
    counter = static_cast<std::uint16_t>(counter + count);
    return first;
  }

 private:
  SipKey key_;
  std::array<std::uint16_t, 1024> counters_{};
};

}  // namespace fourtuple::ip
