// The dice of one direction. Each fault draws from a stream of its own, so that switching one off leaves what the
// others do as it was.
#pragma once

#include <array>
#include <cstdint>

#include "drivers/impair/profile.hpp"
#include "stack/base/random.hpp"

namespace fourtuple::impair {

enum class Fault : std::uint8_t { kLoss, kBurst, kBurstLoss, kDuplicate, kCorrupt, kDamage, kReorder, kJitter };
inline constexpr std::size_t kFaultCount = 8;

class Chances {
 public:
  explicit Chances(RandomSource root)
      : streams_{stream(root), stream(root), stream(root), stream(root),
                 stream(root), stream(root), stream(root), stream(root)} {}

  // What never or always happens costs no number.
  [[nodiscard]] bool happens(Fault fault, PartsPerMillion chance) {
    if (chance == 0 || chance >= kAlways) return chance != 0;
    return of(fault).below(kAlways) < chance;
  }
  [[nodiscard]] RandomSource& of(Fault fault) { return streams_[static_cast<std::size_t>(fault)]; }

 private:
  static RandomSource stream(RandomSource& root) { return RandomSource::from_seed(root.next()); }

  std::array<RandomSource, kFaultCount> streams_;
};

}  // namespace fourtuple::impair
