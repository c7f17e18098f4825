// Which packets are taken, and how the Stack answers those it is not the right one for.
#include <algorithm>

#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

struct Ip : World {
  Ip() { know_peer(); }
  void expect_drop(DropReason reason, const Bytes& bytes) {
    const std::uint64_t before = drops(reason);
    hear(bytes);
    EXPECT_EQ(drops(reason), before + 1) << name(reason);
    EXPECT_TRUE(take_sent().empty()) << name(reason);
  }
  static Bytes echo(ByteView body = {}) { return icmp_message(wire::icmp_type::kEchoRequest, 0, 0x00010002, body); }
  static Headers icmp() { return {.protocol = wire::ip_protocol::kIcmp}; }
};

TEST_F(Ip, FramesForOtherStationsAreDropped) {
  Headers headers = icmp();
  headers.to = {{2, 0, 0, 0, 0, 9}};
  expect_drop(DropReason::kNotForUs, ip_frame(headers, echo()));
}

TEST_F(Ip, VlanFramesAreDroppedCleanly) {
  expect_drop(DropReason::kVlanTagged, frame(kOurMac, wire::ether_type::kVlan, octets(64)));
}

TEST_F(Ip, PacketsForOtherHostsAreNotForwarded) {  // [RFC1122 3.2.1.3]
  Headers headers = icmp();
  headers.destination = kFar;
  expect_drop(DropReason::kIpNotForUs, ip_frame(headers, echo()));
}

TEST_F(Ip, LoopbackAddressesNeverComeByAWire) {  // [RFC1122 3.2.1.3(b)]
  Headers headers = icmp();
  headers.destination = {0x7f000001};
  expect_drop(DropReason::kIpNotForUs, ip_frame(headers, echo()));
  headers.destination = kOurs;
  headers.source = {0x7f000001};
  expect_drop(DropReason::kIpBadSource, ip_frame(headers, echo()));
}

TEST_F(Ip, SourcesThatAreNobodyAreDropped) {  // [RFC1122 3.2.1.3(a), 3.2.2(f), 4.1.3.6]
  for (const std::string_view source :
       {"0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1", "10.0.0.255", "10.0.0.4"}) {
    Headers headers = icmp();
    headers.source = *Ipv4Address::parse(source);
    expect_drop(DropReason::kIpBadSource, ip_frame(headers, echo()));
  }
}

TEST_F(Ip, UnicastPacketInABroadcastFrameIsDropped) {  // [RFC1122 3.3.6, 2.4]
  Headers headers = icmp();
  headers.to = MacAddress::broadcast();
  expect_drop(DropReason::kIpLinkBroadcast, ip_frame(headers, echo()));
}

TEST_F(Ip, BrokenHeadersAreDropped) {  // [RFC1122 3.2.1.1, 3.2.1.2] [RFC791 3.1(a)]
  const Bytes good = ip_frame(icmp(), echo());
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Bytes bytes = good;
    bytes[14 + at] = value;
    return bytes;
  };
  expect_drop(DropReason::kIpBadVersion, with(0, 0x65));
  expect_drop(DropReason::kIpBadHeaderLength, with(0, 0x44));
  expect_drop(DropReason::kIpBadTotalLength, with(2, 0xff));
  expect_drop(DropReason::kIpBadChecksum, with(8, 63));
  expect_drop(DropReason::kIpTruncated, Bytes(good.begin(), good.begin() + 14 + 19));
}

TEST_F(Ip, HarmlessOptionsAreSkipped) {  // [RFC1122 3.2.1.8]
  Headers headers = icmp();
  headers.options = {7, 7, 4, 0, 0, 0, 0, 0};  // record route, one slot, then end of options
  hear(ip_frame(headers, echo()));
  EXPECT_EQ(take_one().icmp().type, wire::icmp_type::kEchoReply);
}

TEST_F(Ip, SourceRoutesAndMalformedOptionsAreDropped) {
  for (const Bytes& options : {Bytes{131, 7, 4, 8, 8, 8, 8, 0}, Bytes{137, 7, 4, 8, 8, 8, 8, 0}, Bytes{7, 1, 0, 0},
                               Bytes{7, 9, 4, 0, 0, 0, 0, 0}, Bytes{1, 1, 1, 7}}) {
    Headers headers = icmp();
    headers.options = options;
    expect_drop(DropReason::kIpBadOption, ip_frame(headers, echo()));
  }
}

TEST_F(Ip, TimeToLiveIsNoReasonToRefuse) {  // [RFC1122 3.2.1.7(a)]
  for (const std::uint8_t ttl : {std::uint8_t{0}, std::uint8_t{1}}) {
    Headers headers = icmp();
    headers.ttl = ttl;
    hear(ip_frame(headers, echo()));
    EXPECT_EQ(take_one().icmp().type, wire::icmp_type::kEchoReply);
  }
}

