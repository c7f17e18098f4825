#include "drivers/impair/lane.hpp"

#include <algorithm>

#include "drivers/segmentation.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::impair {

void Lane::take(PacketBuffer frame, RuleBook& rules, Instant now) {
  const RuleEffect effect = rules.apply(direction_, FrameKinds::of(frame.bytes()));
  if (is_lost(effect)) return;
  if (effect.delay != Duration{}) ++counters_.delayed_by_rule;
  if (effect.corrupt || happens(profile_.corrupt)) corrupt(frame);
  const std::uint32_t copies = effect.duplicates + (happens(profile_.duplicate) ? 1U : 0U);
  for (std::uint32_t i = 0; i < copies; ++i) {
    auto copy = pool_.copy(frame.bytes());
    if (!copy) {
      note_no_buffer();
      break;
    }
    copy->offload = frame.offload;
    ++counters_.duplicated;
    launch(std::move(*copy), effect.delay, now);
  }
  launch(std::move(frame), effect.delay, now);
}

bool Lane::happens(PartsPerMillion chance) { return chance != 0 && random_.below(1'000'000) < chance; }

bool Lane::is_lost(const RuleEffect& effect) {
  if (effect.drop) return ++counters_.dropped_by_rule, true;
  if (happens(profile_.loss)) return ++counters_.lost_by_chance, true;
  return false;
}

// One bit behind the Ethernet header, under a checksum that is final: a receiver that sums can notice it.
void Lane::corrupt(PacketBuffer& frame) {
  if (frame.size() <= wire::kEthernetHeaderSize) return;
  static_cast<void>(complete_checksum(frame.bytes(), frame.offload));
  frame.offload = {};
  const std::uint64_t bits = (frame.size() - wire::kEthernetHeaderSize) * 8;
  const std::uint64_t bit = random_.below(bits);
  std::uint8_t& octet = frame.bytes()[wire::kEthernetHeaderSize + bit / 8];
  octet = static_cast<std::uint8_t>(octet ^ (1U << (bit % 8)));
  ++counters_.corrupted;
}

void Lane::launch(PacketBuffer frame, Duration extra, Instant now) {
  const auto wait = wait_for_rate(frame.size(), now);
  if (!wait || is_full()) {
    ++counters_.dropped_queue_full;
    return;
  }
  const Instant due = now + *wait + varied_delay() + extra;
  if (happens(profile_.reorder) && held_.size() < kMaxHeld) {
    ++counters_.reordered;
    held_.push_back({profile_.reorder_depth, due + profile_.reorder_delay, std::move(frame)});
    return;
  }
  under_way_.emplace(due, std::move(frame));
  let_pass_held(due);
}

// Nothing when the queue in front of the slow link is full.
std::optional<Duration> Lane::wait_for_rate(std::size_t size, Instant now) {
  if (profile_.rate == 0) return Duration{};
  while (!sending_.empty() && sending_.front() <= now) sending_.pop_front();
  if (sending_.size() >= profile_.queue) return std::nullopt;
  constexpr std::uint64_t kBitNanoseconds = 8'000'000'000;  // of one octet at 1 bit/s
  const Duration on_the_wire(static_cast<std::int64_t>(size * kBitNanoseconds / profile_.rate));
  const Instant begin = sending_.empty() ? now : sending_.back();
  sending_.push_back(begin + on_the_wire);
  return sending_.back() - now;
}

Duration Lane::varied_delay() {
  if (profile_.jitter == Duration{}) return profile_.delay;
  const auto width = static_cast<std::uint64_t>(profile_.jitter.count()) * 2 + 1;
  const Duration variation(static_cast<std::int64_t>(random_.below(width)) - profile_.jitter.count());
  return std::max(Duration{}, profile_.delay + variation);
}

// A frame passes at `due`: the held ones that waited for it alone follow right behind it.
void Lane::let_pass_held(Instant due) {
  for (Held& held : held_) {
    if (--held.to_pass == 0) under_way_.emplace(due, std::move(held.frame));
  }
  std::erase_if(held_, [](const Held& held) { return held.to_pass == 0; });
}

void Lane::release_overdue(Instant now) {
  for (Held& held : held_) {
    if (held.deadline <= now) under_way_.emplace(held.deadline, std::move(held.frame));
  }
  std::erase_if(held_, [now](const Held& held) { return held.deadline <= now; });
}

PacketBuffer Lane::pop_due(Instant now) {
  release_overdue(now);
  if (under_way_.empty() || under_way_.begin()->first > now) return {};
  PacketBuffer frame = std::move(under_way_.begin()->second);
  under_way_.erase(under_way_.begin());
  ++counters_.passed;
  return frame;
}

Instant Lane::next_due() const {
  Instant due = under_way_.empty() ? kNever : under_way_.begin()->first;
  for (const Held& held : held_) due = std::min(due, held.deadline);
  return due;
}

}  // namespace fourtuple::impair
