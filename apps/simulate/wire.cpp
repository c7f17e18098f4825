#include "apps/simulate/wire.hpp"

#include <algorithm>

#include "apps/simulate/frames.hpp"
#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"
#include "stack/base/random.hpp"

namespace fourtuple::simulate {
namespace {

constexpr Duration kGoodDelay = 1ms;

// What the wire is without its chances, which are the fates'.
impair::Profile nature_of(impair::Profile profile) {
  profile.loss = profile.duplicate = profile.corrupt = profile.reorder = 0;
  profile.gilbert = {};
  profile.jitter = {};
  profile.delay = std::max<Duration>(profile.delay, 10us);  // no way is without length: time must pass
  return profile;
}

impair::WireRules nature_of(impair::WireRules rules) {
  rules.outbound = nature_of(rules.outbound);
  rules.inbound = nature_of(rules.inbound);
  return rules;
}

impair::Direction direction_from(std::uint8_t host) {
  return host == 0 ? impair::Direction::kOutbound : impair::Direction::kInbound;
}

}  // namespace

class Wire::End final : public Driver {
 public:
  End(Wire& wire, int host) : wire_(wire), host_(host) {}

  [[nodiscard]] DriverCapabilities capabilities() const override {
    return {.mtu = wire_.plan_.mtu, .transmit_checksum = wire_.plan_.offload, .tso4 = wire_.plan_.offload};
  }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant /*local*/) override {
    return wire_.deliver(host_, frames, limit);
  }
  std::size_t send(std::span<const TransmitFrame> frames, Instant local) override {
    for (const TransmitFrame& frame : frames) send(frame, local);
    return frames.size();
  }
  [[nodiscard]] std::string name() const override { return host_ == 0 ? "a" : "b"; }

 private:
  void send(const TransmitFrame& frame, Instant /*local*/) {
    copy_frame(frame, whole_);
    wire_.stranger_.on_frame(host_, whole_, frame.offload, wire_.now_);
    for_each_segment(frame, wire_.headers_, [this](const TransmitFrame& packet) {
      if (auto copy = copy_frame(packet, wire_.pool_)) wire_.take(host_, std::move(*copy));
    });
  }

  Wire& wire_;
  int host_;
  std::vector<std::uint8_t> whole_;
};

Wire::Way::Way(const Plan& plan, std::uint8_t from, BufferPool& pool)
    : fates(plan, from),
      lane(std::make_unique<impair::Lane>(direction_from(from), nature_of(plan.wire),
                                          RandomSource::from_seed(plan.seed * 2 + from), pool)) {}

Wire::Wire(const Plan& plan, BufferPool& pool, Stranger& stranger, Instant begin)
    : plan_(plan),
      pool_(pool),
      stranger_(stranger),
      now_(begin),
      rules_(plan.wire.rules, RandomSource::from_seed(plan.seed)),
      ways_{Way(plan, 0, pool), Way(plan, 1, pool)} {
  for (Way& way : ways_) way.lane->start(begin);
  for (int host = 0; host < 2; ++host) ends_[index(host)] = std::make_unique<End>(*this, host);
}

Wire::~Wire() = default;

Driver& Wire::end(int host) { return *ends_[index(host)]; }

void Wire::hold(Way& way, Instant until, PacketBuffer frame) {
  way.held.emplace_hint(way.held.end(), until, std::move(frame));
}

void Wire::take(int from, PacketBuffer frame) {
  Way& way = ways_[index(from)];
  frame.offload = {};  // nobody vouches for it on the other side
  const Fate fate = way.fates.next();
  stranger_.on_fate(from, way.fates.frames(), fate, std::as_const(frame).bytes());
  for (const Duration later : fate.copies) {
    if (auto copy = pool_.copy(std::as_const(frame).bytes())) hold(way, now_ + later, std::move(*copy));
  }
  if (fate.is_lost) return;
  if (fate.damage && !damage(frame, *fate.damage)) return;
  hold(way, now_ + fate.delay, std::move(frame));
  enter_lane(from);
}

// What waited long enough enters the wire proper.
void Wire::enter_lane(int from) {
  Way& way = ways_[index(from)];
  while (!way.held.empty() && way.held.begin()->first <= now_) {
    PacketBuffer frame = std::move(way.held.begin()->second);
    way.held.erase(way.held.begin());
    way.lane->take(std::move(frame), rules_, now_);
  }
  while (PacketBuffer report = way.lane->take_report())
    ways_[1 - index(from)].lane->carry_report(std::move(report), now_);
}

std::size_t Wire::deliver(int to, std::vector<PacketBuffer>& frames, std::size_t limit) {
  enter_lane(1 - to);
  Way& way = ways_[1 - index(to)];
  std::size_t count = 0;
  for (; count < limit; ++count) {
    PacketBuffer frame = way.lane->pop_due(now_);
    if (!frame) break;
    frames.push_back(std::move(frame));
  }
  return count;
}

Instant Wire::next_due(int host) const {
  const Way& way = ways_[1 - index(host)];
  return std::min(way.held.empty() ? kNever : way.held.begin()->first, way.lane->next_due());
}

void Wire::heal() {
  impair::WireRules good;
  good.outbound.delay = good.inbound.delay = kGoodDelay;
  rules_ = impair::RuleBook({}, RandomSource::from_seed(1));
  for (std::uint8_t from = 0; from < 2; ++from) {
    Way& way = ways_[from];
    way.fates.heal();
    way.held.clear();
    way.lane = std::make_unique<impair::Lane>(direction_from(from), good, RandomSource::from_seed(1), pool_);
    way.lane->start(now_);
  }
}

std::vector<Fault> Wire::faults() const {
  std::vector<Fault> all = ways_[0].fates.told();
  all.insert(all.end(), ways_[1].fates.told().begin(), ways_[1].fates.told().end());
  return all;
}

}  // namespace fourtuple::simulate
