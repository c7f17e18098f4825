// Raw sockets of a Stack.
#include <algorithm>

#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

struct Raw : World {
  Raw() { know_peer(); }
  Result<std::size_t> send_raw(RawId id, const Bytes& what, std::optional<IpAddress> to = {}) {
    const ByteView piece = what;
    return stack.raw_send(id, {&piece, 1}, to, now);
  }
  static Bytes echo_request() { return icmp_message(wire::icmp_type::kEchoRequest, 0, 0x00010002, octets(20)); }
  RawId icmp_socket(DatagramOptions options = {}) { return *stack.raw_open(wire::ip_protocol::kIcmp, options, 3); }
};

TEST_F(Raw, EchoReplyArrivesWithItsIpHeader) {  // [RFC1122 3.2.1.8(b), 3.2.2.6(d)]
  const RawId id = icmp_socket();
  ASSERT_EQ(send_raw(id, echo_request(), kPeer), 28U);
  const Sent request = take_one();
  EXPECT_EQ(request.ip.protocol, wire::ip_protocol::kIcmp);
  EXPECT_EQ(request.icmp().type, wire::icmp_type::kEchoRequest);
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(0, 0, 0x00010002, octets(20))));
  ASSERT_NE(stack.raw_peek(id), nullptr);
  const auto reply = stack.raw_receive(id);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->payload.size(), 48U);
  EXPECT_EQ(reply->source.address, IpAddress(kPeer));
  EXPECT_EQ(stack.take_notices().back().owner, 3U);
}

TEST_F(Raw, PingToOurselvesShowsRequestAndReply) {
  const RawId id = icmp_socket();
  ASSERT_TRUE(send_raw(id, echo_request(), kOurs));
  const auto first = stack.raw_receive(id);
  const auto second = stack.raw_receive(id);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->payload.bytes()[20], wire::icmp_type::kEchoRequest);
  EXPECT_EQ(second->payload.bytes()[20], wire::icmp_type::kEchoReply);
  EXPECT_TRUE(driver.sent.empty());
}

TEST_F(Raw, EverySocketOfTheProtocolGetsACopyAndTheStackStillAnswers) {
  const RawId a = icmp_socket();
  const RawId b = icmp_socket();
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, echo_request()));
  EXPECT_TRUE(stack.raw_receive(a));
  EXPECT_TRUE(stack.raw_receive(b));
  EXPECT_EQ(take_one().icmp().type, wire::icmp_type::kEchoReply);
}

TEST_F(Raw, SocketOfAnUnknownProtocolSilencesTheError) {
  const RawId id = *stack.raw_open(99, {}, 1);
  Headers headers;
  headers.protocol = 99;
  hear(ip_frame(headers, octets(8)));
  EXPECT_TRUE(stack.raw_receive(id));
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(Raw, ConnectedSocketHearsItsPeerAndItsErrors) {
  const RawId id = icmp_socket();
  ASSERT_TRUE(stack.raw_connect(id, kPeer));
  ASSERT_TRUE(send_raw(id, echo_request()));
  const Bytes offender = take_one().packet;
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(wire::icmp_type::kUnreachable, 1, 0, offender)));
  EXPECT_EQ(stack.raw_error(id), std::errc::host_unreachable);
  EXPECT_EQ(stack.raw_receive(id).error(), std::errc::host_unreachable);
  EXPECT_TRUE(stack.raw_receive(id)) << "the message itself is a packet of the protocol, too";
}

TEST_F(Raw, OwnHeaderLeavesWithLengthChecksumAndWhatWasZeroFilledIn) {
  const RawId id = *stack.raw_open(255, {}, 1);
  Bytes packet = ip_packet({.source = {}, .destination = kPeer, .protocol = 99, .id = 0, .ttl = 7}, octets(40));
  packet[2] = packet[3] = packet[10] = packet[11] = 0;
  ASSERT_TRUE(send_raw(id, packet, kPeer));
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.source, kOurs);
  EXPECT_EQ(sent.ip.ttl, 7);
  EXPECT_EQ(sent.ip.protocol, 99);
  EXPECT_EQ(sent.payload, octets(40));
}

TEST_F(Raw, OwnHeaderMustBeSoundAndFit) {
  const RawId id = icmp_socket({.header_included = true});
  EXPECT_EQ(send_raw(id, octets(19), kPeer).error(), std::errc::invalid_argument);
  EXPECT_EQ(send_raw(id, Bytes(1501), kPeer).error(), std::errc::message_size);
  EXPECT_EQ(send_raw(id, ip_packet({.ttl = 0}, octets(8)), kPeer).error(), std::errc::invalid_argument);
}

TEST_F(Raw, LargePacketsAreFragmented) {
  const RawId id = icmp_socket();
  EXPECT_TRUE(send_raw(id, octets(4000), kPeer));
  EXPECT_EQ(take_sent().size(), 3U);
  EXPECT_EQ(send_raw(id, octets(65516), kPeer).error(), std::errc::message_size);
}

TEST_F(Raw, FullQueueDropsAndCounts) {
  const RawId id = icmp_socket({.receive_buffer_bytes = 1000});
  for (int i = 0; i < 50; ++i) hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(0, 0, 1, octets(8))));
  EXPECT_GT(drops(DropReason::kSocketQueueFull), 0U);
  EXPECT_TRUE(stack.raw_receive(id));
}

TEST_F(Raw, ErrorsOfTheCallerAreNamed) {
  const RawId id = icmp_socket();
  EXPECT_EQ(send_raw(id, octets(8)).error(), std::errc::destination_address_required);
  EXPECT_EQ(send_raw(id, octets(8), kFar).error(), std::errc::network_unreachable);
  EXPECT_EQ(send_raw(id, octets(8), Ipv4Address{0x0a0000ff}).error(), std::errc::permission_denied);
  EXPECT_EQ(stack.raw_bind(id, kPeer).error(), std::errc::address_not_available);
  EXPECT_EQ(stack.raw_receive(id).error(), std::errc::operation_would_block);
  stack.raw_close(id);
  EXPECT_EQ(send_raw(id, octets(8), kPeer).error(), std::errc::bad_file_descriptor);
}

}  // namespace
}  // namespace fourtuple::test
