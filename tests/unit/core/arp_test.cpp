// Next hops as the Stack resolves them.
#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

using Operation = wire::ArpPacket::Operation;

struct Arp : World {};

TEST_F(Arp, RequestForOurAddressIsAnswered) {
  hear_arp(Operation::kRequest);
  const Sent reply = take_one();
  ASSERT_TRUE(reply.arp);
  EXPECT_EQ(reply.ethernet.destination, kPeerMac);
  EXPECT_EQ(reply.arp->operation, Operation::kReply);
  EXPECT_EQ(reply.arp->sender_mac, kOurMac);
  EXPECT_EQ(reply.arp->sender_ip, kOurs);
}

TEST_F(Arp, CutRequestIsNotAnsweredFromStaleBytes) {
  Bytes bytes(28);
  wire::ArpPacket{Operation::kRequest, kPeerMac, kPeer, {}, kOurs}.emit(bytes);
  for (std::size_t size = 0; size < 28; ++size) {
    hear(frame(MacAddress::broadcast(), wire::ether_type::kArp, ByteView(bytes).first(size)));
  }
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(drops(DropReason::kArpMalformed), 28U);
}

TEST_F(Arp, PacketToUnresolvedAddressWaitsForTheReply) {
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(send(id, "wait", Endpoint{kPeer, 9}));
  const Sent question = take_one();
  ASSERT_TRUE(question.arp);
  EXPECT_EQ(question.ethernet.destination, MacAddress::broadcast());
  EXPECT_EQ(question.arp->target_ip, kPeer);
  EXPECT_EQ(question.arp->sender_ip, kOurs);
  hear_arp(Operation::kReply);
  const Sent datagram = take_one();
  EXPECT_EQ(datagram.ethernet.destination, kPeerMac);
  EXPECT_EQ(datagram.ip.destination, kPeer);
}

TEST_F(Arp, SilentNextHopIsReportedToConnectedSockets) {  // [RFC1122 2.5]
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(stack.udp_connect(id, {kPeer, 9}));
  ASSERT_TRUE(send(id, "lost"));
  for (int i = 0; i < 3; ++i) pass(1s);
  EXPECT_EQ(drops(DropReason::kArpFailed), 1U);
  EXPECT_EQ(send(id, "again").error(), std::errc::host_unreachable);
  EXPECT_TRUE(send(id, "again")) << "an error is told once";
}

TEST_F(Arp, SilentNextHopEndsAConnectionThatIsOpening) {
  const auto id = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 0}, {kPeer, 80}, stack.way_to(kPeer)->path, {}, 1, context);
  });
  ASSERT_TRUE(id);
  (void)stack.take_notices();
  for (int i = 0; i < 3; ++i) pass(1s);
  EXPECT_FALSE(stack.take_notices().empty()) << "whoever waits for the connection is woken";
  const auto status = stack.tcp().status(*id);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->state, TcpState::kClosed);
  EXPECT_EQ(status->error, std::errc::host_unreachable);
}

TEST_F(Arp, FarAddressesAreReachedByTheGatewaysMac) {  // [RFC1122 3.3.1.1]
  ASSERT_TRUE(stack.add_route({.destination = {}, .gateway = kGateway, .interface_index = 0, .metric = 0}));
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(send(id, "far", Endpoint{kFar, 9}));
  EXPECT_EQ(take_one().arp->target_ip, kGateway);
  Bytes bytes(28);
  wire::ArpPacket{Operation::kReply, kGatewayMac, kGateway, kOurMac, kOurs}.emit(bytes);
  hear(frame(kOurMac, wire::ether_type::kArp, bytes));
  const Sent datagram = take_one();
  EXPECT_EQ(datagram.ethernet.destination, kGatewayMac);
  EXPECT_EQ(datagram.ip.destination, kFar);
}

TEST_F(Arp, AnnouncementTellsTheLanOurAddress) {  // [RFC5227 2.3]
  stack.announce(now);
  const Sent announcement = take_one();
  ASSERT_TRUE(announcement.arp);
  EXPECT_EQ(announcement.ethernet.destination, MacAddress::broadcast());
  EXPECT_EQ(announcement.arp->sender_ip, kOurs);
  EXPECT_EQ(announcement.arp->target_ip, kOurs);
}

TEST_F(Arp, TimersAreDueWhenTheStackSaysSo) {
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(send(id, "wait", Endpoint{kPeer, 9}));
  EXPECT_EQ(stack.next_deadline(), now + 1s);
  stack.advance(stack.next_deadline());
  EXPECT_EQ(stack.next_deadline(), now + 2s);
  ASSERT_EQ(stack.neighbours().size(), 1U);
  EXPECT_EQ(stack.neighbours()[0].state, "INCOMPLETE");
}

}  // namespace
}  // namespace fourtuple::test
