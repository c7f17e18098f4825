#include "stack/wire/checksum.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "stack/base/random.hpp"
#include "tests/unit/wire/naive_checksum.hpp"

namespace fourtuple::wire {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t size, std::uint64_t seed) {
  RandomSource random = RandomSource::from_seed(seed);
  std::vector<std::uint8_t> bytes(size);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random.next()); });
  return bytes;
}

// [RFC1071 3]: the numerical example.
TEST(Checksum, AgreesWithTheExampleOfItsRfc) {  // [RFC1071 3]
  constexpr std::array<std::uint8_t, 8> kExample{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(ChecksumSum{}.add(kExample).folded(), 0xddf2);
  EXPECT_EQ(internet_checksum(kExample), 0x220d);
}

TEST(Checksum, OfNothingIsAllOnes) {
  EXPECT_EQ(ChecksumSum{}.folded(), 0);
  EXPECT_EQ(internet_checksum({}), 0xffff);
}

TEST(Checksum, OverBytesWithTheirChecksumIsZero) {
  std::array<std::uint8_t, 20> header{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                      0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
  EXPECT_EQ(internet_checksum(header), 0);
  header[10] = header[11] = 0;
  EXPECT_EQ(internet_checksum(header), 0xb861);
}

TEST(Checksum, AgreesWithTheNaiveSumAtEveryLengthAndAlignment) {
  const auto bytes = random_bytes(600, 1);
  for (std::size_t from = 0; from < 34; ++from) {
    for (std::size_t size = 0; size <= 300; ++size) {
      const ByteView piece = ByteView(bytes).subspan(from, size);
      ASSERT_EQ(internet_checksum(piece), naive_checksum(piece)) << size << " octets from " << from;
    }
  }
}

TEST(Checksum, AgreesWithTheNaiveSumOnLongBuffers) {
  const auto bytes = random_bytes(70'000, 2);
  for (const std::size_t size : {1459U, 1460U, 1461U, 9000U, 65535U, 65536U, 70'000U}) {
    const ByteView piece = ByteView(bytes).first(size);
    EXPECT_EQ(internet_checksum(piece), naive_checksum(piece)) << size;
  }
}

// Every addition carries here: the sum that a missed carry would spoil.
TEST(Checksum, LosesNoCarryInALongRunOfOnes) {
  const std::vector<std::uint8_t> ones(70'001, 0xff);
  for (const std::size_t size : {1U, 2U, 7U, 8U, 31U, 32U, 127U, 128U, 1460U, 65535U, 70'001U}) {
    const ByteView piece = ByteView(ones).first(size);
    EXPECT_EQ(internet_checksum(piece), naive_checksum(piece)) << size;
  }
}

TEST(Checksum, OfZerosIsAllOnes) {
  const std::vector<std::uint8_t> zeros(2000);
  EXPECT_EQ(internet_checksum(zeros), 0xffff);
}

TEST(ChecksumSum, DoesNotCareWhereItsPiecesWereCut) {
  const auto bytes = random_bytes(200, 3);
  const std::uint16_t whole = naive_checksum(bytes);
  for (std::size_t first = 0; first <= 60; ++first) {
    for (std::size_t second = 0; second <= 60; ++second) {
      ChecksumSum sum;
      sum.add(ByteView(bytes).first(first)).add(ByteView(bytes).subspan(first, second));
      sum.add(ByteView(bytes).subspan(first + second));
      ASSERT_EQ(sum.checksum(), whole) << "cut after " << first << " and " << second << " more";
    }
  }
}

TEST(ChecksumSum, AddsSingleWords) {
  EXPECT_EQ(ChecksumSum{}.add_word(0xfffe).add_word(3).folded(), 2);
  EXPECT_EQ(ChecksumSum(~std::uint64_t{0}).folded(), 0xffff);
}

// Folding is a remainder: the corners where one fold leaves a carry for the next.
TEST(ChecksumSum, FoldsAnySumToItsRemainder) {
  constexpr std::uint64_t kHalves[]{0, 1, 2, 0x7fff, 0x8000, 0xfffd, 0xfffe, 0xffff};
  for (const std::uint64_t a : kHalves) {
    for (const std::uint64_t b : kHalves) {
      for (const std::uint64_t c : kHalves) {
        for (const std::uint64_t d : kHalves) {
          const std::uint64_t words = a << 48 | b << 32 | c << 16 | d;
          const std::uint64_t remainder = words % 0xffff;
          ASSERT_EQ(ChecksumSum(words).folded(), remainder == 0 && words != 0 ? 0xffff : remainder) << words;
        }
      }
    }
  }
}

TEST(CopyAndSum, CopiesAndSumsAtEveryLengthAndNoFurther) {
  const auto bytes = random_bytes(400, 4);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    std::vector<std::uint8_t> copy(size + 1, 0xaa);
    ChecksumSum sum;
    copy_and_sum(copy.data(), ByteView(bytes).first(size), sum);
    ASSERT_EQ(sum.checksum(), naive_checksum(ByteView(bytes).first(size))) << size;
    ASSERT_TRUE(std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), copy.begin())) << size;
    ASSERT_EQ(copy.back(), 0xaa) << size;
  }
}

TEST(CopyAndSum, GoesOnAfterAnOddPiece) {
  const auto bytes = random_bytes(301, 5);
  std::vector<std::uint8_t> copy(bytes.size());
  ChecksumSum sum;
  copy_and_sum(copy.data(), ByteView(bytes).first(151), sum);
  copy_and_sum(copy.data() + 151, ByteView(bytes).subspan(151), sum);
  EXPECT_EQ(copy, bytes);
  EXPECT_EQ(sum.checksum(), naive_checksum(bytes));
}

// [RFC9293 3.1]: source, destination, zero and protocol, length.
TEST(PseudoHeader, OfIpv4SumsItsTwelveOctets) {
  constexpr std::array<std::uint8_t, 12> kOctets{10, 0, 0, 4, 10, 0, 0, 5, 0, 6, 0x05, 0xdc};
  const ChecksumSum sum =
      pseudo_header_sum(Ipv4Address::from_octets(10, 0, 0, 4), Ipv4Address::from_octets(10, 0, 0, 5), 6, 1500);
  EXPECT_EQ(sum.folded(), naive_sum(kOctets));
}

// [RFC8200 8.1]: two addresses, 32-bit length, zeros and next header.
TEST(PseudoHeader, OfIpv6SumsItsFortyOctets) {  // [RFC8200 8.1]
  const auto addresses = random_bytes(32, 6);
  std::vector<std::uint8_t> octets = addresses;
  octets.insert(octets.end(), {0x00, 0x01, 0x05, 0xdc, 0, 0, 0, 17});
  const auto word = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8 | addresses[at + i];
    return value;
  };
  const ChecksumSum sum = pseudo_header_sum(IpAddress::from_words(word(0), word(8)),
                                            IpAddress::from_words(word(16), word(24)), 17, 0x105dc);
  EXPECT_EQ(sum.folded(), naive_sum(octets));
}

}  // namespace
}  // namespace fourtuple::wire
