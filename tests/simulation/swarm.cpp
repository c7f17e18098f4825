#include "tests/simulation/swarm.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fourtuple::test {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(RandomSource::from_seed(seed)) {}
  [[nodiscard]] bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  [[nodiscard]] std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + random_.below(high - low + 1);
  }
  // Small numbers as likely as large ones.
  [[nodiscard]] std::uint64_t magnitude(std::uint64_t high) { return between(0, high >> random_.below(12)); }
  template <class Value, std::size_t Count>
  [[nodiscard]] Value one_of(const std::array<Value, Count>& values) {
    return values[random_.below(Count)];
  }
  [[nodiscard]] Duration milliseconds(std::uint64_t high) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(between(0, high)));
  }

 private:
  RandomSource random_;
};

impair::Profile bad_direction(Dice& dice) {
  impair::Profile profile;
  constexpr std::uint64_t kPercent = 10'000;
  if (dice.one_in(2)) profile.loss = static_cast<impair::PartsPerMillion>(dice.magnitude(25 * kPercent));
  if (dice.one_in(3)) profile.duplicate = static_cast<impair::PartsPerMillion>(dice.magnitude(25 * kPercent));
  if (dice.one_in(3)) profile.corrupt = static_cast<impair::PartsPerMillion>(dice.magnitude(8 * kPercent));
  if (dice.one_in(2)) {
    profile.reorder = static_cast<impair::PartsPerMillion>(dice.magnitude(40 * kPercent));
    profile.reorder_depth = static_cast<std::uint32_t>(dice.between(1, 20));
    profile.reorder_delay = dice.milliseconds(50);
  }
  profile.delay = dice.milliseconds(dice.one_of(std::array<std::uint64_t, 3>{0, 5, 60}));
  if (dice.one_in(3)) profile.jitter = std::min<Duration>(profile.delay, dice.milliseconds(40));
  if (dice.one_in(4)) {
    profile.rate = dice.between(200'000, 50'000'000);
    profile.queue = static_cast<std::uint32_t>(dice.between(5, 200));
  }
  return profile;
}

tcp::TcpConfig some_config(Dice& dice) {
  tcp::TcpConfig config;
  config.timestamps = !dice.one_in(3);
  config.sack = !dice.one_in(3);
  config.window_scaling = !dice.one_in(3);
  config.initial_window_segments = static_cast<std::uint32_t>(dice.between(1, 10));
  config.delayed_ack = dice.one_in(3) ? 200ms : 40ms;
  if (dice.one_in(4)) config.max_out_of_order_segments = dice.between(32, 512);
  config.orphan_retries = config.retries_r2;  // no cable is out for that long
  config.syn_ack_retries = 100;
  return config;
}

tcp::ConnectionOptions some_options(Dice& dice) {
  tcp::ConnectionOptions options;
  options.no_delay = dice.one_in(2);
  options.keep_alive = dice.one_in(4);
  options.keep_alive_idle = 10s;
  options.keep_alive_interval = 5s;
  options.keep_alive_count = 100;
  options.syn_retries = 100;  // the wire may be this bad, and is no reason to give up
  if (dice.one_in(2)) options.receive_buffer_bytes = 256 + dice.magnitude(200'000);
  if (dice.one_in(2)) options.send_buffer_bytes = 256 + dice.magnitude(200'000);
  if (dice.one_in(4)) options.max_segment = static_cast<std::uint16_t>(dice.between(88, 1460));
  return options;
}

StreamPlan some_plan(Dice& dice) {
  StreamPlan plan;
  plan.octets_to_write = dice.magnitude(120'000);
  plan.max_write = 1 + dice.magnitude(20'000);
  plan.max_read = 1 + dice.magnitude(20'000);
  // A stream that goes through one octet at a time says nothing new after the first thousands.
  plan.octets_to_write = std::min<std::uint64_t>(plan.octets_to_write, plan.max_write * 500);
  if (dice.one_in(3)) {
    const bool long_ones = dice.one_in(4);
    plan.stall_chance = long_ones ? 0.001 : 0.02;
    plan.max_stall = long_ones ? Duration(60s) : Duration(500ms);
  }
  plan.shutdown_after_reading = dice.one_in(3);
  return plan;
}

// The two ends of all connections, and how far they are.
class Town {
 public:
  Town(const World& world, TwoHosts& hosts) : world_(world), hosts_(hosts) {
    for (std::size_t i = 0; i < world.connections; ++i) open(i);
  }

  Instant act(Instant now) {
    for (std::size_t i = 0; i < listeners_.size(); ++i) accept(i, now);
    Instant wanted = kNever;
    for (auto& app : apps_) wanted = std::min(wanted, app.act(now));
    return wanted;
  }
  [[nodiscard]] bool is_done() const {
    return apps_.size() == 2 * world_.connections &&
           std::all_of(apps_.begin(), apps_.end(), [](const StreamApp& app) { return app.is_done(); });
  }
  [[nodiscard]] std::string problem() const {
    for (const auto& app : apps_) {
      if (!app.problem().empty()) return app.problem();
    }
    return {};
  }
  [[nodiscard]] std::string progress() const {
    std::string text;
    for (const auto& app : apps_) text += "[" + app.progress() + "] ";
    return text;
  }
  void close_listeners() {
    for (const auto listener : listeners_) {
      hosts_.stack(1).with_tcp(hosts_.now(), [&](tcp::Layer& layer, tcp::Context& context) {
        layer.close(listener, context);
        return 0;
      });
    }
  }

 private:
  static constexpr Port port(std::size_t connection) {
    return static_cast<Port>(WireObserver::kFirstPort + connection);
  }

  void open(std::size_t i) {
    const auto listener = hosts_.stack(1).with_tcp(hosts_.now(), [&](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({IpAddress{}, port(i)}, false, false, context);
      return layer.listen(*binding, 4, world_.options[1], 1);
    });
    listeners_.push_back(*listener);
    const auto way = hosts_.stack(0).way_to(TwoHosts::address(1));
    const auto id = hosts_.stack(0).with_tcp(hosts_.now(), [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.connect({way->source, 0}, {TwoHosts::address(1), port(i)}, way->path, world_.options[0], 2, context);
    });
    add(0, *id, i);
  }
  void accept(std::size_t i, Instant now) {
    const auto id = hosts_.stack(1).with_tcp(
        now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listeners_[i], context); });
    if (id) add(1, *id, i);
  }
  void add(int host, tcp::ConnectionId id, std::size_t connection) {
    apps_.emplace_back(hosts_.stack(host), id, host == 0 ? Direction::kOurs : Direction::kPeers,
                       WireObserver::stream_base(connection), world_.plans[static_cast<std::size_t>(host)],
                       world_.hosts.seed * 1000 + connection * 2 + static_cast<std::size_t>(host));
  }

  const World& world_;
  TwoHosts& hosts_;
  std::vector<tcp::ListenerId> listeners_;
  std::vector<StreamApp> apps_;
};

// The cable comes out once and is put back.
void handle_cable(const World& world, TwoHosts& hosts, Duration age) {
  if (world.cable_pulled_after == Duration::zero()) return;
  const Duration back = world.cable_pulled_after + world.cable_pulled_for;
  hosts.set_plugged(age < world.cable_pulled_after || age >= back);
}

std::string what_is_left(TwoHosts& hosts) {
  for (int host = 0; host < 2; ++host) {
    if (hosts.stack(host).tcp().connection_count() != 0) return fmt::format("host {} keeps a connection", host);
    if (hosts.stack(host).buffers().bytes_in_use() != 0) return fmt::format("host {} keeps packet buffers", host);
  }
  return {};
}

}  // namespace

std::string World::text() const {
  const auto side = [&](std::size_t i) {
    const auto& config = hosts.tcp[i];
    return fmt::format("host {}: ts {} sack {} scale {} rcv {} snd {} nodelay {} writes {} by {} reads by {} stall {}",
                       i, config.timestamps, config.sack, config.window_scaling, options[i].receive_buffer_bytes,
                       options[i].send_buffer_bytes, options[i].no_delay, plans[i].octets_to_write, plans[i].max_write,
                       plans[i].max_read, plans[i].stall_chance);
  };
  return fmt::format("seed {}: {} connections, mtu {}, tso {}, wire \"{}\"\n  {}\n  {}", hosts.seed, connections,
                     hosts.wire.mtu, hosts.wire.tso4, to_string(hosts.rules), side(0), side(1));
}

World world_of(std::uint64_t seed) {
  Dice dice(seed);
  World world;
  world.hosts.seed = seed;
  if (!dice.one_in(8)) world.hosts.rules.outbound = bad_direction(dice);
  if (!dice.one_in(8)) world.hosts.rules.inbound = bad_direction(dice);
  world.hosts.wire.mtu = dice.one_of(std::array<std::size_t, 5>{296, 576, 1500, 1500, 9000});
  world.hosts.wire.latency = {dice.milliseconds(10), dice.milliseconds(10)};
  const bool corrupts = world.hosts.rules.outbound.corrupt != 0 || world.hosts.rules.inbound.corrupt != 0;
  // Over an offloading wire the checksum is never made, so nobody could find the flipped bit.
  if (!corrupts) world.hosts.wire.checksum_offload = world.hosts.wire.tso4 = dice.one_in(2);
  world.connections = dice.one_in(5) ? dice.between(2, 12) : 1;
  for (std::size_t i = 0; i < 2; ++i) {
    world.hosts.tcp[i] = some_config(dice);
    world.options[i] = some_options(dice);
    world.plans[i] = some_plan(dice);
  }
  for (std::size_t i = 0; i < 2; ++i) world.plans[i].octets_to_read = world.plans[1 - i].octets_to_write;
  // Both would wait for the other's FIN.
  if (world.plans[0].shutdown_after_reading) world.plans[1].shutdown_after_reading = false;
  if (dice.one_in(6)) {
    world.cable_pulled_after = 1ms + dice.milliseconds(3000);
    world.cable_pulled_for = dice.milliseconds(30'000);
  }
  return world;
}

Outcome live_through(const World& world, Story* story) {
  TwoHosts hosts(world.hosts);
  std::optional<Narrator> client;
  std::optional<Narrator> server;
  if (story != nullptr) {
    hosts.add_sink(0, client.emplace("client", *story));
    hosts.add_sink(1, server.emplace("             server", *story));
  }
  Town town(world, hosts);
  const Instant begin = hosts.now();
  std::string problem;
  const auto act = [&](Instant now) {
    handle_cable(world, hosts, now - begin);
    const Instant wanted = town.act(now);
    problem = town.problem();
    return wanted;
  };
  const bool delivered = hosts.run(std::chrono::hours(12), act, [&] { return town.is_done() || !problem.empty(); });
  const Duration took = hosts.now() - begin;
  if (problem.empty()) problem = hosts.problem();
  if (problem.empty() && !delivered) problem = "not done after 12 hours, or nothing is scheduled: " + town.progress();
  if (problem.empty()) {
    // A FIN that is repeated after the other end's TIME-WAIT finds nobody there.
    hosts.observer().allow_resets();
    town.close_listeners();
    hosts.run(
        std::chrono::hours(1), [](Instant) { return kNever; }, [] { return false; });
    problem = hosts.problem().empty() ? what_is_left(hosts) : hosts.problem();
  }
  return {problem, hosts.observer().hash(), hosts.observer().frames(), took};
}

}  // namespace fourtuple::test
