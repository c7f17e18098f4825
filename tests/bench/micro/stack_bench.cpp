// Segments in and out of whole stacks, with and without neighbours that do nothing.
#include <benchmark/benchmark.h>
#include <vector>

#include "tests/bench/micro/two_stacks.hpp"

namespace fourtuple::bench {
namespace {

constexpr auto kStep = std::chrono::microseconds(10);

// One octet there and back: four events in two stacks, checksums in software. Idle connections must cost nothing.
void PingPong(benchmark::State& state) {
  TwoStacks stacks({});
  stacks.add_idle(static_cast<std::size_t>(state.range(0)));
  const auto [client, server] = stacks.connect();
  std::array<std::uint8_t, 1> octet{'x'};
  for (auto _ : state) {
    stacks.send(0, client, octet);
    stacks.take(1);
    stacks.send(1, server, ByteView(octet).first(stacks.receive(1, server, octet)));
    stacks.take(0);
    if (stacks.receive(0, client, octet) != 1) state.SkipWithError("the octet is lost");
    stacks.pass(kStep);
  }
}
BENCHMARK(PingPong)->Arg(0)->Arg(1000)->Arg(10000)->Arg(100000)->Unit(benchmark::kMicrosecond);

// Data as fast as it goes, one direction, in segments of 1,448 octets. Counts both stacks.
void Bulk(benchmark::State& state, WireKind kind) {
  TwoStacks stacks(kind);
  const auto [client, server] = stacks.connect();
  const std::vector<std::uint8_t> out(256 * 1024, 'd');
  std::vector<std::uint8_t> in(1 << 20);
  std::int64_t delivered = 0;
  for (auto _ : state) {
    stacks.send(0, client, out);
    while (stacks.take(1)) delivered += static_cast<std::int64_t>(stacks.receive(1, server, in));
    stacks.settle();
    stacks.pass(kStep);
  }
  state.SetBytesProcessed(delivered);
  state.counters["us/segment"] = benchmark::Counter(static_cast<double>(delivered) / 1448 / 1e6,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(Bulk, software_checksums, WireKind{});
BENCHMARK_CAPTURE(Bulk, checksum_offload, WireKind{.checksum_offload = true});
BENCHMARK_CAPTURE(Bulk, super_segments, WireKind{.super_segments = true});

// SYN, SYN-ACK, ACK: three segments, two connections made.
void Handshake(benchmark::State& state) {
  TwoStacks stacks({});
  for (auto _ : state) {
    const auto [client, server] = stacks.connect();
    for (const auto& [side, id] : {std::pair(0, client), std::pair(1, server)}) {
      stacks.stack(side).with_tcp(Instant(std::chrono::hours(1)),
                                  [id = id](tcp::Layer& layer, tcp::Context& context) { layer.abort(id, context); });
    }
    stacks.settle();
  }
}
BENCHMARK(Handshake)->Iterations(200000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fourtuple::bench
