// The counted rules at work: each remembers how many frames of its kind it has seen.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/impair/frame_kind.hpp"
#include "drivers/impair/rules.hpp"
#include "stack/base/random.hpp"

namespace fourtuple::impair {

// What the rules want done to one frame.
struct RuleEffect {
  bool drop = false;
  bool mark = false;
  std::optional<Damage> damage;  // of several rules the last says which
  std::uint32_t duplicates = 0;
  Duration delay{};
};

class RuleBook {
 public:
  RuleBook(const std::vector<Rule>& rules, RandomSource random)
      : entries_(rules.begin(), rules.end()), random_(random) {}

  // Counts the frame for every rule of its kind and direction.
  [[nodiscard]] RuleEffect apply(Direction passing, FrameKinds kinds);
  [[nodiscard]] bool is_empty() const { return entries_.empty(); }

 private:
  struct Entry {
    explicit Entry(const Rule& wanted) : rule(wanted) {}
    [[nodiscard]] bool takes(Direction passing, FrameKinds kinds, RandomSource& random);
    [[nodiscard]] bool is_meant() const;

    Rule rule;
    std::uint64_t seen = 0;
    bool used = false;
  };

  std::vector<Entry> entries_;
  RandomSource random_;
};

}  // namespace fourtuple::impair
