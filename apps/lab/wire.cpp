#include "apps/lab/wire.hpp"

#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "drivers/impair/frame_kind.hpp"

namespace fourtuple::lab {
namespace {

constexpr std::size_t kMtu = 65535;  // the hosts' own is smaller; the rules may say less

struct Fate {
  std::uint64_t impair::LaneCounters::*counter;
  std::string_view name;
};

// What a lane counts while it takes a frame tells what became of that frame.
constexpr std::array kFates{
    Fate{&impair::LaneCounters::lost_by_chance, "lost by chance"},
    Fate{&impair::LaneCounters::lost_in_burst, "lost in a burst"},
    Fate{&impair::LaneCounters::lost_while_down, "lost while the cable is out"},
    Fate{&impair::LaneCounters::dropped_by_rule, "dropped by a rule"},
    Fate{&impair::LaneCounters::dropped_too_long, "too long for the wire"},
    Fate{&impair::LaneCounters::dropped_queue_full, "dropped: the queue is full"},
    Fate{&impair::LaneCounters::dropped_no_buffer, "dropped: no memory"},
    Fate{&impair::LaneCounters::dropped_unnoticeable, "lost: damaged so that no checksum tells"},
};

std::string_view fate_between(const impair::LaneCounters& before, const impair::LaneCounters& after) {
  for (const Fate& fate : kFates) {
    if (before.*fate.counter != after.*fate.counter) return fate.name;
  }
  return "carried";
}

impair::Direction direction_of(std::size_t from) {
  return from == 0 ? impair::Direction::kOutbound : impair::Direction::kInbound;
}

}  // namespace

// One host's side of the wire.
class Wire::End final : public Driver {
 public:
  End(Wire& wire, int host) : wire_(wire), host_(host) {}

  [[nodiscard]] DriverCapabilities capabilities() const override { return {.mtu = kMtu}; }
  // Frames are handed to the stack by the experiment, one at a time.
  std::size_t receive(std::vector<PacketBuffer>& /*frames*/, std::size_t /*limit*/, Instant /*now*/) override {
    return 0;
  }
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override {
    for (const TransmitFrame& frame : frames) {
      if (auto copy = copy_frame(frame, wire_.pool_)) wire_.take(host_, std::move(*copy), now);
    }
    return frames.size();
  }
  [[nodiscard]] std::string name() const override { return "wire"; }

 private:
  Wire& wire_;
  int host_;
};

Wire::Wire(const impair::WireRules& rules, std::uint64_t seed, BufferPool& pool, OnSent on_sent)
    : pool_(pool),
      on_sent_(std::move(on_sent)),
      rules_(rules.rules, RandomSource::from_seed(rules.seed.value_or(seed))),
      random_(RandomSource::from_seed(rules.seed.value_or(seed) + 1)) {
  for (std::size_t from = 0; from < 2; ++from) {
    auto dice = RandomSource::from_seed(random_.next());
    ways_[from].lane = std::make_unique<impair::Lane>(direction_of(from), rules, dice, pool_);
    ends_[from] = std::make_unique<End>(*this, static_cast<int>(from));
  }
}

Wire::~Wire() = default;

Driver& Wire::end(int host) { return *ends_[index(host)]; }

void Wire::set_rules(const impair::WireRules& rules, Instant now) {
  rules_ = impair::RuleBook(rules.rules, RandomSource::from_seed(rules.seed.value_or(random_.next())));
  for (Way& way : ways_) way.lane->set_rules(rules, now);
}

bool Wire::is_doomed(ByteView frame) {
  const auto kinds = impair::FrameKinds::of(frame);
  const auto found = std::ranges::find_if(doomed_, [&](impair::FrameKind kind) { return kinds.has(kind); });
  if (found == doomed_.end()) return false;
  doomed_.erase(found);
  return true;
}

void Wire::take(int from, PacketBuffer frame, Instant now) {
  Way& way = ways_[index(from)];
  const ByteView bytes = std::as_const(frame).bytes();
  const FrameNumber number = ++frames_;
  if (is_cut_) return on_sent_(from, number, bytes, "lost while the cable is out");
  if (is_doomed(bytes)) return on_sent_(from, number, bytes, "dropped by hand");
  Known known{number, {bytes.begin(), bytes.end()}};
  const std::uint8_t* const place = frame.data();
  const impair::LaneCounters before = way.lane->counters();
  way.lane->take(std::move(frame), rules_, now);
  const std::string_view fate = fate_between(before, way.lane->counters());
  // What the wire itself says about a frame goes back to its sender.
  while (auto report = way.lane->take_report()) ways_[index(1 - from)].lane->carry_report(std::move(report), now);
  if (fate == "carried") {
    way.under_way[place] = known;
    if (way.lately.size() == kRemembered) way.lately.erase(way.lately.begin());
    way.lately.push_back(known);
  }
  on_sent_(from, number, known.bytes, fate);
}

Instant Wire::next_due(int host) const { return ways_[index(1 - host)].lane->next_due(); }

std::optional<Wire::Arrival> Wire::arrive(int host, Instant now) {
  Way& way = ways_[index(1 - host)];
  PacketBuffer frame = way.lane->pop_due(now);
  if (!frame) return std::nullopt;
  return known_arrival(way, std::move(frame));
}

Wire::Arrival Wire::known_arrival(Way& way, PacketBuffer frame) {
  const ByteView bytes = std::as_const(frame).bytes();
  Arrival arrival;
  if (const auto found = way.under_way.find(bytes.data()); found != way.under_way.end()) {
    arrival.number = found->second.number;
    arrival.is_damaged = !std::ranges::equal(found->second.bytes, bytes);
    way.under_way.erase(found);
  } else {
    const auto original =
        std::ranges::find_if(way.lately, [&](const Known& known) { return std::ranges::equal(known.bytes, bytes); });
    arrival.is_copy = original != way.lately.end();
    if (arrival.is_copy) arrival.number = original->number;
  }
  arrival.frame = std::move(frame);
  return arrival;
}

}  // namespace fourtuple::lab
