// Initial sequence numbers that a stranger cannot guess (RFC 6528), and timestamp offsets likewise (RFC 7323 7.1).
#pragma once

#include "stack/base/siphash.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

// M + F(name, key): M ticks every 4 microseconds, F is SipHash-2-4. [RFC9293 MUST-8, SHLD-1] [RFC6528 3]
[[nodiscard]] SeqNum initial_sequence(const FourTuple& name, const SipKey& key, Instant now);
// One offset a pair of hosts, so that a new incarnation's timestamps go on where the old one's ended.
[[nodiscard]] std::uint32_t timestamp_offset(const FourTuple& name, const SipKey& key);

}  // namespace fourtuple::tcp
