// Randomness that is handed in. A stream for secrets (ISN key, hash keys) and one for what a peer may see
// (ports, IP identification, jitter); both follow from the seed alone, so a test's seed gives a test's bytes.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/siphash.hpp"

namespace fourtuple {

class RandomSource {
 public:
  using Seed = std::array<std::uint64_t, 4>;

  // Production: 256 bits of system entropy (the runtime fills them in).
  explicit RandomSource(const Seed& seed);
  // The seeded twin for tests and simulation.
  [[nodiscard]] static RandomSource from_seed(std::uint64_t seed);

  // 64 bits of the secret stream. Never show them, nor anything invertible made from them, to a peer.
  [[nodiscard]] std::uint64_t secret();
  [[nodiscard]] SipKey secret_key() { return {secret(), secret()}; }
  // 64 bits of the public stream, which says nothing about the secret one.
  [[nodiscard]] std::uint64_t next();
  // A public number in [0, bound). Precondition: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);

 private:
  SipKey secret_key_;
  SipKey public_key_;
  std::uint64_t secret_counter_ = 0;
  std::uint64_t public_counter_ = 0;
};

}  // namespace fourtuple
