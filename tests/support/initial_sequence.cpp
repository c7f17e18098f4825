#include "tests/support/initial_sequence.hpp"

namespace fourtuple::test {
namespace {

std::uint32_t initial_sequence_at(const tcp::TcpConfig& config, std::uint64_t seed, const FourTuple& name,
                                  Instant now) {
  auto random = RandomSource::from_seed(seed);
  tcp::Layer layer(config, random);
  tcp::Outbox outbox;
  tcp::Context context{now, random, {}, outbox};
  const auto id = layer.connect(name.local, name.remote, {}, {}, 0, context);
  return id && !outbox.segments.empty() ? outbox.segments.front().header.seq.value : 0;
}

}  // namespace

Instant begin_for_initial_sequence(const tcp::TcpConfig& config, std::uint64_t seed, const FourTuple& name,
                                   SeqNum wanted, Instant earliest) {
  const auto first = initial_sequence_at(config, seed, name, earliest);
  const std::uint32_t ticks_per_second = initial_sequence_at(config, seed, name, earliest + 1s) - first;
  if (ticks_per_second == 0) return earliest;
  const double seconds = static_cast<double>(wanted.value - first) / ticks_per_second;
  return earliest + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace fourtuple::test
