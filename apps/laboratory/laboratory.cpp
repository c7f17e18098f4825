#include "apps/laboratory/laboratory.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "apps/laboratory/ip_port.hpp"
#include "fourtuple/stack_handle.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::laboratory {
namespace {

constexpr int kMaxRounds = 1000;             // of a stack that always has something more to do
constexpr std::uint8_t kLongestPrefix = 30;  // leaves room for the gateway

[[nodiscard]] Ipv4Prefix network_of(const Setup& setup) {
  return {setup.address.address, std::min(setup.address.length, kLongestPrefix)};
}

// A gateway elsewhere could not be reached; which neighbour forwards our packets is seen by nobody.
[[nodiscard]] Ipv4Address gateway_of(const Setup& setup) {
  const Ipv4Prefix network = network_of(setup);
  const bool is_neighbour = network.contains(setup.gateway) && setup.gateway != network.address;
  return is_neighbour ? setup.gateway : Ipv4Address{network.address.value ^ 1};
}

[[nodiscard]] bool may_be_a_host(Ipv4Address address) {
  return !address.is_this_network() && !address.is_loopback() && !address.is_multicast() &&
         !address.is_limited_broadcast() && !address.is_reserved();
}

// So that a blocking call which waits in vain sees time pass until its end.
[[nodiscard]] std::function<bool(Instant)> stepping(Laboratory& laboratory) {
  return [&laboratory](Instant limit) { return laboratory.step(limit) || laboratory.now() >= limit; };
}

[[nodiscard]] RuntimeOptions options_for(Setup& setup, const std::shared_ptr<Clock>& clock, Laboratory& laboratory) {
  RuntimeOptions options;
  options.stack = setup.stack;
  options.seed = RandomSource::Seed{setup.seed, 2, 3, 4};
  options.clock = clock;
  options.while_blocked = setup.while_blocked ? std::move(setup.while_blocked) : stepping(laboratory);
  return options;
}

}  // namespace

struct Laboratory::Parts {
  Parts(Setup& setup, Laboratory& laboratory)
      : clock(std::make_shared<ManualClock>(setup.start)),
        port(setup.mtu),
        runtime(options_for(setup, clock, laboratory)) {}

  void connect(const Setup& setup);

  std::shared_ptr<ManualClock> clock;
  IpPort port;
  Runtime runtime;
  ft_stack* handle = nullptr;
  ft_stack* previous = nullptr;
  std::mutex adopting;
  std::size_t adopted = 0;
};

// One way out: the network's own route goes, the gateway is known from the start, so no packet waits for ARP.
void Laboratory::Parts::connect(const Setup& setup) {
  const Ipv4Prefix network = network_of(setup);
  const Ipv4Address gateway = gateway_of(setup);
  runtime.attach(port, {.name = "lab0", .mac = IpPort::kOurs, .address = network, .mtu = setup.mtu});
  runtime.with_stack([&](Stack& stack, Instant) {
    stack.add_static_neighbour(0, gateway, IpPort::kTheirs);
    [[maybe_unused]] const auto added = stack.add_route({{}, gateway, 0, 0});
    for (const Route& route : stack.routes()) {
      if (!route.gateway.is_any()) continue;
      [[maybe_unused]] const auto removed = stack.remove_route(route);
    }
  });
}

Laboratory::Laboratory(Setup setup) : parts_(std::make_unique<Parts>(setup, *this)) {
  parts_->connect(setup);
  if (setup.sink != nullptr) parts_->runtime.set_trace_sink(setup.sink);
  parts_->previous = ft_current_stack();
  parts_->handle = adopt_stack(parts_->runtime);
  ft_use_stack(parts_->handle);
}

Laboratory::~Laboratory() {
  if (ft_current_stack() == parts_->handle) ft_use_stack(parts_->previous);
  ft_stack_close(parts_->handle);
}

void Laboratory::give(ByteView datagram) {
  if (const auto header = wire::Ipv4Header::parse(datagram)) adopt(header->destination);
  parts_->port.put(datagram);
  settle();
}

std::optional<Emitted> Laboratory::take() { return parts_->port.take(); }
bool Laboratory::has_emitted() const { return parts_->port.has_emitted(); }
std::size_t Laboratory::dropped() const { return parts_->port.dropped(); }

bool Laboratory::adopt(Ipv4Address address) {
  if (!may_be_a_host(address)) return false;
  const std::lock_guard lock(parts_->adopting);
  return parts_->runtime.with_stack([&](Stack& stack, Instant) {
    if (stack.is_local(address)) return true;
    if (stack.interface(0).address.is_broadcast(address) || parts_->adopted == kMaxAdopted) return false;
    stack.add_address(0, {address, 32});
    ++parts_->adopted;
    return true;
  });
}

Instant Laboratory::now() const { return parts_->clock->now(); }
Instant Laboratory::next_deadline() const { return parts_->runtime.next_deadline(); }

void Laboratory::advance_to(Instant moment) {
  // Ends because the stack's deadlines move on; were one stuck, time would pass over it.
  for (Instant next = next_deadline(); next <= moment; next = std::max(next_deadline(), next + Duration(1))) {
    parts_->clock->advance_to(next);
    settle();
  }
  parts_->clock->advance_to(moment);
}

bool Laboratory::step(Instant limit) {
  if (parts_->runtime.poll()) return true;
  const Instant next = std::min(next_deadline(), limit);
  if (next == kNever) return false;
  parts_->clock->advance_to(next);
  const bool is_due = next_deadline() <= now();
  settle();
  return is_due;
}

void Laboratory::settle() {
  for (int round = 0; round < kMaxRounds && parts_->runtime.poll(); ++round) {
  }
}

Runtime& Laboratory::runtime() { return parts_->runtime; }

}  // namespace fourtuple::laboratory
