#include "drivers/impair/lane.hpp"

#include <algorithm>
#include <utility>

#include "drivers/impair/damage.hpp"
#include "drivers/impair/mtu_report.hpp"
#include "drivers/impair/noticeable.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::impair {

Lane::Lane(Direction direction, const WireRules& rules, RandomSource random, BufferPool& pool)
    : direction_(direction), chances_(random), pool_(pool) {
  adopt(rules);
}

void Lane::adopt(const WireRules& rules) {
  profile_ = direction_ == Direction::kOutbound ? rules.outbound : rules.inbound;
  changes_.clear();
  next_change_ = 0;
  std::ranges::copy_if(rules.changes, std::back_inserter(changes_), [this](const Change& change) {
    return change.direction == Direction::kBoth || change.direction == direction_;
  });
}

void Lane::set_rules(const WireRules& rules, Instant now) {
  advance(now);
  adopt(rules);
  start_ = now;
  bottleneck_.set(profile_, now);
}

void Lane::start(Instant now) {
  if (start_ != kNever) return;
  start_ = now;
  bottleneck_.set(profile_, now);
}

// Frames leave the queue, and settings change, in the order of their times, however late we are asked.
void Lane::advance(Instant now) {
  start(now);
  for (; next_change_ < changes_.size() && start_ + changes_[next_change_].at <= now; ++next_change_) {
    const Change& change = changes_[next_change_];
    serve_queue(start_ + change.at - 1ns);  // what leaves from then on leaves under the new setting
    copy_setting(change.setting, change.value, profile_);
    bottleneck_.set(profile_, start_ + change.at);
  }
  serve_queue(now);
}

void Lane::serve_queue(Instant now) {
  while (auto passenger = bottleneck_.next(now)) launch(std::move(*passenger));
}

void Lane::take(PacketBuffer frame, RuleBook& rules, Instant now) {
  advance(now);
  ++counters_.entered;
  const RuleEffect effect =
      rules.is_empty() ? RuleEffect{} : rules.apply(direction_, FrameKinds::of(std::as_const(frame).bytes()));
  if (is_lost(effect, std::as_const(frame).bytes())) return;
  if (effect.delay != Duration{}) ++counters_.delayed_by_rule;
  if (!spoil(frame, effect)) return;
  const std::uint32_t by_chance = chances_.happens(Fault::kDuplicate, profile_.duplicate) ? 1 : 0;
  copy(frame, effect.duplicates + by_chance, effect.delay, now);
  enter({.frame = std::move(frame), .extra = effect.delay}, now);
}

bool Lane::is_lost(const RuleEffect& effect, ByteView frame) {
  if (effect.drop) return ++counters_.dropped_by_rule, true;
  if (profile_.is_down) return ++counters_.lost_while_down, true;
  if (is_too_long(frame)) return ++counters_.dropped_too_long, true;
  if (chances_.happens(Fault::kLoss, profile_.loss)) return ++counters_.lost_by_chance, true;
  if (is_lost_in_burst()) return ++counters_.lost_in_burst, true;
  return false;
}

bool Lane::is_too_long(ByteView frame) {
  if (profile_.mtu == 0 || frame.size() <= profile_.mtu + wire::kEthernetHeaderSize) return false;
  if (!profile_.reports_mtu || reports_.size() >= kMaxReports) return true;
  if (auto report = fragmentation_needed(frame, profile_.mtu, pool_)) reports_.push_back(std::move(*report));
  return true;
}

bool Lane::is_lost_in_burst() {
  const Gilbert& gilbert = profile_.gilbert;
  const bool changes = chances_.happens(Fault::kBurst, is_bad_ ? gilbert.to_good : gilbert.to_bad);
  if (changes) is_bad_ = !is_bad_;
  return chances_.happens(Fault::kBurstLoss, is_bad_ ? gilbert.bad_loss : gilbert.good_loss);
}

// True where the frame goes on.
bool Lane::spoil(PacketBuffer& frame, const RuleEffect& effect) {
  if (effect.mark && mark_congestion(frame.bytes())) ++counters_.marked;
  if (effect.damage) return corrupt(frame, *effect.damage, true);
  return !chances_.happens(Fault::kCorrupt, profile_.corrupt) || corrupt(frame, profile_.damage, false);
}

