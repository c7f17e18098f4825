#include "apps/simulate/fates.hpp"

#include <algorithm>

namespace fourtuple::simulate {
namespace {

std::uint64_t nanoseconds(Duration span) { return static_cast<std::uint64_t>(span.count()); }

}  // namespace

Fates::Fates(const Plan& plan, std::uint8_t from)
    : from_(from),
      chances_(from == 0 ? plan.wire.outbound : plan.wire.inbound),
      late_copies_(plan.late_copies[from]),
      late_(plan.late),
      loss_(plan.seed * 2 + from, "loss"),
      burst_(plan.seed * 2 + from, "burst"),
      damage_(plan.seed * 2 + from, "damage"),
      delay_(plan.seed * 2 + from, "delay"),
      reorder_(plan.seed * 2 + from, "reorder"),
      copy_(plan.seed * 2 + from, "copy"),
      late_dice_(plan.seed * 2 + from, "late copy"),
      by_list_(plan.by_faults) {
  std::ranges::copy_if(plan.faults, std::back_inserter(list_),
                       [from](const Fault& fault) { return fault.from == from; });
  std::ranges::stable_sort(list_, {}, &Fault::frame);
}

Fate Fates::next() {
  ++frame_;
  if (healed_) return {};
  Fate fate = by_list_ ? by_list() : by_dice();
  write_down(fate);
  return fate;
}

Fate Fates::by_list() {
  Fate fate;
  for (; at_ < list_.size() && list_[at_].frame <= frame_; ++at_) {
    const Fault& fault = list_[at_];
    if (fault.frame != frame_) continue;
    const Duration span(static_cast<std::int64_t>(fault.value));
    switch (fault.kind) {
      case FaultKind::kDrop:
        fate.is_lost = true;
        break;
      case FaultKind::kCorrupt:
        fate.damage = fault.value;
        break;
      case FaultKind::kDelay:
        fate.delay = span;
        break;
      case FaultKind::kCopy:
        fate.copies.push_back(span);
        break;
    }
  }
  return fate;
}

Fate Fates::by_dice() {
  Fate fate;
  fate.is_lost = loss_.happens(chances_.loss);
  fate.is_lost = is_lost_in_burst() || fate.is_lost;
  if (damage_.happens(chances_.corrupt)) fate.damage = damage_.next();
  if (chances_.jitter != Duration{}) fate.delay = delay_.up_to(2 * chances_.jitter);
  if (reorder_.happens(chances_.reorder)) fate.delay += reorder_.up_to(chances_.reorder_delay);
  if (copy_.happens(chances_.duplicate)) fate.copies.push_back(copy_.up_to(chances_.delay + chances_.jitter));
  if (late_dice_.happens(late_copies_)) fate.copies.push_back(late_dice_.up_to(late_));
  return fate;
}

bool Fates::is_lost_in_burst() {
  const impair::Gilbert& gilbert = chances_.gilbert;
  if (burst_.happens(is_bad_ ? gilbert.to_good : gilbert.to_bad)) is_bad_ = !is_bad_;
  return burst_.happens(is_bad_ ? gilbert.bad_loss : gilbert.good_loss);
}

void Fates::write_down(const Fate& fate) {
  const auto tell = [this](FaultKind kind, std::uint64_t value) { told_.push_back({from_, kind, frame_, value}); };
  if (fate.is_lost) tell(FaultKind::kDrop, 0);
  if (fate.damage) tell(FaultKind::kCorrupt, *fate.damage);
  if (fate.delay != Duration{}) tell(FaultKind::kDelay, nanoseconds(fate.delay));
  for (const Duration copy : fate.copies) tell(FaultKind::kCopy, nanoseconds(copy));
}

}  // namespace fourtuple::simulate
