#include "tests/support/two_hosts.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace fourtuple::test {
namespace {

constexpr MacAddress mac(int host) { return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(host + 1)}}; }

std::unique_ptr<Driver> impaired(const TwoHostsSetup& setup, std::unique_ptr<Driver> inner, BufferPool& pool) {
  auto driver = ImpairDriver::open({.rules = setup.rules, .seed = setup.seed}, std::move(inner), pool);
  if (!driver) std::abort();  // a test's own rules are too many
  return std::move(*driver);
}

}  // namespace

TwoHosts::TwoHosts(const TwoHostsSetup& setup)
    : observer_(setup.wire.mtu), wire_(MemoryWire::open(setup.wire, pool_).value()) {
  for (int host = 0; host < 2; ++host) {
    auto driver = wire_.end(host);
    if (host == 0) driver = impaired(setup, std::move(driver), pool_);  // both directions pass it
    const auto i = static_cast<std::size_t>(host);
    drivers_[i] = std::make_unique<WatchedDriver>(host, std::move(driver), observer_);
    StackConfig config;
    config.tcp = setup.tcp[i];
    config.tcp.check_invariants = true;
    stacks_[i] = std::make_unique<Stack>(config, RandomSource::from_seed(setup.seed * 2 + i));
    sinks_[i].add(judges_[i]);
    stacks_[i]->set_trace_sink(&sinks_[i]);
    stacks_[i]->attach(*drivers_[i],
                       {.name = "ft0", .mac = mac(host), .address = {address(host), 24}, .mtu = setup.wire.mtu});
    // ARP has no checksum, and a corrupted answer would speak against the wire, not against the stack.
    stacks_[i]->add_static_neighbour(0, address(1 - host), mac(1 - host));
  }
}

void TwoHosts::set_plugged(bool plugged) {
  for (auto& driver : drivers_) driver->set_plugged(plugged);
}

Instant TwoHosts::next_deadline() const { return std::min(stacks_[0]->next_deadline(), stacks_[1]->next_deadline()); }

// Lets both stacks do all that is due now. Answers whether there was anything.
bool TwoHosts::settle() {
  int rounds = 0;
  for (; next_deadline() <= now_; ++rounds) {
    if (rounds == 10'000) {
      problem_ = "the next deadline stays in the past";
      return false;
    }
    for (auto& stack : stacks_) {
      while (stack->receive_from_driver(0, now_) == stack->config().receive_batch) {
      }
      stack->advance(now_);
    }
  }
  for (auto& stack : stacks_) {
    if (const char* broken = stack->broken_invariant()) problem_ = fmt::format("broken invariant: {}", broken);
  }
  return rounds != 0;
}

bool TwoHosts::run(Duration limit, const Act& act, const std::function<bool()>& done) {
  const Instant end = now_ + limit;
  for (;;) {
    Instant wanted = act(now_);
    while (settle() && problem().empty()) wanted = act(now_);
    if (!problem().empty()) return false;
    if (done()) return true;
    const Instant next = std::min(wanted, next_deadline());
    if (next > end) return false;
    now_ = std::max(now_, next);
  }
}

std::string TwoHosts::problem() const {
  if (!problem_.empty()) return problem_;
  for (const auto& judge : judges_) {
    if (const std::string broken = judge.first(); !broken.empty()) return "a broken rule: " + broken;
  }
  return observer_.violation();
}

}  // namespace fourtuple::test
