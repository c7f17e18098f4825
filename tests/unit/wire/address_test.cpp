#include "stack/wire/address.hpp"

#include <gtest/gtest.h>
#include <string>

#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

constexpr Ipv4Address kTenFour = Ipv4Address::from_octets(10, 0, 0, 4);

TEST(Ipv4AddressText, ReadsADottedQuad) {
  EXPECT_EQ(Ipv4Address::parse("10.0.0.4"), kTenFour);
  EXPECT_EQ(Ipv4Address::parse("0.0.0.0"), Ipv4Address{});
  EXPECT_EQ(Ipv4Address::parse("255.255.255.255"), Ipv4Address{0xffffffff});
}

TEST(Ipv4AddressText, RefusesEverythingElse) {
  for (const char* text :
       {"",           "10",        "10.0.0",    "10.0.0.",     "10.0.0.4.",          ".10.0.0.4", "10.0.0.4.5",
        "10.0.0.256", "10.0.0.04", "010.0.0.4", "10..0.4",     "10.0.0.-4",          "10.0.0.+4", " 10.0.0.4",
        "10.0.0.4 ",  "0xa.0.0.4", "10.0.0.a",  "10.0.0.4/24", "10.0.0.99999999999", "ten"}) {
    EXPECT_FALSE(Ipv4Address::parse(text)) << '"' << text << '"';
  }
}

TEST(Ipv4AddressText, RefusesAnEmbeddedZeroOctet) {
  EXPECT_FALSE(Ipv4Address::parse(std::string_view("10.0.0.4\0", 9)));
}

TEST(Ipv4AddressText, ComesBackAsItWasPrinted) {
  RandomSource random = RandomSource::from_seed(1);
  for (int i = 0; i < 1000; ++i) {
    const Ipv4Address address{static_cast<std::uint32_t>(random.next())};
    EXPECT_EQ(Ipv4Address::parse(to_string(address)), address);
  }
}

TEST(Ipv4Address, KnowsItsKind) {
  EXPECT_TRUE(Ipv4Address::parse("0.0.0.0")->is_any());
  EXPECT_TRUE(Ipv4Address::parse("0.1.2.3")->is_this_network());
  EXPECT_TRUE(Ipv4Address::parse("127.1.2.3")->is_loopback());
  EXPECT_TRUE(Ipv4Address::parse("224.0.0.1")->is_multicast());
  EXPECT_TRUE(Ipv4Address::parse("239.255.255.255")->is_multicast());
  EXPECT_TRUE(Ipv4Address::parse("240.0.0.1")->is_reserved());
  EXPECT_TRUE(Ipv4Address::parse("255.255.255.255")->is_limited_broadcast());
  EXPECT_FALSE(Ipv4Address::parse("255.255.255.255")->is_reserved());
  EXPECT_FALSE(kTenFour.is_any() || kTenFour.is_loopback() || kTenFour.is_multicast() || kTenFour.is_reserved());
}

TEST(MacAddressText, ReadsColonsAndDashes) {
  const MacAddress address{{0x02, 0x00, 0x00, 0xab, 0xCD, 0x04}};
  EXPECT_EQ(MacAddress::parse("02:00:00:ab:cd:04"), address);
  EXPECT_EQ(MacAddress::parse("02-00-00-AB-CD-04"), address);
  EXPECT_EQ(to_string(address), "02:00:00:ab:cd:04");
}

TEST(MacAddressText, RefusesEverythingElse) {
  for (const char* text : {"", "02:00:00:00:00", "02:00:00:00:00:04:05", "02:00:00:00:00:4", "2:0:0:0:0:4",
                           "02:00-00:00:00:04", "02.00.00.00.00.04", "020000000004", "02:00:00:00:00:0g",
                           "02:00:00:00:00:-4", "02:00:00:00:00: 4", "02:00:00:00:00:0x"}) {
    EXPECT_FALSE(MacAddress::parse(text)) << '"' << text << '"';
  }
}

TEST(MacAddressText, ComesBackAsItWasPrinted) {
  RandomSource random = RandomSource::from_seed(2);
  for (int i = 0; i < 1000; ++i) {
    MacAddress address;
    for (auto& octet : address.octets) octet = static_cast<std::uint8_t>(random.next());
    EXPECT_EQ(MacAddress::parse(to_string(address)), address);
  }
}

TEST(MacAddress, KnowsItsKind) {
  EXPECT_TRUE(MacAddress::broadcast().is_broadcast());
  EXPECT_TRUE(MacAddress::broadcast().is_group());
  EXPECT_TRUE(MacAddress::parse("01:00:5e:00:00:01")->is_group());
  EXPECT_FALSE(MacAddress::parse("02:00:00:00:00:04")->is_group());
  EXPECT_TRUE(MacAddress{}.is_zero());
}

TEST(Ipv4PrefixText, ReadsAddressAndLength) {
  EXPECT_EQ(Ipv4Prefix::parse("10.0.0.4/24"), (Ipv4Prefix{kTenFour, 24}));
  EXPECT_EQ(Ipv4Prefix::parse("0.0.0.0/0"), (Ipv4Prefix{{}, 0}));
  EXPECT_EQ(Ipv4Prefix::parse("10.0.0.4"), (Ipv4Prefix{kTenFour, 32}));
}

TEST(Ipv4PrefixText, RefusesEverythingElse) {
  for (const char* text :
       {"", "/24", "10.0.0.4/", "10.0.0.4/33", "10.0.0.4/024", "10.0.0.4/-1", "10.0.0.4/+1", "10.0.0.4/24/",
        "10.0.0.4/24 ", "10.0.0/24", "10.0.0.4/255.255.255.0", "10.0.0.4/4294967320"}) {
    EXPECT_FALSE(Ipv4Prefix::parse(text)) << '"' << text << '"';
  }
}