TEST_F(Ip, LinkPaddingIsNotPartOfThePacket) {
  Bytes bytes = ip_frame(icmp(), echo());
  bytes.resize(60, 0xee);
  hear(bytes);
  EXPECT_EQ(take_one().payload.size(), 8U);
}

TEST_F(Ip, UnknownProtocolIsReportedOnce) {  // [RFC1122 3.2.2.1] [RFC792 unreachable]
  Headers headers;
  headers.protocol = 99;
  hear(ip_frame(headers, octets(40)));
  const Sent error = take_one();
  EXPECT_EQ(error.icmp().type, wire::icmp_type::kUnreachable);
  EXPECT_EQ(error.icmp().code, wire::icmp_unreachable::kProtocol);
  EXPECT_EQ(drops(DropReason::kIpUnknownProtocol), 1U);
}

TEST_F(Ip, EchoComesBackUnchanged) {  // [RFC1122 3.2.2.6, 3.2.2.6(c)] [RFC792 echo]
  const Bytes body = octets(1000);
  hear(ip_frame(icmp(), echo(body)));
  const Sent reply = take_one();
  EXPECT_EQ(reply.ip.source, kOurs);
  EXPECT_EQ(reply.ip.destination, kPeer);
  EXPECT_EQ(reply.icmp().type, wire::icmp_type::kEchoReply);
  EXPECT_EQ(reply.icmp().rest, 0x00010002U);
  EXPECT_TRUE(std::equal(body.begin(), body.end(), reply.payload.begin() + 8));
}

TEST_F(Ip, LargestPingIsReassembledAndAnsweredInFragments) {  // [RFC791 3.2, 3.2(b)] [RFC1122 3.2.1.4, 3.3.2, 3.3.3]
  const Bytes message = echo(octets(65507));
  for (std::size_t at = 0; at < message.size(); at += 1480) {
    Headers headers = icmp();
    headers.offset = static_cast<std::uint16_t>(at);
    headers.more = at + 1480 < message.size();
    hear(ip_frame(headers, ByteView(message).subspan(at, std::min<std::size_t>(1480, message.size() - at))));
  }
  Bytes reply;
  for (const Sent& each : take_sent()) {
    EXPECT_EQ(each.ip.fragment_offset, reply.size());
    EXPECT_LE(each.packet.size(), 1500U);
    reply.insert(reply.end(), each.payload.begin(), each.payload.end());
  }
  ASSERT_EQ(reply.size(), message.size());
  EXPECT_TRUE(wire::IcmpHeader::parse(reply));
  EXPECT_TRUE(std::equal(message.begin() + 8, message.end(), reply.begin() + 8));
  EXPECT_EQ(stack.counters().reassembled, 1U);
  EXPECT_EQ(stack.counters().fragments_received, 45U);
  EXPECT_EQ(stack.counters().fragments_sent, 45U);
}

TEST_F(Ip, EchoToAGroupGetsSilence) {  // [RFC1122 3.2.2.6(a)]
  Headers headers = icmp();
  headers.to = MacAddress::broadcast();
  headers.destination = {0x0a0000ff};
  expect_drop(DropReason::kIcmpBroadcast, ip_frame(headers, echo()));
  headers.destination = {0xffffffff};
  expect_drop(DropReason::kIcmpBroadcast, ip_frame(headers, echo()));
  headers.to = {{1, 0, 0x5e, 0, 0, 1}};
  headers.destination = {0xe0000001};
  expect_drop(DropReason::kIcmpBroadcast, ip_frame(headers, echo()));
}

TEST_F(Ip, IcmpWithWrongChecksumOrCutShortIsDropped) {
  Bytes message = echo();
  message[2] ^= 1;
  expect_drop(DropReason::kIcmpBadChecksum, ip_frame(icmp(), message));
  expect_drop(DropReason::kIcmpTruncated, ip_frame(icmp(), Bytes(7)));
}

TEST_F(Ip, UnknownIcmpTypeIsSilentlyDiscarded) {  // [RFC1122 3.2.2, 3.2.2.7, 3.2.2.9]
  expect_drop(DropReason::kIcmpUnknownType, ip_frame(icmp(), icmp_message(13, 0, 0, octets(12))));
}