// By chance only what a checksum covers; a rule may ask for more. What a checksum covers and does not tell is lost:
// delivered, it would speak against a stack that did nothing wrong.
bool Lane::corrupt(PacketBuffer& frame, Damage how, bool by_rule) {
  auto stretch = covered_by_checksums(std::as_const(frame).bytes());
  const bool is_summed = stretch.has_value();
  const bool has_payload = frame.size() > wire::kEthernetHeaderSize;
  if (!stretch && by_rule && has_payload) stretch = {.begin = wire::kEthernetHeaderSize, .end = frame.size()};
  if (!stretch) return true;
  make_final(frame);
  const ByteView octets = std::as_const(frame).bytes();
  const std::vector<std::uint8_t> before(octets.begin(), octets.end());
  if (!damage(frame, *stretch, how, chances_.of(Fault::kDamage), pool_)) return note_no_buffer(), false;
  if (is_summed && !is_noticeable(before, std::as_const(frame).bytes())) return ++counters_.dropped_unnoticeable, false;
  return ++counters_.corrupted, true;
}

void Lane::copy(const PacketBuffer& frame, std::uint32_t copies, Duration extra, Instant now) {
  for (std::uint32_t i = 0; i < copies; ++i) {
    auto copy = pool_.copy(frame.bytes());
    if (!copy) return note_no_buffer();
    copy->offload = frame.offload;
    ++counters_.duplicated;
    enter({.frame = std::move(*copy), .extra = extra}, now);
  }
}

bool Lane::is_full() const { return under_way_.size() + held_.size() + bottleneck_.size() >= kMaxUnderWay; }

void Lane::enter(Passenger passenger, Instant now) {
  if (is_full()) {
    ++counters_.dropped_queue_full;
  } else if (bottleneck_.is_needed()) {
    bottleneck_.take(std::move(passenger), now);
    serve_queue(now);
  } else {
    passenger.since = now;
    launch(std::move(passenger));
  }
}

void Lane::launch(Passenger passenger) {
  const Instant due = arrival(passenger.since) + passenger.extra;
  if (chances_.happens(Fault::kReorder, profile_.reorder) && held_.size() < kMaxHeld) {
    ++counters_.reordered;
    held_.push_back({profile_.reorder_depth, due + profile_.reorder_delay, std::move(passenger.frame)});
    return;
  }
  depart(due, std::move(passenger.frame));
  let_pass_held(due);
}

Instant Lane::arrival(Instant sent) {
  Duration delay = profile_.delay;
  if (profile_.jitter != Duration{}) {
    const auto width = static_cast<std::uint64_t>(profile_.jitter.count()) * 2 + 1;
    const auto variation = chances_.of(Fault::kJitter).below(width);
    delay += Duration(static_cast<std::int64_t>(variation)) - profile_.jitter;
  }
  Instant arrival = sent + std::max(Duration{}, delay);
  if (profile_.keeps_order) arrival = std::max(arrival, latest_arrival_);
  return latest_arrival_ = arrival;
}

// Most frames arrive behind all others: the hint makes that cheap, and changes nothing else.
void Lane::depart(Instant due, PacketBuffer frame) { under_way_.emplace_hint(under_way_.end(), due, std::move(frame)); }

// A frame passes at `due`: the held ones that waited for it alone follow right behind it.
void Lane::let_pass_held(Instant due) {
  if (held_.empty()) return;
  for (Held& held : held_) {
    if (--held.to_pass == 0) depart(due, std::move(held.frame));
  }
  std::erase_if(held_, [](const Held& held) { return held.to_pass == 0; });
}

void Lane::release_overdue(Instant now) {
  if (held_.empty()) return;
  for (Held& held : held_) {
    if (held.deadline <= now) depart(held.deadline, std::move(held.frame));
  }
  std::erase_if(held_, [now](const Held& held) { return held.deadline <= now; });
}

PacketBuffer Lane::pop_due(Instant now) {
  advance(now);
  release_overdue(now);
  if (under_way_.empty() || under_way_.begin()->first > now) return {};
  PacketBuffer frame = std::move(under_way_.begin()->second);
  under_way_.erase(under_way_.begin());
  ++counters_.passed;
  return frame;
}

// A change may let a queue go faster, so it counts while there is one.
Instant Lane::next_due() const {
  Instant due = std::min(under_way_.empty() ? kNever : under_way_.begin()->first, bottleneck_.next_begin());
  for (const Held& held : held_) due = std::min(due, held.deadline);
  const bool changes = bottleneck_.size() != 0 && next_change_ < changes_.size();
  return changes ? std::min(due, start_ + changes_[next_change_].at) : due;
}

PacketBuffer Lane::take_report() {
  if (reports_.empty()) return {};
  PacketBuffer report = std::move(reports_.front());
  reports_.erase(reports_.begin());
  return report;
}

void Lane::carry_report(PacketBuffer report, Instant now) {
  ++counters_.reports;
  if (is_full()) return void(++counters_.dropped_queue_full);
  depart(now, std::move(report));
}

}  // namespace fourtuple::impair