TEST(Ipv4PrefixText, ComesBackAsItWasPrinted) {
  RandomSource random = RandomSource::from_seed(3);
  for (std::uint8_t length = 0; length <= 32; ++length) {
    const Ipv4Prefix prefix{{static_cast<std::uint32_t>(random.next())}, length};
    EXPECT_EQ(Ipv4Prefix::parse(to_string(prefix)), prefix);
  }
}

TEST(Ipv4Prefix, KnowsItsNetworkAndBroadcast) {
  const Ipv4Prefix prefix{kTenFour, 24};
  EXPECT_EQ(prefix.mask(), 0xffffff00U);
  EXPECT_EQ(to_string(prefix.network()), "10.0.0.0");
  EXPECT_EQ(to_string(prefix.broadcast()), "10.0.0.255");
  EXPECT_TRUE(prefix.contains(*Ipv4Address::parse("10.0.0.200")));
  EXPECT_FALSE(prefix.contains(*Ipv4Address::parse("10.0.1.4")));
  EXPECT_TRUE(prefix.is_broadcast(*Ipv4Address::parse("10.0.0.255")));
}

TEST(Ipv4Prefix, HasNoBroadcastOnPointToPointLengths) {
  EXPECT_FALSE((Ipv4Prefix{kTenFour, 31}).is_broadcast(*Ipv4Address::parse("10.0.0.5")));
  EXPECT_FALSE((Ipv4Prefix{kTenFour, 32}).is_broadcast(kTenFour));
}

TEST(Ipv4Prefix, OfLengthZeroContainsEverything) {
  EXPECT_EQ((Ipv4Prefix{{}, 0}).mask(), 0U);
  EXPECT_TRUE((Ipv4Prefix{{}, 0}).contains(kTenFour));
}

TEST(EndpointText, ReadsAddressAndPort) {
  EXPECT_EQ(Endpoint::parse("10.0.0.4:80"), (Endpoint{kTenFour, 80}));
  EXPECT_EQ(Endpoint::parse("0.0.0.0:0"), Endpoint{});
  EXPECT_EQ(Endpoint::parse("10.0.0.4:65535"), (Endpoint{kTenFour, 65535}));
}

TEST(EndpointText, RefusesEverythingElse) {
  for (const char* text : {"", ":", "10.0.0.4", "10.0.0.4:", ":80", "10.0.0.4:65536", "10.0.0.4:080", "10.0.0.4:-1",
                           "10.0.0.4:80:", "10.0.0.4:80 ", "10.0.0.4: 80", "10.0.0:80", "10.0.0.4/24:80"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << '"' << text << '"';
  }
}

TEST(EndpointText, ComesBackAsItWasPrinted) {
  RandomSource random = RandomSource::from_seed(4);
  for (int i = 0; i < 1000; ++i) {
    const Ipv4Address address{static_cast<std::uint32_t>(random.next())};
    const Endpoint endpoint{address, static_cast<Port>(random.next())};
    EXPECT_EQ(Endpoint::parse(to_string(endpoint)), endpoint);
  }
}

TEST(FourTupleText, NamesBothEnds) {
  const FourTuple name{{kTenFour, 80}, {Ipv4Address::from_octets(10, 0, 0, 5), 55715}};
  EXPECT_EQ(to_string(name), "10.0.0.4:80 <-> 10.0.0.5:55715");
  EXPECT_EQ(to_string(name.reversed()), "10.0.0.5:55715 <-> 10.0.0.4:80");
}

TEST(IpAddress, HoldsAnIpv4AddressAsMapped) {  // [RFC4291 2.5.5.2]
  const IpAddress address = kTenFour;
  EXPECT_TRUE(address.is_v4());
  EXPECT_EQ(address.v4(), kTenFour);
  EXPECT_EQ(to_string(address), "10.0.0.4");
  EXPECT_TRUE(IpAddress{}.is_any());
  EXPECT_TRUE(IpAddress::from_words(0, 0).is_any());
  EXPECT_FALSE(IpAddress::from_words(0, 1).is_v4());
}

// [RFC5952 4]: no leading zeros, the longest run of zero groups shortened, the first of equals, never a single one.
TEST(IpAddressText, PrintsIpv6InTheCanonicalForm) {  // [RFC5952 4]
  EXPECT_EQ(to_string(IpAddress::from_words(0, 0)), "::");
  EXPECT_EQ(to_string(IpAddress::from_words(0, 1)), "::1");
  EXPECT_EQ(to_string(IpAddress::from_words(0x20010db800000000U, 1)), "2001:db8::1");
  EXPECT_EQ(to_string(IpAddress::from_words(0x20010db800000001U, 0x0001000100010001U)), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(to_string(IpAddress::from_words(0x2001000000000001U, 0x0000000000000001U)), "2001:0:0:1::1");
  EXPECT_EQ(to_string(IpAddress::from_words(0x20010db800000000U, 0x0001000000000001U)), "2001:db8::1:0:0:1");
  EXPECT_EQ(to_string(IpAddress::from_words(0xfe80000000000000U, 0)), "fe80::");
  EXPECT_EQ(to_string(IpAddress::from_words(0xffffffffffffffffU, 0xffffffffffffffffU)),
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(to_string(Endpoint{IpAddress::from_words(0, 1), 80}), "[::1]:80");
}

}  // namespace
}  // namespace fourtuple
