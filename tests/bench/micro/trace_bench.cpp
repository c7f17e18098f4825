// What watching costs, and that not watching costs a branch.
#include <benchmark/benchmark.h>

#include "tests/bench/micro/two_stacks.hpp"

namespace fourtuple::bench {
namespace {

class CountingSink final : public trace::Sink {
 public:
  void on_event(const trace::Event&) override { ++count_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
};

void TracedPingPong(benchmark::State& state) {
  CountingSink sink;
  TwoStacks stacks({});
  const auto [client, server] = stacks.connect();
  for (int side = 0; side < 2 && state.range(0) != 0; ++side) stacks.stack(side).set_trace_sink(&sink);
  std::array<std::uint8_t, 1> octet{'x'};
  for (auto _ : state) {
    stacks.send(0, client, octet);
    stacks.take(1);
    stacks.send(1, server, ByteView(octet).first(stacks.receive(1, server, octet)));
    stacks.take(0);
    stacks.receive(0, client, octet);
    stacks.pass(std::chrono::microseconds(10));
  }
  state.counters["events"] = benchmark::Counter(static_cast<double>(sink.count()), benchmark::Counter::kAvgIterations);
  for (int side = 0; side < 2; ++side) stacks.stack(side).set_trace_sink(nullptr);
}
BENCHMARK(TracedPingPong)->ArgName("sink")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void EmitToNobody(benchmark::State& state) {
  trace::Sink* sink = nullptr;
  benchmark::DoNotOptimize(sink);
  const trace::Tracer tracer(sink, {});
  for (auto _ : state) {
    if (tracer) tracer.emit(1, trace::WindowChanged{1, 2});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(EmitToNobody);

}  // namespace
}  // namespace fourtuple::bench
