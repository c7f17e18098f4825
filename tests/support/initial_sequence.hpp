// When to begin so that the layer under test picks an initial sequence number close to the wrap.
#pragma once

#include "stack/tcp/layer.hpp"

namespace fourtuple::test {

// The moment, after `earliest`, at which a layer with this configuration and seed gives the connection `name` an
// initial sequence number of about `wanted`. It asks a layer of its own, for the numbers follow a clock (RFC 6528 3).
[[nodiscard]] Instant begin_for_initial_sequence(const tcp::TcpConfig& config, std::uint64_t seed,
                                                 const FourTuple& name, SeqNum wanted, Instant earliest);

}  // namespace fourtuple::test
