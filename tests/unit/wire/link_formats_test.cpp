// Ethernet and ARP.
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "stack/wire/arp.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::wire {
namespace {

constexpr MacAddress kOurs{{0x02, 0, 0, 0, 0, 0x04}};
constexpr MacAddress kTheirs{{0x02, 0, 0, 0, 0, 0x05}};

constexpr std::array<std::uint8_t, 28> kRequest{0, 1, 8, 0, 6, 4, 0,  1,         // Ethernet, IPv4, request
                                                2, 0, 0, 0, 0, 5, 10, 0, 0, 5,   // who asks
                                                0, 0, 0, 0, 0, 0, 10, 0, 0, 4};  // for whom

TEST(Ethernet, ReadsAndWritesTheSameFourteenOctets) {  // [RFC1122 2.3.3]
  constexpr std::array<std::uint8_t, 14> kFrame{2, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 5, 0x08, 0x00};
  const auto header = EthernetHeader::parse(kFrame);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->destination, kOurs);
  EXPECT_EQ(header->source, kTheirs);
  EXPECT_EQ(header->type, ether_type::kIpv4);
  std::array<std::uint8_t, 14> written{};
  header->emit(written);
  EXPECT_EQ(written, kFrame);
}

TEST(Ethernet, RefusesAFrameShorterThanItsHeader) {
  const std::vector<std::uint8_t> frame(14);
  for (std::size_t size = 0; size < 14; ++size) EXPECT_FALSE(EthernetHeader::parse(ByteView(frame).first(size)));
  EXPECT_TRUE(EthernetHeader::parse(frame));
}

TEST(Arp, ReadsAndWritesTheSameRequest) {
  const auto packet = ArpPacket::parse(kRequest);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->operation, ArpPacket::Operation::kRequest);
  EXPECT_EQ(packet->sender_mac, kTheirs);
  EXPECT_EQ(to_string(packet->sender_ip), "10.0.0.5");
  EXPECT_TRUE(packet->target_mac.is_zero());
  EXPECT_EQ(to_string(packet->target_ip), "10.0.0.4");
  std::array<std::uint8_t, 28> written{};
  packet->emit(written);
  EXPECT_EQ(written, kRequest);
}

TEST(Arp, IgnoresThePaddingOfAMinimumSizeFrame) {
  std::vector<std::uint8_t> padded(kRequest.begin(), kRequest.end());
  padded.resize(46, 0xee);
  EXPECT_TRUE(ArpPacket::parse(padded));
}

TEST(Arp, RefusesAPacketCutShortAnywhere) {
  for (std::size_t size = 0; size < kRequest.size(); ++size) {
    EXPECT_FALSE(ArpPacket::parse(ByteView(kRequest).first(size))) << size;
  }
}

// Hardware type, protocol type and both lengths: octets 0 to 5; then the operation.
TEST(Arp, RefusesOtherHardwareProtocolsAndLengths) {  // [RFC826 format]
  for (std::size_t octet = 0; octet < 6; ++octet) {
    auto packet = kRequest;
    packet[octet] ^= 0x01;
    EXPECT_FALSE(ArpPacket::parse(packet)) << octet;
  }
}

TEST(Arp, KnowsRequestAndReplyOnly) {
  for (unsigned code = 0; code < 70'000; ++code) {
    auto packet = kRequest;
    packet[6] = static_cast<std::uint8_t>(code >> 8);
    packet[7] = static_cast<std::uint8_t>(code);
    const std::uint16_t seen = static_cast<std::uint16_t>(code);
    ASSERT_EQ(ArpPacket::parse(packet).has_value(), seen == 1 || seen == 2) << code;
  }
}

}  // namespace
}  // namespace fourtuple::wire
