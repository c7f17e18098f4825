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
  Octets hidden = a_datagram();
  hidden[9] = 50;  // ESP
  const Octets tags{0x81, 0, 0, 5, 0x81, 0, 0, 5, 0x81, 0, 0, 5};
  const std::vector<OtherCase> cases{
      {"ARP", 1, Octets(12) + Octets{8, 6, 0, 1}, std::nullopt},
      {"LLDP", 1, Octets(12) + Octets{0x88, 0xcc, 0, 1}, std::nullopt},
      {"spanning tree", 1, Octets(12) + Octets{0, 38, 0x42, 0x42, 3, 0, 0, 0, 8, 0}, std::nullopt},
      {"PPPoE discovery", 1, Octets(12) + Octets{0x88, 0x64, 0x11, 9, 0, 1, 0, 62, 0, 0x21}, std::nullopt},
      {"PPP's own", 9, {0xc0, 0x21, 1}, std::nullopt},
      {"cooked without Ethernet", 113, Octets(14) + Octets{0, 1, 0x45}, std::nullopt},
      {"NULL with another family", 0, {0, 0, 0, 7, 1}, std::nullopt},
      {"MPLS without an end", 1, Octets(12) + Octets{0x88, 0x47, 0, 1}, Refusal::kTunnel},
      {"ESP", 101, hidden, Refusal::kTunnel},
      {"a version that is none", 101, {0x55, 0, 0, 0}, Refusal::kMalformed},
      {"nine tags", 1, Octets(12) + tags + tags + tags + Octets{8, 0}, Refusal::kMalformed},
  };
  for (const OtherCase& other : cases) {
    const FoundDatagram found = find_datagram(other.link, other.frame);
    EXPECT_TRUE(found.datagram.empty()) << other.name;
    EXPECT_EQ(found.refusal, other.refusal) << other.name;
  }
}

TEST(Links, Ipv6IsFoundAndRefused) {
  const Octets ipv6{0x60, 0, 0, 0};
  const std::vector<LinkCase> cases{
      {"Ethernet", 1, Octets(12) + Octets{0x86, 0xdd}},
      {"raw", 101, {}},
      {"IPv6", 229, {}},
      {"PPP", 9, {0, 0x57}},
      {"FreeBSD's loopback", 0, {28, 0, 0, 0}},
      {"macOS's loopback", 0, {30, 0, 0, 0}},
  };
  for (const LinkCase& carrier : cases) {
    const Octets frame = carrier.header + ipv6;
    const FoundDatagram found = find_datagram(carrier.link, frame);
    EXPECT_TRUE(std::ranges::equal(found.datagram, ipv6)) << carrier.name;
    EXPECT_EQ(found.refusal, Refusal::kIpv6) << carrier.name;
  }
}

// An IPv4 header around something.
Octets carried(std::uint8_t protocol, const Octets& contents) {
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + contents.size());
  header.protocol = protocol;
  Octets octets(wire::kIpv4HeaderSize);
  header.emit(octets);
  return octets + contents;
}

TEST(Links, WhatRunsInATunnelIsFoundAndRefused) {
  const Octets inner = a_datagram();
  const Octets ethernet = Scene::ethernet(inner);
  const auto udp_to = [](std::uint8_t high, std::uint8_t low) { return Octets{9, 9, high, low, 0, 0, 0, 0}; };
  const std::vector<std::pair<const char*, Octets>> cases{
      {"IP in IP", carried(4, inner)},
      {"GRE", carried(47, Octets{0, 0, 8, 0} + inner)},
      {"GRE with sum and key", carried(47, Octets{0xa0, 0, 8, 0} + Octets(8) + inner)},
      {"Ethernet in GRE", carried(47, Octets{0, 0, 0x65, 0x58} + ethernet)},
      {"Ethernet in IP", carried(97, Octets{0x30, 0} + ethernet)},
      {"VXLAN", carried(17, udp_to(0x12, 0xb5) + Octets(8) + ethernet)},
      {"GTP", carried(17, udp_to(0x08, 0x68) + Octets{0x30, 255, 0, 0, 0, 0, 0, 0} + inner)},
      {"GTP with a number", carried(17, udp_to(0x08, 0x68) + Octets{0x32, 255, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0} + inner)},
      {"a tunnel in a tunnel", carried(4, carried(47, Octets{0, 0, 8, 0} + inner))},
      {"MPLS in IP", carried(137, Octets{0, 1, 0, 9, 0, 2, 1, 9} + inner)},
  };
  for (const auto& [name, frame] : cases) {
    const FoundDatagram found = find_datagram(101, frame);
    EXPECT_TRUE(std::ranges::equal(found.datagram, inner)) << name;
    EXPECT_EQ(found.refusal, Refusal::kTunnel) << name;
  }
}

TEST(Links, TunnelsInTunnelsHaveAnEnd) {
  Octets datagram = a_datagram();
  for (int i = 0; i < 10; ++i) datagram = carried(4, datagram);
  EXPECT_TRUE(find_datagram(101, datagram).datagram.empty());
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
