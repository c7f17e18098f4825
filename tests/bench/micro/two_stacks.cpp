#include "tests/bench/micro/two_stacks.hpp"

#include <cstdlib>

namespace fourtuple::bench {
namespace {

constexpr Ipv4Address kServer = Ipv4Address::from_octets(10, 0, 0, 1);
constexpr Port kPort = 7;

Ipv4Address client(std::uint8_t last) { return Ipv4Address::from_octets(10, 0, 0, last); }

}  // namespace

TwoStacks::TwoStacks(const WireKind& kind) {
  const MemoryWireOptions options{.checksum_offload = kind.checksum_offload, .tso4 = kind.super_segments};
  const auto wire = MemoryWire::open(options, pool_);
  if (!wire) std::abort();
  for (std::size_t side = 0; side < 2; ++side) {
    End& end = ends_[side];
    end.driver = wire->end(static_cast<int>(side));
    end.stack = std::make_unique<Stack>(StackConfig{}, RandomSource::from_seed(side + 1));
    const auto address = side == 0 ? client(next_address_) : kServer;
    const MacAddress mac{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(side + 1)}};
    end.stack->attach(*end.driver, {.name = "ft0", .mac = mac, .address = {address, 24}});
  }
  for (std::uint8_t last = 5; last < 16; ++last) stack(0).add_address(0, {client(last), 24});
  listener_ = stack(1).with_tcp(now_, [](tcp::Layer& layer, tcp::Context& context) {
    const auto binding = layer.bind({IpAddress(kServer), kPort}, false, false, context);
    return *layer.listen(*binding, 4096, {.no_delay = true}, 0);
  });
}

TwoStacks::Pair TwoStacks::connect() {
  if (next_port_ == 65535) ++next_address_, next_port_ = 1024;
  const Endpoint local{IpAddress(client(next_address_)), next_port_++};
  const auto way = stack(0).way_to(IpAddress(kServer));
  Pair pair;
  pair.client = *stack(0).with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect(local, {IpAddress(kServer), kPort}, way->path, {.no_delay = true}, 0, context);
  });
  settle();
  pair.server = *stack(1).with_tcp(
      now_, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(listener_, context); });
  return pair;
}

void TwoStacks::add_idle(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) (void)connect();
}

std::size_t TwoStacks::send(int side, tcp::ConnectionId id, ByteView bytes) {
  const std::array pieces{bytes};
  const auto sent = stack(side).with_tcp(
      now_, [&](tcp::Layer& layer, tcp::Context& context) { return layer.send(id, pieces, {}, context); });
  return sent.value_or(0);
}

std::size_t TwoStacks::receive(int side, tcp::ConnectionId id, ByteSpan room) {
  const std::array pieces{room};
  const auto got = stack(side).with_tcp(
      now_, [&](tcp::Layer& layer, tcp::Context& context) { return layer.receive_data(id, pieces, {}, context); });
  return got.value_or(0);
}

bool TwoStacks::take(int side) {
  const bool any = stack(side).receive_from_driver(0, now_) != 0;
  forget_notices(side);
  return any;
}

void TwoStacks::settle() {
  for (bool any = true; any;) any = take(0) | take(1);
}

void TwoStacks::pass(Duration time) {
  now_ += time;
  for (int side = 0; side < 2; ++side) {
    if (stack(side).next_deadline() <= now_) stack(side).advance(now_);
    forget_notices(side);
  }
}

void TwoStacks::forget_notices(int side) { stack(side).swap_notices(notices_); }

}  // namespace fourtuple::bench
