// How fast the stack is against the kernel over a TAP device, as ratios to limits that are measured in the same run:
// a responder that only swaps headers and acknowledges, and Linux against Linux over veth. See docs/benchmarks.md.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sched.h>
#include <thread>

#include "apps/report.hpp"
#include "apps/world/namespaces.hpp"
#include "tests/bench/link/clients.hpp"
#include "tests/bench/link/devices.hpp"
#include "tests/bench/link/scoreboard.hpp"
#include "tests/bench/link/subjects.hpp"

namespace fourtuple::bench {
namespace {

struct Options {
  int rounds = 7;
  double seconds = 1;
  std::string only;  // names of measurements begin with this
  std::size_t idle = 10000;
  int clients = 16;
  bool one_processor = false;
};

constexpr Ipv4Address address_of(std::uint8_t network) { return Ipv4Address::from_octets(10, 0, network, 4); }

struct Subjects {
  Subject ours, ours_plain, raw, raw_plain, linux;
};

SetupResult<Subjects> start_all() {
  auto ours = start_ours("ours0", address_of(0), true);
  if (!ours) return failure(ours.error());
  auto ours_plain = start_ours("ours1", address_of(1), false);
  if (!ours_plain) return failure(ours_plain.error());
  auto raw = start_raw("raw0", address_of(2), true);
  if (!raw) return failure(raw.error());
  auto raw_plain = start_raw("raw1", address_of(3), false);
  if (!raw_plain) return failure(raw_plain.error());
  auto linux = start_linux("linux0", address_of(4));
  if (!linux) return failure(linux.error());
  return Subjects{std::move(*ours), std::move(*ours_plain), std::move(*raw), std::move(*raw_plain), std::move(*linux)};
}

std::vector<Measurement> measurements(const Subjects& subjects, const Options& options) {
  const auto [ours, ours_plain, raw, raw_plain, linux] =
      std::array{subjects.ours.address(), subjects.ours_plain.address(), subjects.raw.address(),
                 subjects.raw_plain.address(), subjects.linux.address()};
  const Seconds span(options.seconds);
  const auto in = [span](Ipv4Address to) { return [=] { return bulk_to(to, kDiscardPort, span); }; };
  const auto out = [span](Ipv4Address from) { return [=] { return bulk_from(from, kSourcePort, span); }; };
  const auto ping = [span](Ipv4Address to, std::uint16_t port) { return [=] { return round_trip(to, port, span); }; };
  const auto connect = [span, clients = options.clients](Ipv4Address to, bool exchange) {
    return [=] { return connection_rate(to, kEchoPort, span, clients, exchange); };
  };
  using enum Unit;
  return {{"bulk in, super-segments", kBits, {{"ours", in(ours)}, {"raw", in(raw)}, {"linux", in(linux)}}},
          {"bulk in, single frames", kBits, {{"ours", in(ours_plain)}, {"raw", in(raw_plain)}}},
          {"bulk out, super-segments", kBits, {{"ours", out(ours)}, {"raw", out(raw)}, {"linux", out(linux)}}},
          {"bulk out, single frames", kBits, {{"ours", out(ours_plain)}, {"raw", out(raw_plain)}}},
          {"ping-pong, 1 octet",
           kMicroseconds,
           {{"ours", ping(ours, kEchoPort)},
            {"raw", ping(raw, kEchoPort)},
            {"linux", ping(linux, kBlockingEchoPort)},
            {"plain", ping(ours_plain, kEchoPort)}}},
          {"connect, close",
           kRate,
           {{"ours", connect(ours, false)}, {"raw", connect(raw, false)}, {"linux", connect(linux, false)}}},
          {"connect, 1 octet, close",
           kRate,
           {{"ours", connect(ours, true)}, {"raw", connect(raw, true)}, {"linux", connect(linux, true)}}}};
}

double idle_cpu_percent(const Subject& subject) {
  const auto before = subject.cpu_nanoseconds();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  return static_cast<double>(subject.cpu_nanoseconds() - before) / 3e9 * 100;
}

void measure_idle(const Subject& ours, const Options& options) {
  const double alone = idle_cpu_percent(ours);
  const double before = round_trip(ours.address(), kEchoPort, Seconds(options.seconds));
  const auto connections = idle_connections(ours.address(), kEchoPort, options.idle);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double with_many = idle_cpu_percent(ours);
  const double after = round_trip(ours.address(), kEchoPort, Seconds(options.seconds));
  fmt::print("{:26} {:.2f} % of one processor with none, {:.2f} % with {} connections\n", "idle", alone, with_many,
             connections.size());
  fmt::print("{:26} {:.2f} us with none, {:.2f} us with {}: {:.2f}\n", "ping-pong beside them", before * 1e6,
             after * 1e6, connections.size(), after / before);
}

void stay_on_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof(one), &one);
}

int run(const Options& options) {
  if (auto entered = apps::enter_private_network(); !entered) return apps::report(entered.error());
  widen_port_range();
  if (options.one_processor) stay_on_one_processor();
  const auto subjects = start_all();
  if (!subjects) return apps::report(subjects.error());
  for (const Subject* each :
       {&subjects->ours, &subjects->ours_plain, &subjects->raw, &subjects->raw_plain, &subjects->linux}) {
    if (!each->wait_until_ready()) return fmt::print("{} does not answer\n", each->name()), 1;
  }
  print_heading();
  for (const Measurement& each : measurements(*subjects, options)) {
    if (each.name.starts_with(options.only)) print(each, measure(each, options.rounds));
  }
  if (std::string_view("idle").starts_with(options.only)) measure_idle(subjects->ours, options);
  return 0;
}

}  // namespace
}  // namespace fourtuple::bench

int main(int argc, char** argv) {
  fourtuple::bench::Options options;
  CLI::App app("Measures the stack over a TAP device, beside a do-nothing responder and beside Linux itself.");
  app.add_option("--rounds", options.rounds, "rounds of each measurement; medians are printed")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long each takes")->capture_default_str();
  app.add_option("--only", options.only, "only measurements whose names begin so: bulk, ping, connect, idle");
  app.add_option("--idle", options.idle, "idle connections")->capture_default_str();
  app.add_flag("--one-processor", options.one_processor, "keep everything on one: no wake-ups across, less noise");
  app.add_option("--clients", options.clients, "threads that connect in a loop")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return fourtuple::bench::run(options);
}
