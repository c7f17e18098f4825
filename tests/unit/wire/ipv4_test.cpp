#include "stack/wire/ipv4.hpp"

#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "stack/wire/checksum.hpp"

namespace fourtuple::wire {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A UDP packet of 0x73 octets from 192.168.0.1 to 192.168.0.199.
Bytes good_packet() {
  Bytes packet{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
               0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
  packet.resize(0x73);
  return packet;
}

void repair_checksum(Bytes& packet) {
  const std::size_t size = (packet[0] & 0xfU) * 4U;
  packet[10] = packet[11] = 0;
  const std::uint16_t sum = internet_checksum(ByteView(packet).first(size));
  packet[10] = static_cast<std::uint8_t>(sum >> 8);
  packet[11] = static_cast<std::uint8_t>(sum);
}

void expect_dropped(const Bytes& packet, DropReason reason) {
  const auto header = Ipv4Header::parse(packet);
  ASSERT_FALSE(header) << "expected " << name(reason);
  EXPECT_EQ(header.error(), reason) << name(header.error());
}

TEST(Ipv4, ReadsEveryField) {  // [RFC791 3.1]
  const auto header = Ipv4Header::parse(good_packet());
  ASSERT_TRUE(header);
  EXPECT_EQ(header->header_size, 20);
  EXPECT_EQ(header->total_length, 0x73);
  EXPECT_EQ(header->payload_size(), 0x73U - 20);
  EXPECT_TRUE(header->dont_fragment);
  EXPECT_FALSE(header->more_fragments);
  EXPECT_FALSE(header->is_fragment());
  EXPECT_EQ(header->ttl, 64);
  EXPECT_EQ(header->protocol, ip_protocol::kUdp);
  EXPECT_EQ(to_string(header->source), "192.168.0.1");
  EXPECT_EQ(to_string(header->destination), "192.168.0.199");
}

TEST(Ipv4, WritesBackWhatItRead) {
  const Bytes packet = good_packet();
  Bytes written(20);
  Ipv4Header::parse(packet)->emit(written);
  EXPECT_EQ(written, Bytes(packet.begin(), packet.begin() + 20));
}

TEST(Ipv4, WritesAndReadsAFragment) {
  const Ipv4Header fragment{.tos = 0x2e,
                            .total_length = 28,
                            .identification = 0xbeef,
                            .more_fragments = true,
                            .fragment_offset = 65528,
                            .ttl = 1,
                            .protocol = ip_protocol::kIcmp,
                            .source = {0x0a000004},
                            .destination = {0x0a000005}};
  Bytes packet(28);
  fragment.emit(packet);
  const auto header = Ipv4Header::parse(packet);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->is_fragment());
  EXPECT_TRUE(header->more_fragments);
  EXPECT_FALSE(header->dont_fragment);
  EXPECT_EQ(header->fragment_offset, 65528);
  EXPECT_EQ(header->identification, 0xbeef);
  EXPECT_EQ(header->tos, 0x2e);
}

TEST(Ipv4, SumsTheOptionsThatStandBehindTheHeader) {
  Bytes packet(32);
  packet[20] = 0x07;  // any options
  packet[27] = 0x55;
  const Ipv4Header header{.header_size = 28, .total_length = 32, .protocol = 6, .source = {1}, .destination = {2}};
  header.emit(packet);
  EXPECT_TRUE(Ipv4Header::parse(packet));
  packet[27] = 0x56;
  expect_dropped(packet, DropReason::kIpBadChecksum);
}

TEST(Ipv4, TakesLinkPaddingBehindThePacket) {
  Bytes packet = good_packet();
  packet.resize(packet.size() + 30, 0xee);
  EXPECT_EQ(Ipv4Header::parse(packet)->total_length, 0x73);
}

TEST(Ipv4, DropsFewerOctetsThanAHeader) {
  for (std::size_t size = 0; size < 20; ++size) {
    Bytes packet = good_packet();
    packet.resize(size);
    expect_dropped(packet, DropReason::kIpTruncated);
  }
}

TEST(Ipv4, DropsOtherVersions) {  // [RFC1122 3.2.1.1]
  for (unsigned version = 0; version < 16; ++version) {
    Bytes packet = good_packet();
    packet[0] = static_cast<std::uint8_t>(version << 4 | 5);
    repair_checksum(packet);
    if (version != 4) expect_dropped(packet, DropReason::kIpBadVersion);
  }
}

TEST(Ipv4, DropsAHeaderLengthBelowFiveOrBeyondThePacket) {
  Bytes packet = good_packet();
  for (std::uint8_t words = 0; words < 5; ++words) {
    packet[0] = static_cast<std::uint8_t>(0x40 | words);
    expect_dropped(packet, DropReason::kIpBadHeaderLength);
  }
  packet.resize(56);
  packet[0] = 0x4f;
  expect_dropped(packet, DropReason::kIpBadHeaderLength);
}

TEST(Ipv4, DropsATotalLengthBelowTheHeaderOrBeyondThePacket) {
  for (const std::uint8_t length : {std::uint8_t{0}, std::uint8_t{19}, std::uint8_t{0x74}, std::uint8_t{0xff}}) {
    Bytes packet = good_packet();
    packet[3] = length;
    repair_checksum(packet);
    expect_dropped(packet, DropReason::kIpBadTotalLength);
  }
}

TEST(Ipv4, DropsAWrongChecksumUnlessToldNotToLook) {  // [RFC1122 3.2.1.2]
  Bytes packet = good_packet();
  packet[8] ^= 1;
  expect_dropped(packet, DropReason::kIpBadChecksum);
  EXPECT_TRUE(Ipv4Header::parse(packet, false));
}

TEST(SetTotalLength, WritesTheSizeOfThePacket) {
  Bytes packet = good_packet();
  packet.resize(0x1234);
  EXPECT_TRUE(set_total_length(packet));
  EXPECT_EQ(Ipv4Header::parse(packet, false)->total_length, 0x1234);
}

TEST(SetTotalLength, RefusesWhatIsNoPacket) {
  Bytes short_one(19);
  Bytes long_one(65536);
  EXPECT_FALSE(set_total_length(short_one));
  EXPECT_FALSE(set_total_length(long_one));
  EXPECT_EQ(long_one, Bytes(65536));
}

}  // namespace
}  // namespace fourtuple::wire
