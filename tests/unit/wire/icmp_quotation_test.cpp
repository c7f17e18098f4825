#include "stack/wire/icmp_quotation.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace fourtuple::wire {
namespace {

using Bytes = std::vector<std::uint8_t>;

// The first octets of a TCP segment of 1,500 octets in all, from 10.0.0.4:80 to 10.0.0.5:55715.
Bytes quoted(std::uint8_t header_size = 20, std::size_t transport_size = 8) {
  Bytes body(header_size + transport_size);
  const Ipv4Header header{.header_size = header_size,
                          .total_length = 1500,
                          .protocol = ip_protocol::kTcp,
                          .source = Ipv4Address::from_octets(10, 0, 0, 4),
                          .destination = Ipv4Address::from_octets(10, 0, 0, 5)};
  header.emit(body);
  const Bytes transport{0x00, 0x50, 0xd9, 0xa3, 0xff, 0xff, 0xff, 0xf0};
  for (std::size_t i = 0; i < transport.size() && i < transport_size; ++i) body[header_size + i] = transport[i];
  return body;
}

TEST(IcmpQuotation, NamesTheConnectionAndTheOctetsOfTheSegmentThatDied) {
  const Bytes body = quoted();
  const auto quotation = IcmpQuotation::parse(body);
  ASSERT_TRUE(quotation);
  EXPECT_EQ(quotation->header.total_length, 1500);
  EXPECT_EQ(to_string(quotation->header.source), "10.0.0.4");
  EXPECT_EQ(to_string(quotation->header.destination), "10.0.0.5");
  EXPECT_EQ(quotation->source_port, 80);
  EXPECT_EQ(quotation->destination_port, 55715);
  EXPECT_EQ(quotation->seq, SeqNum{0xfffffff0});
  EXPECT_EQ(quotation->transport.size(), 8U);
}

TEST(IcmpQuotation, FindsTheTransportHeaderBehindOptions) {
  const auto quotation = IcmpQuotation::parse(quoted(60));
  ASSERT_TRUE(quotation);
  EXPECT_EQ(quotation->source_port, 80);
}

// A router counts the time to live down and need not repair the checksum of what it throws away.
TEST(IcmpQuotation, DoesNotCareForTheQuotedHeadersChecksum) {
  Bytes body = quoted();
  body[8] -= 1;
  EXPECT_TRUE(IcmpQuotation::parse(body));
}

TEST(IcmpQuotation, RefusesOneCutShortAnywhere) {  // [RFC1122 3.2.2(b)]
  const Bytes body = quoted(24);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(IcmpQuotation::parse(ByteView(body).first(size))) << size;
  }
}

TEST(IcmpQuotation, RefusesAPacketTooShortToHaveSuchAHeader) {
  Bytes body = quoted();
  body[2] = 0;
  body[3] = 27;
  EXPECT_FALSE(IcmpQuotation::parse(body));
  body[3] = 28;
  EXPECT_TRUE(IcmpQuotation::parse(body));
}

TEST(IcmpQuotation, RefusesALaterFragment) {
  Bytes body = quoted();
  body[7] = 1;
  EXPECT_FALSE(IcmpQuotation::parse(body));
}

TEST(IcmpQuotation, RefusesWhatIsNoIpv4Header) {
  for (const std::uint8_t first : Bytes{0x00, 0x40, 0x44, 0x65, 0xff}) {
    Bytes body = quoted(60, 100);
    body[0] = first;
    EXPECT_FALSE(IcmpQuotation::parse(body)) << unsigned{first};
  }
}

}  // namespace
}  // namespace fourtuple::wire
