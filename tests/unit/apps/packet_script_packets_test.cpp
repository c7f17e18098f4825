// Packets of a packet script: TCP with its options, UDP, ICMP, and what the IP header says.
#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

using Option = TcpOption::Kind;

Packet packet_in(std::string_view text, const Definitions& definitions = {}) {
  return read_action_of<Packet>("0 " + std::string(text), definitions);
}

template <typename Content>
Content content_of(std::string_view text, const Definitions& definitions = {}) {
  const Packet packet = packet_in(text, definitions);
  if (const auto* content = std::get_if<Content>(&packet.content)) return *content;
  ADD_FAILURE() << "another kind of packet: " << text;
  return {};
}

std::vector<TcpOption> options_in(std::string_view list) {
  return content_of<TcpPacket>("< . 1:1(0) ack 1 " + std::string(list)).options;
}

TEST(PacketScriptPacket, HasFlagsNumbersAndWindow) {
  const TcpPacket packet = content_of<TcpPacket>("< PU. 1:1001(1000) ack 7 win 257 urg 3");
  EXPECT_EQ(to_string(packet.flags), "P.U");
  EXPECT_EQ(packet.sequence.first, 1U);
  EXPECT_EQ(packet.sequence.end, 1001U);
  EXPECT_EQ(packet.sequence.length, 1000U);
  EXPECT_EQ(packet.ack, 7U);
  EXPECT_EQ(packet.window, 257U);
  EXPECT_EQ(packet.urgent, 3U);
}

TEST(PacketScriptPacket, LeavesOutWhatTheScriptDoes) {
  const TcpPacket packet = content_of<TcpPacket>("> R 1:1(0)");
  EXPECT_FALSE(packet.ack || packet.window || packet.urgent || packet.any_options);
  EXPECT_TRUE(packet.options.empty());
}

TEST(PacketScriptPacket, KnowsEveryFlag) {
  EXPECT_EQ(content_of<TcpPacket>("< SFRP.UEW 0:0(0)").flags.bits, 0xff);
  EXPECT_EQ(content_of<TcpPacket>("< . 0:0(0)").flags.bits, TcpFlags::kAck);
  EXPECT_EQ(content_of<TcpPacket>("< - 0:0(0)").flags.bits, 0);
}

TEST(PacketScriptPacket, NumbersReachAndWrapAround32Bits) {
  EXPECT_EQ(content_of<TcpPacket>("< . 4294967295:9(10) ack 4294967295").sequence.first, 4294967295U);
  EXPECT_EQ(content_of<TcpPacket>("< . 3000000000:3000000000(0) ack 3000000000").ack, 3000000000U);
}

TEST(PacketScriptPacket, GoesInOrOut) {
  EXPECT_EQ(packet_in("< . 1:1(0) ack 1").direction, Packet::Direction::kIn);
  EXPECT_EQ(packet_in("> . 1:1(0) ack 1").direction, Packet::Direction::kOut);
}

TEST(PacketScriptPacket, MaySayWhatTheIpHeaderSays) {
  const Packet packet = packet_in("< [ect0] (ttl 64, tos 0x10) . 1:1(0) ack 1");
  EXPECT_EQ(packet.ecn, Ecn::kEct0);
  EXPECT_EQ(packet.ttl, 64);
  EXPECT_EQ(packet.tos, 0x10);
  EXPECT_EQ(packet_in("> [noecn] . 1:1(0) ack 1").ecn, Ecn::kNone);
  EXPECT_EQ(packet_in("> [ect1] . 1:1(0) ack 1").ecn, Ecn::kEct1);
  EXPECT_EQ(packet_in("> [ce] . 1:1(0) ack 1").ecn, Ecn::kCe);
  EXPECT_EQ(packet_in("> . 1:1(0) ack 1").ecn, Ecn::kUnspecified);
}

TEST(PacketScriptPacket, MayNameItsPorts) {
  const Packet packet = packet_in("< 5000>8080 S 0:0(0)");
  EXPECT_EQ(packet.source_port, 5000);
  EXPECT_EQ(packet.destination_port, 8080);
}

TEST(PacketScriptPacket, MayHaveAnyOptions) {
  const TcpPacket packet = content_of<TcpPacket>("> S. 0:0(0) ack 1 <...>");
  EXPECT_TRUE(packet.any_options);
  EXPECT_TRUE(packet.options.empty());
  EXPECT_FALSE(content_of<TcpPacket>("> S. 0:0(0) ack 1 <>").any_options);
}

