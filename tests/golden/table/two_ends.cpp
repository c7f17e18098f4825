#include "tests/golden/table/two_ends.hpp"

#include <algorithm>

namespace fourtuple::golden {
namespace {

constexpr MacAddress mac_of(std::size_t end) { return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(end + 1)}}; }

StackConfig config_of(const Circumstances& circumstances) {
  StackConfig config;
  config.tcp.congestion = circumstances.congestion;
  config.tcp.tune_buffers = circumstances.tunes_buffers;
  if (circumstances.buffer_bytes != 0) {
    config.tcp.receive_buffer_bytes = config.tcp.send_buffer_bytes = circumstances.buffer_bytes;
  }
  if (circumstances.asks_for_ecn) config.tcp.ecn = tcp::EcnUse::kAsk;
  config.tcp.max_out_of_order_segments = std::size_t{1} << 16;
  return config;
}

// Nothing that the rules do not say limits the wire. Sums are not what is looked at here.
MemoryWire open_wire(BufferPool& pool) {
  return MemoryWire::open({.checksum_offload = true, .queue_limit_frames = std::size_t{1} << 20}, pool).value();
}

std::unique_ptr<ImpairDriver> impaired(const Circumstances& circumstances, std::unique_ptr<Driver> inner,
                                       BufferPool& pool) {
  const ImpairOptions options{.rules = impair::parse_rules(circumstances.rules).value(), .seed = circumstances.seed};
  return ImpairDriver::open(options, std::move(inner), pool).value();
}

}  // namespace

TwoEnds::TwoEnds(const Circumstances& circumstances)
    : wire_(open_wire(pool_)), near_(impaired(circumstances, wire_.end(0), pool_)), far_(wire_.end(1)) {
  const std::array<Driver*, 2> drivers{near_.get(), far_.get()};
  for (std::size_t end = 0; end < 2; ++end) {
    stacks_[end] =
        std::make_unique<Stack>(config_of(circumstances), RandomSource::from_seed(circumstances.seed * 2 + end));
    stacks_[end]->attach(*drivers[end], {.name = "ft0", .mac = mac_of(end), .address = {address(end), 24}});
    stacks_[end]->add_static_neighbour(0, address(1 - end), mac_of(1 - end));
  }
}

std::uint64_t TwoEnds::lost_frames() const {
  const impair::LaneCounters& counters = near_->outbound_counters();
  return counters.lost_by_chance + counters.dropped_queue_full;
}

Instant TwoEnds::next_deadline() const { return std::min(stacks_[0]->next_deadline(), stacks_[1]->next_deadline()); }

bool TwoEnds::settle() {
  bool any = false;
  for (; next_deadline() <= now_; any = true) {
    for (auto& stack : stacks_) {
      while (stack->receive_from_driver(0, now_) == stack->config().receive_batch) {
      }
      stack->advance(now_);
    }
  }
  return any;
}

bool TwoEnds::pass(Instant limit) {
  const Instant next = next_deadline();
  if (next > limit) return false;
  now_ = std::max(now_, next);
  return true;
}

bool TwoEnds::has_news(std::size_t end) {
  stacks_[end]->swap_notices(notices_);
  return !notices_.empty();
}

}  // namespace fourtuple::golden
