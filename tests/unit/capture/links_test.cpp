#include <algorithm>
#include <gtest/gtest.h>

#include "apps/capture/datagram.hpp"
#include "scene.hpp"

namespace fourtuple::capture {
namespace {

using test::Octets;
using test::Scene;

Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Octets a_datagram() { return Scene().datagram({.octets = 20}); }

struct LinkCase {
  const char* name;
  int link;
  Octets header;
};

const std::vector<LinkCase>& carriers() {
  static const std::vector<LinkCase> cases{
      {"Ethernet", 1, Octets(12) + Octets{8, 0}},
      {"802.1Q", 1, Octets(12) + Octets{0x81, 0, 0, 5, 8, 0}},
      {"802.1ad with 802.1Q", 1, Octets(12) + Octets{0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0}},
      {"three tags", 1, Octets(12) + Octets{0x91, 0, 0, 5, 0x88, 0xa8, 0, 6, 0x81, 0, 0, 7, 8, 0}},
      {"802.3 with SNAP", 1, Octets(12) + Octets{0, 68, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
      {"PPPoE", 1, Octets(12) + Octets{0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0, 0x21}},
      {"PPPoE alone", 51, {0x11, 0, 0, 1, 0, 62, 0, 0x21}},
      {"Linux cooked", 113, Octets(14) + Octets{8, 0}},
      {"Linux cooked with a tag", 113, Octets(14) + Octets{0x81, 0, 0, 5, 8, 0}},
      {"Linux cooked 2", 276, Octets{8, 0} + Octets(18)},
      {"raw", 101, {}},
      {"raw of BSD", 12, {}},
      {"raw of OpenBSD", 14, {}},
      {"IPv4", 228, {}},
      {"NULL, little endian", 0, {2, 0, 0, 0}},
      {"NULL, big endian", 0, {0, 0, 0, 2}},
      {"LOOP", 108, {0, 0, 0, 2}},
      {"PPP", 9, {0, 0x21}},
      {"PPP with a short protocol", 9, {0x21}},
      {"PPP in HDLC", 9, {0xff, 3, 0, 0x21}},
      {"PPP on a serial line", 50, {0xff, 3, 0, 0x21}},
      {"Cisco HDLC", 104, {0x0f, 0, 8, 0}},
      {"PPP with a direction", 204, {1, 0xff, 3, 0, 0x21}},
      {"PPP of pppd", 166, {1, 3, 0, 0x21}},
  };
  return cases;
}

TEST(Links, ADatagramIsFoundBehindEveryHeaderThatIsKnown) {
  const Octets datagram = a_datagram();
  for (const LinkCase& carrier : carriers()) {
    SCOPED_TRACE(carrier.name);
    ASSERT_TRUE(understands(carrier.link));
    const Octets frame = carrier.header + datagram;
    const FoundDatagram found = find_datagram(carrier.link, frame);
    EXPECT_FALSE(found.refusal);
    EXPECT_TRUE(std::ranges::equal(found.datagram, datagram));
  }
}

TEST(Links, AFrameCutAnywhereIsReadNoFurtherThanItGoes) {
  const Octets datagram = a_datagram();
  for (const LinkCase& carrier : carriers()) {
    const Octets frame = carrier.header + datagram;
    for (std::size_t kept = 0; kept < carrier.header.size(); ++kept) {
      const Octets cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(kept));
      EXPECT_TRUE(find_datagram(carrier.link, cut).datagram.empty()) << carrier.name << " at " << kept;
    }
  }
}

struct OtherCase {
  const char* name;
  int link;
  Octets frame;
  std::optional<Refusal> refusal;
};

TEST(Links, WhatIsNoIpv4IsRefusedInAWordOrNoneOfOurBusiness) {
  Octets gre = a_datagram();
  gre[9] = 47;
  Octets ip_in_ip = a_datagram();
  ip_in_ip[9] = 4;
  const Octets ipv6{0x60, 0, 0, 0};
  const Octets tags{0x81, 0, 0, 5, 0x81, 0, 0, 5, 0x81, 0, 0, 5};
  const std::vector<OtherCase> cases{
      {"ARP", 1, Octets(12) + Octets{8, 6, 0, 1}, std::nullopt},
      {"LLDP", 1, Octets(12) + Octets{0x88, 0xcc, 0, 1}, std::nullopt},
      {"spanning tree", 1, Octets(12) + Octets{0, 38, 0x42, 0x42, 3, 0, 0, 0, 8, 0}, std::nullopt},
      {"PPPoE discovery", 1, Octets(12) + Octets{0x88, 0x64, 0x11, 9, 0, 1, 0, 62, 0, 0x21}, std::nullopt},
      {"PPP's own", 9, {0xc0, 0x21, 1}, std::nullopt},
      {"cooked without Ethernet", 113, Octets(14) + Octets{0, 1, 0x45}, std::nullopt},
      {"NULL with another family", 0, {0, 0, 0, 7, 1}, std::nullopt},
      {"IPv6", 1, Octets(12) + Octets{0x86, 0xdd} + ipv6, Refusal::kIpv6},
      {"raw IPv6", 101, ipv6, Refusal::kIpv6},
      {"IPv6 link", 229, ipv6, Refusal::kIpv6},
      {"IPv6 over PPP", 9, Octets{0, 0x57} + ipv6, Refusal::kIpv6},
      {"IPv6 on FreeBSD's loopback", 0, Octets{28, 0, 0, 0} + ipv6, Refusal::kIpv6},
      {"MPLS", 1, Octets(12) + Octets{0x88, 0x47, 0, 1}, Refusal::kTunnel},
      {"GRE", 101, gre, Refusal::kTunnel},
      {"IP in IP", 101, ip_in_ip, Refusal::kTunnel},
      {"a version that is none", 101, {0x55, 0, 0, 0}, Refusal::kMalformed},
      {"nine tags", 1, Octets(12) + tags + tags + tags + Octets{8, 0}, Refusal::kMalformed},
  };
  for (const OtherCase& other : cases) {
    const FoundDatagram found = find_datagram(other.link, other.frame);
    EXPECT_TRUE(found.datagram.empty()) << other.name;
    EXPECT_EQ(found.refusal, other.refusal) << other.name;
  }
}

TEST(Links, WirelessAndOthersAreNotUnderstood) {
  constexpr int kIeee80211 = 105;
  constexpr int kUsb = 189;
  EXPECT_FALSE(understands(kIeee80211));
  EXPECT_FALSE(understands(kUsb));
  const auto result = Scene().open().split(kIeee80211);
  EXPECT_TRUE(result.conversations.empty());
  EXPECT_EQ(result.counters.refused[static_cast<std::size_t>(Refusal::kLinkType)], 3U);
}

TEST(Links, EveryRefusalHasAWordAndASentenceOfItsOwn) {
  std::vector<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(Refusal::kNoAnswer); ++i) {
    const auto refusal = static_cast<Refusal>(i);
    EXPECT_EQ(std::ranges::count(words, word(refusal)), 0);
    words.push_back(word(refusal));
    EXPECT_TRUE(sentence(refusal).ends_with('.')) << word(refusal);
  }
}

}  // namespace
}  // namespace fourtuple::capture
