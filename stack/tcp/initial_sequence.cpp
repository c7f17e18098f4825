#include "stack/tcp/initial_sequence.hpp"

#include <array>

namespace fourtuple::tcp {
namespace {

using Words = std::array<std::uint64_t, 5>;

std::uint64_t keyed(const SipKey& key, const Words& words) {
  std::array<std::uint8_t, sizeof(Words)> message{};
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
  }
  return siphash24(key, message);
}

}  // namespace

// [RFC6528 3]
SeqNum initial_sequence(const FourTuple& name, const SipKey& key, Instant now) {  // [RFC9293 MUST-8, MUST-9, SHLD-1]
  const IpAddress& local = name.local.address;
  const IpAddress& remote = name.remote.address;
  const std::uint64_t ports = std::uint64_t{name.local.port} << 16 | name.remote.port;
  const auto ticks = static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::microseconds(4));
  return {
      static_cast<std::uint32_t>(ticks + keyed(key, {local.high(), local.low(), remote.high(), remote.low(), ports}))};
}

std::uint32_t timestamp_offset(const FourTuple& name, const SipKey& key) {  // [RFC7323 5.4]
  const IpAddress& local = name.local.address;
  const IpAddress& remote = name.remote.address;
  return static_cast<std::uint32_t>(keyed(key, {local.high(), local.low(), remote.high(), remote.low(), 0}));
}

}  // namespace fourtuple::tcp
