// SipHash-2-4 (Aumasson, Bernstein 2012): the keyed hash behind the demultiplexer, ISNs and ports.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/bytes.hpp"

namespace fourtuple {

using SipKey = std::array<std::uint64_t, 2>;

[[nodiscard]] std::uint64_t siphash24(const SipKey& key, ByteView message);

// SipHash-1-3 of exactly two 64-bit words: the hash-table variant, for keys of fixed size.
[[nodiscard]] std::uint64_t siphash13(const SipKey& key, std::uint64_t first, std::uint64_t second);

}  // namespace fourtuple