TEST(PacketScriptPacket, OptionsKeepTheirOrderAndValues) {
  const auto options = options_in("<mss 1460, sackOK,TS val 100 ecr 4294967295,nop,wscale 7,eol>");
  ASSERT_EQ(options.size(), 6U);
  EXPECT_EQ(options[0].kind, Option::kMss);
  EXPECT_EQ(options[0].value, 1460U);
  EXPECT_EQ(options[0].position, (Position{1, 21}));
  EXPECT_EQ(options[1].kind, Option::kSackOk);
  EXPECT_EQ(options[2].kind, Option::kTimestamps);
  EXPECT_EQ(options[2].value, 100U);
  EXPECT_EQ(options[2].echo, 4294967295U);
  EXPECT_EQ(options[3].kind, Option::kNop);
  EXPECT_EQ(options[4].kind, Option::kWindowScale);
  EXPECT_EQ(options[4].value, 7U);
  EXPECT_EQ(options[5].kind, Option::kEnd);
}

TEST(PacketScriptPacket, ATimestampMayBeAny) {
  const auto options = options_in("<TS val ... ecr 7>");
  ASSERT_EQ(options.size(), 1U);
  EXPECT_TRUE(options[0].any_value);
}

TEST(PacketScriptPacket, SackHasBlocks) {
  const auto options = options_in("<nop,nop,sack 1:11 21:31>");
  ASSERT_EQ(options.size(), 3U);
  ASSERT_EQ(options[2].blocks.size(), 2U);
  EXPECT_EQ(options[2].blocks[1].left, 21U);
  EXPECT_EQ(options[2].blocks[1].right, 31U);
}

TEST(PacketScriptPacket, CookiesAndRawOptionsAreOctets) {
  EXPECT_EQ(options_in("<FO 00aBff01>").at(0).octets, (std::vector<std::uint8_t>{0x00, 0xab, 0xff, 0x01}));
  EXPECT_TRUE(options_in("<FO,nop,nop>").at(0).octets.empty());
  EXPECT_EQ(options_in("<FOEXP>").at(0).kind, Option::kFastOpenExp);
  EXPECT_EQ(options_in("<raw 0204>").at(0).octets, (std::vector<std::uint8_t>{2, 4}));
}

TEST(PacketScriptPacket, OptionsMayStandOnTheNextLine) {
  const Script script =
      read("0 < S 0:0(0) win 9\n  <mss 1460>\n< . 1:1(0) ack 1\n< [ce] . 1:1(0) ack 1\n< S 0:0(0)\n <...>");
  ASSERT_EQ(script.events.size(), 4U);
  const auto options_of = [&](std::size_t i) {
    return std::get<TcpPacket>(std::get<Packet>(script.events[i].action).content);
  };
  EXPECT_EQ(options_of(0).options.size(), 1U);
  EXPECT_TRUE(options_of(1).options.empty());
  EXPECT_TRUE(options_of(3).any_options);
}

TEST(PacketScriptPacket, TakesNumbersFromDefinitions) {
  const Definitions definitions = {{"WIN", "0x100"}, {"END", "11"}, {"MSS", "1400"}};
  const auto packet = content_of<TcpPacket>("< P. 1:END(10) ack 1 win WIN <mss MSS>", definitions);
  EXPECT_EQ(packet.window, 256U);
  EXPECT_EQ(packet.options.at(0).value, 1400U);
}

TEST(PacketScriptPacket, MayBeUdp) {
  EXPECT_EQ(content_of<UdpPacket>("> udp (1000)").length, 1000U);
  EXPECT_EQ(content_of<UdpPacket>("< udp (65507)").length, 65507U);
}

TEST(PacketScriptPacket, MayBeIcmpAboutASegment) {
  const auto packet = content_of<IcmpPacket>("< icmp unreachable frag_needed mtu 1200 [1:1461(1460)]");
  EXPECT_EQ(packet.type, "unreachable");
  EXPECT_EQ(packet.code, "frag_needed");
  EXPECT_EQ(packet.mtu, 1200U);
  ASSERT_TRUE(packet.quoted);
  EXPECT_EQ(packet.quoted->length, 1460U);
}

TEST(PacketScriptPacket, MayBeIcmpWithLess) {
  const auto packet = content_of<IcmpPacket>("< icmp source_quench [1:1(0)]");
  EXPECT_EQ(packet.code, "");
  EXPECT_FALSE(packet.mtu);
  EXPECT_EQ(content_of<IcmpPacket>("< icmp 3 13\nclose(3) = 0").code, "13");
  EXPECT_EQ(content_of<IcmpPacket>("< icmp time_exceeded\nclose(3) = 0").code, "");
  EXPECT_EQ(
      content_of<IcmpPacket>("< icmp unreachable port_unreachable [udp (8)]").quoted.value_or(SequenceRange{}).length,
      8U);
}

}  // namespace
}  // namespace fourtuple::packet_script
