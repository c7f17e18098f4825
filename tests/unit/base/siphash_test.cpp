// SipHash-2-4 against the reference test vectors of its authors: key 00 01 .. 0f, message 00 01 .. (length - 1).
#include "stack/base/siphash.hpp"

#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <set>

namespace fourtuple {
namespace {

constexpr SipKey kReferenceKey{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

// By message length; the published vectors are these words in little-endian order.
constexpr std::array<std::uint64_t, 16> kReference{
    0x726fdb47dd0e0e31U, 0x74f839c593dc67fdU, 0x0d6c8009d9a94f5aU, 0x85676696d7fb7e2dU,
    0xcf2794e0277187b7U, 0x18765564cd99a68dU, 0xcbc9466e58fee3ceU, 0xab0200f58b01d137U,
    0x93f5f5799a932462U, 0x9e0082df0ba9e4b0U, 0x7a5dbbc594ddb9f3U, 0xf4b32f46226bada7U,
    0x751e8fbc860ee5fbU, 0x14ea5627c0843d90U, 0xf723ca908e7af2eeU, 0xa129ca6149be45e5U};

TEST(SipHash24, MatchesTheReferenceVectors) {
  std::array<std::uint8_t, 16> message{};
  std::iota(message.begin(), message.end(), std::uint8_t{0});
  for (std::size_t length = 0; length < kReference.size(); ++length) {
    EXPECT_EQ(siphash24(kReferenceKey, ByteView(message).first(length)), kReference[length]) << "length " << length;
  }
}

TEST(SipHash24, DependsOnEveryBitOfTheKey) {
  const std::array<std::uint8_t, 3> message{1, 2, 3};
  std::set<std::uint64_t> hashes{siphash24(kReferenceKey, message)};
  for (unsigned bit = 0; bit < 128; ++bit) {
    SipKey key = kReferenceKey;
    key[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    hashes.insert(siphash24(key, message));
  }
  EXPECT_EQ(hashes.size(), 129U);
}

TEST(SipHash24, TellsMessagesApartThatDifferInLengthOnly) {
  const std::array<std::uint8_t, 9> zeros{};
  std::set<std::uint64_t> hashes;
  for (std::size_t length = 0; length <= zeros.size(); ++length) {
    hashes.insert(siphash24(kReferenceKey, ByteView(zeros).first(length)));
  }
  EXPECT_EQ(hashes.size(), zeros.size() + 1);
}

// CPython hashes bytes with SipHash-1-3, under the key zero where PYTHONHASHSEED=0: hash(bytes(16)), hash(bytes(
// range(16))) and hash(b"\xff" * 16) there.
TEST(SipHash13, AgreesWithAnotherImplementation) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0};
  EXPECT_EQ(siphash13({0, 0}, 0, 0), 0x76be999e3e25b2a0U);
  EXPECT_EQ(siphash13({0, 0}, 0x0706050403020100U, 0x0f0e0d0c0b0a0908U), 0x8972188433a5c5b7U);
  EXPECT_EQ(siphash13({0, 0}, kOnes, kOnes), 0x35029a3b6274a39bU);
}

TEST(SipHash13, DependsOnBothWordsTheirOrderAndTheKey) {
  const std::set<std::uint64_t> hashes{siphash13(kReferenceKey, 1, 2), siphash13(kReferenceKey, 2, 1),
                                       siphash13(kReferenceKey, 1, 3), siphash13(kReferenceKey, 3, 2),
                                       siphash13({1, 2}, 1, 2)};
  EXPECT_EQ(hashes.size(), 5U);
}

// Buckets of a hash table are chosen by the low bits: sequential ports must not meet in few of them.
TEST(SipHash13, SpreadsSequentialKeysOverTheLowBits) {
  std::array<int, 64> buckets{};
  for (std::uint64_t port = 0; port < 6400; ++port) ++buckets[siphash13(kReferenceKey, 0x0a000004, port) % 64];
  for (const int count : buckets) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 150);
  }
}

}  // namespace
}  // namespace fourtuple