TEST_F(Ip, ErrorsAreNeverSentAboutErrorsGroupsOrLaterFragments) {  // [RFC1122 3.2.2(d)]
  const Bytes error = icmp_message(wire::icmp_type::kUnreachable, 3, 0, ip_packet({}, octets(8)));
  hear(ip_frame(icmp(), error));
  Headers headers;
  headers.protocol = 99;
  headers.to = MacAddress::broadcast();
  headers.destination = {0x0a0000ff};
  hear(ip_frame(headers, octets(40)));
  headers = {};
  headers.protocol = 99;
  headers.offset = 8;
  hear(ip_frame(headers, octets(40)));
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(Ip, ErrorQuotesAtMost576OctetsInAll) {  // [RFC1812 4.3.2.3] [RFC1122 3.2.2(a)]
  Headers headers;
  headers.protocol = 99;
  hear(ip_frame(headers, octets(1400)));
  EXPECT_EQ(take_one().packet.size(), 576U);
  hear(ip_frame(headers, octets(3)));
  EXPECT_EQ(take_one().packet.size(), 20U + 8 + 23);
}

TEST_F(Ip, ErrorsAreRateLimited) {  // [RFC1812 4.3.2.8]
  Headers headers;
  headers.protocol = 99;
  for (int i = 0; i < 1000; ++i) hear(ip_frame(headers, octets(8)));
  EXPECT_EQ(take_sent().size(), stack.config().ip.icmp_errors_per_second);
  EXPECT_EQ(drops(DropReason::kIcmpRateLimited), 1000U - stack.config().ip.icmp_errors_per_second);
  pass(1s);
  hear(ip_frame(headers, octets(8)));
  EXPECT_EQ(take_sent().size(), 1U);
}

// [RFC792 time exceeded]
TEST_F(Ip, DatagramThatStaysIncompleteIsReportedAfterThirtySeconds) {  // [RFC1122 3.3.2(a), 3.3.2(b)]
  Headers headers;
  headers.more = true;
  hear(ip_frame(headers, octets(64)));
  pass(29999ms);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(stack.next_deadline(), now + 1ms);
  pass(1ms);
  const Sent error = take_one();
  EXPECT_EQ(error.icmp().type, wire::icmp_type::kTimeExceeded);
  EXPECT_EQ(error.icmp().code, 1);
  EXPECT_EQ(drops(DropReason::kFragmentTimeout), 1U);
}

TEST_F(Ip, DatagramWithoutItsFirstFragmentExpiresSilently) {  // [RFC1122 3.3.2(b), 3.2.2(e)]
  Headers headers;
  headers.offset = 64;
  hear(ip_frame(headers, octets(64)));
  pass(30s);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(drops(DropReason::kFragmentTimeout), 1U);
}

TEST_F(Ip, TcpToOrFromAGroupIsDropped) {  // [RFC9293 MUST-57]
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 80;
  syn.flags = {TcpFlags::kSyn};
  const Ipv4Address broadcast{0x0a0000ff};
  Headers headers{.to = MacAddress::broadcast(), .destination = broadcast, .protocol = wire::ip_protocol::kTcp};
  expect_drop(DropReason::kTcpBadAddress, ip_frame(headers, tcp_segment(syn, {}, kPeer, broadcast)));
  headers = {.protocol = wire::ip_protocol::kTcp};
  syn.source_port = 0;
  expect_drop(DropReason::kTcpBadAddress, ip_frame(headers, tcp_segment(syn)));
}

TEST_F(Ip, TcpChecksumIsVerifiedUnlessTheDeviceVouchesForIt) {  // [RFC9293 MUST-3]
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 81;
  syn.flags = {TcpFlags::kSyn};
  Bytes segment = tcp_segment(syn);
  segment[17] ^= 1;
  const Headers headers{.protocol = wire::ip_protocol::kTcp};
  expect_drop(DropReason::kTcpBadChecksum, ip_frame(headers, segment));
  hear(ip_frame(headers, segment), {.checksum = ChecksumState::kVerified});
  EXPECT_TRUE(take_one().tcp().flags.rst());
  hear(ip_frame(headers, segment), {.checksum = ChecksumState::kPartial});
  EXPECT_TRUE(take_one().tcp().flags.rst());
}

TEST_F(Ip, TcpHeaderMaySpanFragments) {
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 81;
  syn.flags = {TcpFlags::kSyn};
  syn.options.mss = 1460;
  const Bytes segment = tcp_segment(syn);
  Headers headers{.protocol = wire::ip_protocol::kTcp, .more = true};
  hear(ip_frame(headers, ByteView(segment).first(8)));
  headers.more = false;
  headers.offset = 8;
  hear(ip_frame(headers, ByteView(segment).subspan(8)));
  EXPECT_TRUE(take_one().tcp().flags.rst());
}

}  // namespace
}  // namespace fourtuple::test
