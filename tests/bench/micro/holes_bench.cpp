// What one segment costs where many are in flight: it should depend on the number of holes, not on the window.
#include <benchmark/benchmark.h>

#include "stack/tcp/receive/reassembly.hpp"
#include "stack/tcp/send/retransmit_queue.hpp"

namespace fourtuple::bench {
namespace {

constexpr StreamOffset kSegment = 1448;
constexpr Instant kNow{std::chrono::hours(1)};
constexpr Duration kAllowance = std::chrono::milliseconds(100);

StreamOffset place_of(StreamOffset segment) { return 1 + segment * kSegment; }

// Every `spacing`th segment of a window is missing; the others arrive, are held, and go when the holes are filled.
void holds_a_window(benchmark::State& state) {
  const StreamOffset segments = state.range(0) / kSegment;
  const StreamOffset spacing = segments / state.range(1);
  BufferPool pool;
  for (auto _ : state) {
    tcp::Reassembly queue;
    std::array<tcp::Reassembly::Block, 4> blocks{};
    for (StreamOffset i = 1; i < segments; ++i) {
      if (i % spacing == 0) continue;
      auto payload = pool.take(kSegment, 0);
      payload->append(kSegment);
      queue.insert(place_of(i), std::move(*payload), 65536, std::size_t{1} << 30);
      benchmark::DoNotOptimize(queue.blocks(blocks));
    }
    for (StreamOffset i = 0; i < segments; ++i) benchmark::DoNotOptimize(queue.take_at(place_of(i)));
  }
  state.SetItemsProcessed(state.iterations() * segments);
}
BENCHMARK(holds_a_window)->ArgNames({"window", "holes"})->ArgsProduct({{1 << 20, 8 << 20, 64 << 20}, {1, 16, 256}});

// A window of segments in flight; every `spacing`th is lost, SACK names the others one by one, then all is
// acknowledged.
void keeps_the_scoreboard(benchmark::State& state) {
  const StreamOffset segments = state.range(0) / kSegment;
  const StreamOffset spacing = segments / state.range(1);
  for (auto _ : state) {
    tcp::RetransmitQueue flight;
    for (StreamOffset i = 0; i < segments; ++i) flight.append(place_of(i), place_of(i + 1), kNow);
    for (StreamOffset i = 1; i < segments; ++i) {
      if (i % spacing == 0) continue;
      tcp::Delivery delivery;
      flight.sack(place_of(i), place_of(i + 1), delivery);
      benchmark::DoNotOptimize(delivery);
    }
    tcp::Delivery delivery;
    flight.acknowledge(place_of(segments), delivery);
    benchmark::DoNotOptimize(delivery);
  }
  state.SetItemsProcessed(state.iterations() * segments);
}
BENCHMARK(keeps_the_scoreboard)
    ->ArgNames({"window", "holes"})
    ->ArgsProduct({{1 << 20, 8 << 20, 64 << 20}, {1, 16, 256}});

// Everything is lost at once and goes again, a window of `flight` segments at a time.
void repairs_a_window(benchmark::State& state) {
  const StreamOffset segments = state.range(0) / kSegment;
  const StreamOffset flight_segments = std::min(segments, state.range(1));
  for (auto _ : state) {
    tcp::RetransmitQueue flight;
    for (StreamOffset i = 0; i < segments; ++i) flight.append(place_of(i), place_of(i + 1), kNow);
    flight.mark_all_lost();
    for (StreamOffset i = 0; i < segments; ++i) {
      flight.take_lost(kSegment, kNow);
      if (i < flight_segments) continue;
      tcp::Delivery delivery;
      flight.acknowledge(place_of(i - flight_segments + 1), delivery);
      bool any = false;
      benchmark::DoNotOptimize(flight.mark_lost_sent_before(*delivery.newest, kAllowance, kNow, kAllowance, any));
    }
  }
  state.SetItemsProcessed(state.iterations() * segments);
}
BENCHMARK(repairs_a_window)->ArgNames({"window", "flight"})->ArgsProduct({{1 << 20, 8 << 20, 64 << 20}, {10, 500}});

}  // namespace
}  // namespace fourtuple::bench
