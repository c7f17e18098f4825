// From the four-tuple of a segment to its connection: the time must not depend on how many there are, but for the
// caches that a larger table misses.
#include <benchmark/benchmark.h>
#include <memory>
#include <vector>

#include "stack/tcp/connection.hpp"
#include "stack/tcp/table.hpp"

namespace fourtuple::tcp {
namespace {

FourTuple name_of(std::size_t number) {
  const Ipv4Address remote{0x0a010000U + static_cast<std::uint32_t>(number / 60000)};
  return {{IpAddress(Ipv4Address::from_octets(10, 0, 0, 4)), 80},
          {IpAddress(remote), static_cast<Port>(1024 + number % 60000)}};
}

void FindConnection(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  RandomSource random = RandomSource::from_seed(1);
  const TcpConfig config;
  Shared shared(config, random);
  ConnectionTable table(shared.table_key);
  std::vector<std::unique_ptr<Connection>> connections;
  for (std::size_t i = 0; i < count; ++i) {
    Connection::Birth birth;
    birth.name = name_of(i);
    connections.push_back(std::make_unique<Connection>(shared, birth));
    table.insert(name_of(i), connections.back().get());
  }
  std::vector<FourTuple> wanted;
  for (int i = 0; i < 4096; ++i) wanted.push_back(name_of(random.below(count)));
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(table.find(wanted[next++ % wanted.size()]));
}
BENCHMARK(FindConnection)->Arg(10)->Arg(10000)->Arg(100000);

void FindNobody(benchmark::State& state) {
  RandomSource random = RandomSource::from_seed(1);
  ConnectionTable table(random.secret_key());
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(table.find(name_of(next++)));
}
BENCHMARK(FindNobody);

}  // namespace
}  // namespace fourtuple::tcp
