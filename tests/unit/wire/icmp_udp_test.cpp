#include <gtest/gtest.h>
#include <vector>

#include "stack/wire/icmp.hpp"
#include "stack/wire/udp.hpp"
#include "tests/unit/wire/naive_checksum.hpp"

namespace fourtuple::wire {
namespace {

using Bytes = std::vector<std::uint8_t>;

const IpAddress kOurs = Ipv4Address::from_octets(10, 0, 0, 4);
const IpAddress kTheirs = Ipv4Address::from_octets(10, 0, 0, 5);
// The pseudo-header of UDP between the two, without the length.
constexpr std::uint32_t kPseudoSum = 0x0a00 + 0x0004 + 0x0a00 + 0x0005 + 17;

template <typename Header>
void expect_dropped(const Result<Header, DropReason>& header, DropReason reason) {
  ASSERT_FALSE(header) << "expected " << name(reason);
  EXPECT_EQ(header.error(), reason) << name(header.error());
}

Bytes echo_request(const Bytes& body) {
  const IcmpHeader header{.type = icmp_type::kEchoRequest, .code = 0, .rest = 0x12340007};
  Bytes message(kIcmpHeaderSize);
  header.emit(message, body);
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

TEST(Icmp, WritesAChecksumOverHeaderAndBody) {
  for (const Bytes& body : {Bytes{}, Bytes{1}, Bytes{1, 2}, Bytes(1473, 0xa5)}) {
    EXPECT_EQ(naive_checksum(echo_request(body)), 0);
  }
}

TEST(Icmp, ReadsWhatItWrote) {
  const auto header = IcmpHeader::parse(echo_request({1, 2, 3}));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type, icmp_type::kEchoRequest);
  EXPECT_EQ(header->echo_id(), 0x1234);
  EXPECT_EQ(header->echo_sequence(), 7);
  EXPECT_FALSE(header->is_error());
}

TEST(Icmp, KnowsErrorsFromQuestions) {
  for (const std::uint8_t type : Bytes{3, 4, 5, 11, 12}) EXPECT_TRUE((IcmpHeader{.type = type}).is_error());
  for (const std::uint8_t type : Bytes{0, 8, 13, 14, 17, 18}) EXPECT_FALSE((IcmpHeader{.type = type}).is_error());
}

TEST(Icmp, FindsTheNextHopMtu) {  // [RFC1191 4]
  EXPECT_EQ((IcmpHeader{.type = 3, .code = 4, .rest = 0xffff05dc}).next_hop_mtu(), 1500);
}

TEST(Icmp, DropsAMessageCutShort) {
  const Bytes message = echo_request({});
  for (std::size_t size = 0; size < 8; ++size) {
    expect_dropped(IcmpHeader::parse(ByteView(message).first(size)), DropReason::kIcmpTruncated);
  }
}

TEST(Icmp, DropsAWrongChecksumUnlessToldNotToLook) {
  Bytes message = echo_request({1, 2, 3});
  message.back() ^= 1;
  expect_dropped(IcmpHeader::parse(message), DropReason::kIcmpBadChecksum);
  EXPECT_TRUE(IcmpHeader::parse(message, false));
}

Bytes datagram(const Bytes& payload) {
  const UdpHeader header{.source_port = 5353, .destination_port = 7};
  Bytes bytes(kUdpHeaderSize);
  header.emit(bytes, kOurs, kTheirs, payload);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

TEST(Udp, ReadsWhatItWrote) {
  const Bytes bytes = datagram({1, 2, 3});
  const auto header = UdpHeader::parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->source_port, 5353);
  EXPECT_EQ(header->destination_port, 7);
  EXPECT_EQ(header->length, 11);
  EXPECT_TRUE(header->checksum_is_good(kOurs, kTheirs, bytes));
}

TEST(Udp, WritesAChecksumOverPseudoHeaderHeaderAndPayload) {  // [RFC768 checksum] [RFC1122 4.1.3.4(a)]
  for (const Bytes& payload : {Bytes{}, Bytes{1}, Bytes{1, 2}, Bytes(1471, 0xa5)}) {
    const Bytes bytes = datagram(payload);
    EXPECT_EQ(naive_sum(bytes, kPseudoSum + static_cast<std::uint32_t>(bytes.size())), 0xffff);
  }
}

TEST(Udp, SendsAllOnesWhereTheChecksumComesOutAsZero) {  // [RFC768] [RFC768 checksum]
  Bytes payload{0, 0};
  const Bytes probe = datagram(payload);
  payload = {probe[6], probe[7]};  // adding the checksum to the summed words makes the sum all ones
  const Bytes bytes = datagram(payload);
  EXPECT_EQ(bytes[6], 0xff);
  EXPECT_EQ(bytes[7], 0xff);
  EXPECT_TRUE(UdpHeader::parse(bytes)->checksum_is_good(kOurs, kTheirs, bytes));
}

TEST(Udp, TakesADatagramWithoutChecksum) {  // [RFC1122 4.1.3.4]
  Bytes bytes = datagram({1, 2, 3});
  bytes[6] = bytes[7] = 0;
  EXPECT_TRUE(UdpHeader::parse(bytes)->checksum_is_good(kOurs, kTheirs, bytes));
}

TEST(Udp, FindsAnyDamagedOctetAndAnotherAddress) {
  const Bytes good = datagram({1, 2, 3});
  for (const std::size_t at : {0U, 3U, 8U, 10U}) {
    Bytes bad = good;
    bad[at] ^= 0x10;
    EXPECT_FALSE(UdpHeader::parse(bad)->checksum_is_good(kOurs, kTheirs, bad)) << at;
  }
  EXPECT_FALSE(UdpHeader::parse(good)->checksum_is_good(Ipv4Address{0x0a000006}, kTheirs, good));
}

TEST(Udp, IgnoresPaddingBehindItsLength) {
  Bytes bytes = datagram({1, 2, 3});
  bytes.resize(40, 0xee);
  const auto header = UdpHeader::parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->length, 11);
  EXPECT_TRUE(header->checksum_is_good(kOurs, kTheirs, bytes));
}

TEST(Udp, DropsADatagramCutShort) {
  const Bytes bytes = datagram({1, 2, 3});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto reason = size < 8 ? DropReason::kUdpTruncated : DropReason::kUdpBadLength;
    expect_dropped(UdpHeader::parse(ByteView(bytes).first(size)), reason);
  }
}

TEST(Udp, DropsALengthBelowItsHeader) {  // [RFC768 length]
  Bytes bytes = datagram({1, 2, 3});
  for (std::uint8_t length = 0; length < 8; ++length) {
    bytes[5] = length;
    expect_dropped(UdpHeader::parse(bytes), DropReason::kUdpBadLength);
  }
}

}  // namespace
}  // namespace fourtuple::wire
