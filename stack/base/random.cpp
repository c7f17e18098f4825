#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

// Steele, Lea, Flood 2014: spreads one test seed over the four words of a full one.
std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint64_t keyed_counter(const SipKey& key, std::uint64_t count) {
  std::array<std::uint8_t, 8> message{};
  for (unsigned i = 0; i < 8; ++i) message[i] = static_cast<std::uint8_t>(count >> (8 * i));
  return siphash24(key, message);
}

}  // namespace

RandomSource::RandomSource(const Seed& seed) : secret_key_{seed[0], seed[1]}, public_key_{seed[2], seed[3]} {}

RandomSource RandomSource::from_seed(std::uint64_t seed) {
  Seed full{};
  for (auto& word : full) word = splitmix64(seed);
  return RandomSource(full);
}

std::uint64_t RandomSource::secret() { return keyed_counter(secret_key_, secret_counter_++); }

std::uint64_t RandomSource::next() { return keyed_counter(public_key_, public_counter_++); }

std::uint64_t RandomSource::below(std::uint64_t bound) {
  // The high half of a 128-bit product is uniform up to a bias of bound / 2^64, far below anything observable here.
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{next()} * bound) >> 64);
}

}  // namespace fourtuple
