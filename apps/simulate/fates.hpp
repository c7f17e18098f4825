// What the wire does to each frame of one direction: by the dice, or as a list says. Either way it is written down, so
// that a run by the dice can be repeated by the list.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "apps/simulate/dice.hpp"
#include "apps/simulate/plan.hpp"

namespace fourtuple::simulate {

struct Fate {
  bool is_lost = false;
  std::optional<std::uint64_t> damage;
  Duration delay{};
  std::vector<Duration> copies;  // when each copy sets out, after the frame itself was sent
};

class Fates {
 public:
  Fates(const Plan& plan, std::uint8_t from);

  // Of the next frame.
  [[nodiscard]] Fate next();
  // From now on nothing happens to anybody.
  void heal() { healed_ = true; }
  [[nodiscard]] const std::vector<Fault>& told() const { return told_; }
  [[nodiscard]] std::uint32_t frames() const { return frame_; }

 private:
  [[nodiscard]] Fate by_dice();
  [[nodiscard]] Fate by_list();
  [[nodiscard]] bool is_lost_in_burst();
  void write_down(const Fate& fate);

  std::uint8_t from_;
  impair::Profile chances_;
  impair::PartsPerMillion late_copies_;
  Duration late_;
  Dice loss_, burst_, damage_, delay_, reorder_, copy_, late_dice_;
  bool is_bad_ = false;  // in the sense of Gilbert and Elliott
  bool by_list_;
  std::vector<Fault> list_;
  std::size_t at_ = 0;  // in the list
  std::uint32_t frame_ = 0;
  bool healed_ = false;
  std::vector<Fault> told_;
};

}  // namespace fourtuple::simulate
