// Who stands where on the path: a kernel at the near end; a kernel and our stack side by side at the far one, with the
// same services. Both far hosts send and receive over the same bad wire.
#pragma once

#include <cstddef>

#include "stack/wire/address.hpp"

namespace fourtuple::bench {

inline constexpr Ipv4Address kFarLinux = Ipv4Address::from_octets(10, 77, 0, 2);
inline constexpr Ipv4Address kFarOurs = Ipv4Address::from_octets(10, 77, 0, 3);

// Ten segments of Ethernet's size with timestamps: an initial window.
inline constexpr std::size_t kShortOctets = 10 * 1448;

}  // namespace fourtuple::bench
