// IP options: what applications may set, what leaves, and the way back along a source route.
#include "stack/wire/ip_options.hpp"

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace fourtuple::wire {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(std::string_view hex) {
  Bytes result;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    result.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return result;
}
// What an application reads back; "refused" where it may not set them.
std::string set(std::string_view hex) {
  const auto options = IpOptions::from_application(bytes_of(hex));
  if (!options) return "refused";
  std::string text;
  for (const std::uint8_t octet : options->bytes()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[octet >> 4];
    text += kDigits[octet & 0xf];
  }
  return text;
}
Bytes emitted(const IpOptions& options, Ipv4Address to) {
  Bytes bytes(options.size());
  options.emit(bytes, to);
  return bytes;
}

constexpr Ipv4Address kFirst{0x0a000001};
constexpr Ipv4Address kLast{0x0a0000ff};

// Each answer is Linux's.
TEST(IpOptions, ReadBackPaddedAsTheKernelShowsThem) {
  EXPECT_EQ(set(""), "");
  EXPECT_EQ(set("01"), "01000000");
  EXPECT_EQ(set("9404"), "94040000");
  EXPECT_EQ(set("000102"), "00000000");
  EXPECT_EQ(set("01000a0b"), "01000000");
  EXPECT_EQ(set("1e04abcd"), "1e04abcd");
  EXPECT_EQ(set("8307040a000001"), "8307040a00000100");
  EXPECT_EQ(set("830b040a0000010a00000201"), "830b040a0000010a00000201");
  EXPECT_EQ(set("07070400000000"), "0707040000000000");
  EXPECT_EQ(set("0707080a000001"), "0707080a00000100");
}

TEST(IpOptions, RefuseWhatIsMalformed) {
  for (const char* bad : {"010144", "8307080a000001", "83070400", "8307040a0000018307040a000002", "070704",
                          "07070500000000", "44080501", "0103", "8303040000", "30000000"}) {
    EXPECT_EQ(set(bad), "refused") << bad;
  }
  EXPECT_TRUE(IpOptions::from_application(Bytes(40, 1)));
  EXPECT_FALSE(IpOptions::from_application(Bytes(41, 1)));
}

TEST(IpOptions, SourceRouteLeavesToItsFirstRouterWithTheDestinationLast) {
  const auto options = *IpOptions::from_application(bytes_of("830b040a0000010a000002"));
  EXPECT_EQ(options.first_hop(kLast), kFirst);
  EXPECT_EQ(emitted(options, kLast), bytes_of("830b040a0000020a0000ff00"));
  EXPECT_FALSE(options.is_strict());
  EXPECT_TRUE(IpOptions::from_application(bytes_of("8907040a000001"))->is_strict());
}

TEST(IpOptions, OthersLeaveAsTheyAre) {
  const auto options = *IpOptions::from_application(bytes_of("07070400000000"));
  EXPECT_EQ(options.first_hop(kLast), kLast);
  EXPECT_EQ(emitted(options, kLast), bytes_of("0707040000000000"));
}

TEST(IpOptions, CompletedRouteIsReversed) {  // [RFC1122 3.2.1.8(c)]
  const auto back = IpOptions::return_route(bytes_of("01830b0c0a0000010a000002"));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->first_hop(kLast), Ipv4Address{0x0a000002});
  EXPECT_EQ(emitted(*back, kLast), bytes_of("830b040a0000010a0000ff00"));
}

TEST(IpOptions, RouteThatIsNotCompletedHasNoWayBack) {
  EXPECT_FALSE(IpOptions::return_route(bytes_of("830b080a0000010a000002")));
  EXPECT_FALSE(IpOptions::return_route(bytes_of("830304")));
  EXPECT_FALSE(IpOptions::return_route(bytes_of("01010000")));
}

TEST(IpOptions, OnlyThoseMarkedSoGoIntoEveryFragment) {  // [RFC791 3.1]
  const auto options = *IpOptions::from_application(bytes_of("070704000000008307040a000001"));
  EXPECT_EQ(emitted(options.copied(), kLast), bytes_of("8307040a0000ff00"));
  EXPECT_EQ(options.copied().first_hop(kLast), kFirst);
  EXPECT_TRUE(IpOptions::from_application(bytes_of("07070400000000"))->copied().empty());
}

}  // namespace
}  // namespace fourtuple::wire
