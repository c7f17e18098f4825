#include "stack/base/siphash.hpp"

#include <bit>

namespace fourtuple {
namespace {

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  explicit SipState(const SipKey& key)
      : v0(key[0] ^ 0x736f6d6570736575U),
        v1(key[1] ^ 0x646f72616e646f6dU),
        v2(key[0] ^ 0x6c7967656e657261U),
        v3(key[1] ^ 0x7465646279746573U) {}

  void round() {
    v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
    v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
    v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
  }

  void absorb(std::uint64_t word, int rounds) {
    v3 ^= word;
    for (int i = 0; i < rounds; ++i) round();
    v0 ^= word;
  }

  std::uint64_t finish(int rounds) {
    v2 ^= 0xff;
    for (int i = 0; i < rounds; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

std::uint64_t little_endian_word(ByteView bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
  return word;
}

}  // namespace

std::uint64_t siphash24(const SipKey& key, ByteView message) {
  SipState state(key);
  ByteView rest = message;
  for (; rest.size() >= 8; rest = rest.subspan(8)) state.absorb(little_endian_word(rest.first(8)), 2);
  state.absorb(little_endian_word(rest) | std::uint64_t{message.size() & 0xff} << 56, 2);
  return state.finish(4);
}

std::uint64_t siphash13(const SipKey& key, std::uint64_t first, std::uint64_t second) {
  SipState state(key);
  state.absorb(first, 1);
  state.absorb(second, 1);
  state.absorb(std::uint64_t{16} << 56, 1);
  return state.finish(3);
}

}  // namespace fourtuple
