// A plan from a seed. Each seed switches whole classes of faults and features on or off, so that rare combinations come
// up (swarm testing); each class draws from dice of its own.
#include <algorithm>

#include "apps/simulate/dice.hpp"
#include "apps/simulate/plan.hpp"

namespace fourtuple::simulate {
namespace {

using impair::PartsPerMillion;

constexpr std::uint64_t kPercent = 10'000;              // parts per million
constexpr Duration kBeginning = std::chrono::hours(1);  // what the clocks show then, offsets aside

PartsPerMillion percent(Dice& dice, std::uint64_t most) {
  return static_cast<PartsPerMillion>(dice.magnitude(most * kPercent));
}

// --- The wire.

// How much goes wrong with single frames; drawn once for both directions, used for each with its own dice.
void draw_chances(Dice& dice, impair::Profile& way) {
  if (dice.one_in(2)) way.loss = percent(dice, 25);
  if (dice.one_in(6)) {
    way.gilbert.to_bad = percent(dice, 3) + 1;
    way.gilbert.to_good = static_cast<PartsPerMillion>(dice.between(10, 60) * kPercent);
  }
  if (dice.one_in(3)) way.duplicate = percent(dice, 30);
  if (dice.one_in(4)) way.corrupt = percent(dice, 10);
  if (dice.one_in(2)) {
    way.reorder = percent(dice, 40);
    way.reorder_delay = 100us + dice.up_to(100ms);
  }
}

void draw_way(Dice& dice, impair::Profile& way) {
  way.delay = dice.one_of(std::array<Duration, 5>{50us, 1ms, 5ms, 30ms, 120ms});
  if (dice.one_in(3)) way.jitter = dice.up_to(way.delay);
  if (dice.one_in(4)) {
    way.rate = dice.between(200'000, 50'000'000);
    way.queue = static_cast<std::uint32_t>(dice.between(5, 200));
  }
}

impair::Change change(Duration at, impair::Direction direction, impair::Setting setting) {
  impair::Change change;
  change.at = at;
  change.direction = direction;
  change.setting = setting;
  return change;
}

impair::Direction some_direction(Dice& dice) {
  using enum impair::Direction;
  return dice.one_of(std::array{kBoth, kBoth, kOutbound, kInbound});
}

// The cable is out for a while, in both directions or in one.
void draw_partition(Plan& plan) {
  Dice dice(plan.seed, "partition");
  if (!dice.one_in(5)) return;
  const Duration at = dice.up_to(3s);
  const Duration length = 100ms + dice.up_to(dice.one_of(std::array<Duration, 3>{1s, 10s, 100s}));
  const impair::Direction direction = some_direction(dice);
  auto down = change(at, direction, impair::Setting::kCable);
  down.value.is_down = true;
  plan.wire.changes.push_back(down);
  plan.wire.changes.push_back(change(at + length, direction, impair::Setting::kCable));
}

// The way becomes narrower, with a word about it or as a black hole, and wide again.
void draw_narrow_way(Plan& plan) {
  Dice dice(plan.seed, "mtu");
  plan.mtu = dice.one_of(std::array<std::uint64_t, 6>{296, 576, 1500, 1500, 1500, 9000});
  if (!dice.one_in(6)) return;
  const Duration at = dice.up_to(2s);
  const impair::Direction direction = some_direction(dice);
  auto narrow = change(at, direction, impair::Setting::kMtu);
  narrow.value.mtu = static_cast<std::uint32_t>(dice.one_of(std::array<std::uint64_t, 4>{68, 256, 576, 1280}));
  narrow.value.reports_mtu = !dice.one_in(4);
  plan.wire.changes.push_back(narrow);
  if (dice.one_in(2)) plan.wire.changes.push_back(change(at + dice.up_to(20s), direction, impair::Setting::kMtu));
}

// One frame of a kind: the loss that hurts most.
void draw_counted_rule(Plan& plan) {
  using enum impair::FrameKind;
  Dice dice(plan.seed, "rule");
  if (!dice.one_in(6)) return;
  impair::Rule rule;
  rule.kind = dice.one_of(std::array{kSyn, kSynAck, kFin, kAck, kData, kRst});
  rule.direction = some_direction(dice);
  rule.first = static_cast<std::uint32_t>(dice.between(1, 6));
  rule.last = rule.first + static_cast<std::uint32_t>(dice.below(4));
  rule.action = dice.one_in(4) ? impair::Action::kDuplicate : impair::Action::kDrop;
  plan.wire.rules.push_back(rule);
}

void draw_wire(Plan& plan) {
  for (const std::size_t from : {0U, 1U}) {
    Dice dice(plan.seed * 2 + from, "way");
    impair::Profile& way = from == 0 ? plan.wire.outbound : plan.wire.inbound;
    draw_way(dice, way);
    if (!dice.one_in(8)) draw_chances(dice, way);
    if (dice.one_in(8)) plan.late_copies[from] = percent(dice, 10);
  }
  plan.late = 10s;
  draw_narrow_way(plan);
  draw_partition(plan);
  draw_counted_rule(plan);
  std::ranges::stable_sort(plan.wire.changes, {}, &impair::Change::at);
}

// --- The hosts.

void draw_features(Dice& dice, tcp::TcpConfig& tcp) {
  using enum tcp::EcnUse;
  tcp.timestamps = !dice.one_in(3);
  tcp.sack = !dice.one_in(3);
  tcp.duplicate_sack = !dice.one_in(4);
  tcp.window_scaling = !dice.one_in(3);
  tcp.ecn = dice.one_of(std::array{kOff, kWhenAsked, kAsk});
  tcp.initial_window_segments = static_cast<std::uint32_t>(dice.between(1, 10));
  tcp.delayed_ack = dice.one_of(std::array<Duration, 4>{1ms, 40ms, 200ms, 400ms});
  tcp.acks_wait_for_application = dice.one_in(4);
  if (dice.one_in(4)) tcp.max_out_of_order_segments = dice.between(4, 512);
  tcp.pacing = dice.one_in(4);
  if (dice.one_in(2)) tcp.congestion = dice.one_of(std::array<std::string_view, 3>{"reno", "cubic", "dctcp"});
}

// What no wire of ours is bad enough for must not be an end: with so many repetitions nobody gives up.
void draw_patience(tcp::TcpConfig& tcp, tcp::ConnectionOptions& options) {
  tcp.syn_ack_retries = 100;
  tcp.orphan_retries = tcp.retries_r2 = 40;
  options.syn_retries = 100;
}

void draw_options(Dice& dice, tcp::ConnectionOptions& options) {
  options.no_delay = dice.one_in(2);
  options.cork = dice.one_in(8);
  if (dice.one_in(2)) options.receive_buffer_bytes = 256 + dice.magnitude(200'000);
  if (dice.one_in(2)) options.send_buffer_bytes = 256 + dice.magnitude(200'000);
  if (dice.one_in(4)) options.max_segment = static_cast<std::uint16_t>(dice.between(88, 1460));
  if (dice.one_in(8)) options.window_clamp = static_cast<std::uint32_t>(1000 + dice.magnitude(60'000));
  if (dice.one_in(6)) {
    options.keep_alive = true;
    options.keep_alive_idle = 10s;
    options.keep_alive_interval = 5s;
    options.keep_alive_count = 100;
  }
}

// Numbers that wrap soon, in three runs of ten each.
void draw_numbers(Dice& dice, HostPlan& host) {
  const auto shortly_before_wrap = [&dice] { return static_cast<std::uint32_t>(0U - dice.magnitude(100'000)); };
  if (dice.below(10) < 3) host.tcp.fixed_initial_sequence = shortly_before_wrap();
  const auto shown = static_cast<std::uint32_t>((kBeginning + host.clock) / 1ms);
  if (dice.below(10) < 3) host.tcp.fixed_timestamp_offset = shortly_before_wrap() - shown;
}

void draw_host(Plan& plan, std::size_t number) {
  HostPlan& host = plan.hosts[number];
  Dice dice(plan.seed * 2 + number, "host");
  draw_features(dice, host.tcp);
  draw_patience(host.tcp, host.options);
  draw_options(dice, host.options);
  Dice time(plan.seed * 2 + number, "clock");
  if (time.one_in(2)) host.clock = time.up_to(std::chrono::hours(24 * 60));
  if (time.one_in(3)) host.drift = static_cast<std::int32_t>(time.below(2001)) - 1000;
  draw_numbers(time, host);
  if (dice.one_in(4)) host.batch = dice.between(1, 8);
  if (dice.one_in(4)) host.backlog = static_cast<std::uint32_t>(dice.below(4));
  if (dice.one_in(4)) host.accepts_after = dice.up_to(2s);
  if (dice.one_in(12)) host.tcp.max_syn_backlog = static_cast<std::uint32_t>(dice.between(1, 3));
}

// --- The applications.

void draw_ending(Dice& dice, AppPlan& app) {
  using enum Ending;
  if (dice.one_in(4)) app.ending = kFinWhenRead;
  if (!dice.one_in(6)) return;
  app.ending = dice.one_of(std::array{kClose, kAbort, kNever});
  app.ends_after = dice.magnitude(60'000);
}

AppPlan some_app(Dice& dice, std::uint64_t most) {
  AppPlan app;
  app.write = dice.one_in(6) ? 0 : dice.magnitude(most);
  app.write_size = 1 + dice.magnitude(20'000);
  app.read_size = 1 + dice.magnitude(20'000);
  // A stream that goes through an octet at a time says nothing new after the first hundreds.
  app.write = std::min(app.write, app.write_size * 300);
  if (dice.one_in(3)) {
    const bool long_ones = dice.one_in(5);
    app.stalls = long_ones ? 2'000 : 20'000;
    app.stall = long_ones ? Duration(60s) : Duration(500ms);
  }
  if (dice.one_in(8)) app.reads_after = dice.up_to(dice.one_in(4) ? Duration(60s) : Duration(5s));
  if (dice.one_in(4)) app.toggles = 20'000;
  draw_ending(dice, app);
  return app;
}

bool waits_for_other(const AppPlan& app) { return app.ending == Ending::kFinWhenRead || app.ending == Ending::kNever; }

TalkPlan some_talk(Dice& dice, std::uint64_t most) {
  TalkPlan talk;
  talk.caller = static_cast<std::uint8_t>(dice.one_in(4) ? 1 : 0);
  if (dice.one_in(16)) talk.opening = Opening::kNobodyThere;
  if (dice.one_in(12)) talk.opening = Opening::kSimultaneous;
  for (AppPlan& app : talk.apps) app = some_app(dice, most);
  // Both would wait for the other's FIN, or for what the other never says.
  if (waits_for_other(talk.apps[0]) && waits_for_other(talk.apps[1])) talk.apps[1].ending = Ending::kFinWhenWritten;
  return talk;
}

void draw_talks(Plan& plan) {
  Dice dice(plan.seed, "talks");
  const std::uint64_t count = dice.one_in(5) ? dice.between(2, dice.one_in(8) ? 64 : 8) : 1;
  const std::uint64_t most = 120'000 / count;
  for (std::uint64_t i = 0; i < count; ++i) {
    TalkPlan talk = some_talk(dice, most);
    if (i != 0) talk.begin = dice.up_to(dice.one_in(2) ? Duration(100ms) : Duration(5s));
    const bool plain = talk.opening == Opening::kConnect;
    if (i != 0 && plain && plan.talks.back().opening == Opening::kConnect && dice.one_in(4)) {
      talk.same_port = true;
      talk.caller = plan.talks.back().caller;
    }
    plan.talks.push_back(talk);
  }
}

// --- What befalls the hosts.

void draw_incidents(Plan& plan) {
  Dice dice(plan.seed, "incidents");
  const auto befall = [&](IncidentKind kind, Duration most) {
    plan.incidents.push_back({dice.up_to(4s), kind, static_cast<std::uint8_t>(dice.below(2)), dice.up_to(most)});
  };
  if (dice.one_in(10)) befall(IncidentKind::kClockJump, 100s);
  if (dice.one_in(12)) befall(IncidentKind::kReboot, Duration{});
  if (dice.one_in(10)) befall(IncidentKind::kShortage, 3s);
}

// Where old duplicates can meet a new connection between the same ports, TCP without a choice of numbers of its own
// cannot tell them apart: such worlds would accuse it wrongly.
void keep_fair(Plan& plan) {
  const bool reuses = std::ranges::any_of(plan.talks, &TalkPlan::same_port);
  const bool breaks_off = std::ranges::any_of(plan.talks, [](const TalkPlan& talk) {
    return std::ranges::any_of(talk.apps, [](const AppPlan& app) {
      return app.ending == Ending::kClose || app.ending == Ending::kAbort || app.ending == Ending::kNever;
    });
  });
  if (reuses) {
    plan.late_copies = {};
    for (HostPlan& host : plan.hosts) host.tcp.fixed_initial_sequence.reset();
  }
  if (reuses && (breaks_off || !plan.incidents.empty())) {
    for (TalkPlan& talk : plan.talks) talk.same_port = false;
  }
  for (HostPlan& host : plan.hosts) {
    if (plan.has(IncidentKind::kReboot)) host.tcp.fixed_initial_sequence.reset();
  }
}

void draw_lite(Plan& plan) {
  for (impair::Profile* way : {&plan.wire.outbound, &plan.wire.inbound}) {
    const Duration delay = way->delay;
    *way = {};
    way->delay = delay;
    way->loss = 5'000;
  }
  plan.wire.changes.clear();
  plan.late_copies = {};
  plan.talks.resize(1);
  plan.incidents.clear();
}

// One large transfer over a clean link: rate and round trip, or the window, are all that limits it.
Plan performance_plan(std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  plan.mode = Mode::kPerformance;
  Dice dice(seed, "performance");
  const Duration delay = dice.one_of(std::array<Duration, 4>{500us, 2ms, 10ms, 30ms});
  const std::uint64_t rate = dice.one_of(std::array<std::uint64_t, 4>{1'000'000, 5'000'000, 20'000'000, 50'000'000});
  plan.wire.outbound.delay = plan.wire.inbound.delay = delay;
  plan.wire.outbound.rate = rate;
  const std::uint64_t product = rate / 8 * static_cast<std::uint64_t>(2 * delay / 1us) / 1'000'000;
  plan.wire.outbound.queue = static_cast<std::uint32_t>(std::max<std::uint64_t>(50, product / 1000));
  plan.hosts[1].options.receive_buffer_bytes = dice.one_of(std::array<std::uint64_t, 3>{65536, 262'144, 1U << 20U});
  plan.hosts[0].tcp.congestion = dice.one_of(std::array<std::string_view, 2>{"cubic", "reno"});
  AppPlan& writer = plan.talks.emplace_back().apps[0];
  writer.write = std::max<std::uint64_t>(1'000'000, 60 * product);
  writer.write_size = 65536;
  plan.talks.back().apps[1].read_size = 65536;
  plan.heals = std::chrono::hours(10);
  return plan;
}

}  // namespace

Plan draw_plan(std::uint64_t seed, Mode mode) {
  if (mode == Mode::kPerformance) return performance_plan(seed);
  Plan plan;
  plan.seed = seed;
  plan.mode = mode;
  draw_wire(plan);
  for (std::size_t host = 0; host < 2; ++host) draw_host(plan, host);
  draw_talks(plan);
  draw_incidents(plan);
  Dice dice(seed, "world");
  plan.offload = dice.one_in(3);
  plan.arp = dice.one_in(5);
  plan.heals = 5s + dice.up_to(dice.one_of(std::array<Duration, 3>{10s, 60s, 300s}));
  if (mode == Mode::kLite) draw_lite(plan);
  if (mode == Mode::kCanary) {
    draw_lite(plan);
    TalkPlan& talk = plan.talks.front() = {};
    talk.apps[0].write = dice.between(1'000, 50'000);
  }
  keep_fair(plan);
  return plan;
}

}  // namespace fourtuple::simulate
