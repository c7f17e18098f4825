#include "stack/observe/frame_text.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "stack/wire/arp.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::observe {
namespace {

constexpr Ipv4Address kOurs = Ipv4Address::from_octets(10, 0, 0, 4);
constexpr Ipv4Address kTheirs = Ipv4Address::from_octets(10, 0, 0, 5);
constexpr MacAddress kMac{{2, 0, 0, 0, 0, 4}};

using Frame = std::vector<std::uint8_t>;

Frame ethernet(std::uint16_t type, const Frame& packet) {
  Frame frame(wire::kEthernetHeaderSize);
  wire::EthernetHeader{MacAddress::broadcast(), kMac, type}.emit(frame);
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

Frame arp(wire::ArpPacket::Operation operation, Ipv4Address sender, Ipv4Address target) {
  Frame packet(wire::kArpSize);
  wire::ArpPacket{operation, kMac, sender, {}, target}.emit(packet);
  return ethernet(wire::ether_type::kArp, packet);
}

Frame ipv4(std::uint8_t protocol, const Frame& payload, wire::Ipv4Header header = {}) {
  header.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + payload.size());
  header.protocol = protocol;
  header.source = kTheirs;
  header.destination = kOurs;
  Frame packet(wire::kIpv4HeaderSize);
  header.emit(packet);
  packet.insert(packet.end(), payload.begin(), payload.end());
  return ethernet(wire::ether_type::kIpv4, packet);
}

Frame icmp(std::uint8_t type, std::uint8_t code, std::uint32_t rest, std::size_t body) {
  Frame message(wire::kIcmpHeaderSize + body);
  wire::IcmpHeader{type, code, rest}.emit(message, ByteView(message).subspan(wire::kIcmpHeaderSize));
  return ipv4(wire::ip_protocol::kIcmp, message);
}

Frame udp(Port from, Port to, std::size_t size) {
  Frame datagram(wire::kUdpHeaderSize + size);
  wire::UdpHeader header;
  header.source_port = from;
  header.destination_port = to;
  header.emit(datagram, kTheirs, kOurs, ByteView(datagram).subspan(wire::kUdpHeaderSize));
  return ipv4(wire::ip_protocol::kUdp, datagram);
}

Frame tcp(std::size_t payload) {
  Segment segment;
  segment.source_port = 55715;
  segment.destination_port = 80;
  segment.seq = {4294967295U};
  segment.flags = {TcpFlags::kPsh | TcpFlags::kAck};
  segment.ack = {7};
  Frame bytes(wire::kTcpHeaderSize + payload);
  wire::emit_tcp_header(segment, bytes);
  return ipv4(wire::ip_protocol::kTcp, bytes);
}

std::string line(const Frame& frame) { return describe_frame(frame).line; }

TEST(FrameText, ReadsArpLikeAPerson) {
  using enum wire::ArpPacket::Operation;
  EXPECT_EQ(line(arp(kRequest, kTheirs, kOurs)), "ARP who-has 10.0.0.4 tell 10.0.0.5");
  EXPECT_EQ(line(arp(kReply, kOurs, kTheirs)), "ARP 10.0.0.4 is-at 02:00:00:00:00:04");
  EXPECT_EQ(line(arp(kRequest, kOurs, kOurs)), "ARP announces 10.0.0.4");
}

TEST(FrameText, ReadsIcmp) {
  EXPECT_EQ(line(icmp(8, 0, 1U << 16 | 2, 56)), "ICMP echo request id 1 seq 2 (56 bytes)");
  EXPECT_EQ(line(icmp(0, 0, 1U << 16 | 2, 0)), "ICMP echo reply id 1 seq 2 (0 bytes)");
  EXPECT_EQ(line(icmp(3, 3, 0, 28)), "ICMP port unreachable");
  EXPECT_EQ(line(icmp(3, 4, 1400, 28)), "ICMP fragmentation needed, mtu 1400");
  EXPECT_EQ(line(icmp(11, 0, 0, 28)), "ICMP time exceeded");
  EXPECT_EQ(line(icmp(42, 3, 0, 0)), "ICMP type 42 code 3");
}

TEST(FrameText, ReadsUdpAndTcpWithTheirNames) {
  EXPECT_EQ(line(udp(53, 4242, 12)), "UDP 53 > 4242 len 12");
  const FrameText text = describe_frame(tcp(100));
  EXPECT_EQ(text.line, "TCP 55715 > 80 P. seq 4294967295 len 100 ack 7");
  EXPECT_EQ(text.name, (FourTuple{{kTheirs, 55715}, {kOurs, 80}}));
  EXPECT_EQ(text.kind, FrameText::Kind::kTcp);
}

TEST(FrameText, ReadsAPacketWithoutItsLinkHeader) {
  const Frame frame = udp(53, 4242, 12);
  EXPECT_EQ(describe_frame(ByteView(frame).subspan(wire::kEthernetHeaderSize)).line, "UDP 53 > 4242 len 12");
}

TEST(FrameText, CountsThePayloadThatStandsElsewhere) {
  Frame frame = udp(53, 4242, 1000);
  frame.resize(frame.size() - 1000);
  EXPECT_EQ(describe_frame(frame, 1000).line, "UDP 53 > 4242 len 1000");
}

TEST(FrameText, DoesNotCountLinkPadding) {
  Frame frame = udp(53, 4242, 1);
  frame.resize(60);
  EXPECT_EQ(line(frame), "UDP 53 > 4242 len 1");
}

TEST(FrameText, TellsFragmentsFromDatagrams) {
  wire::Ipv4Header header;
  header.identification = 77;
  header.more_fragments = true;
  header.fragment_offset = 1480;
  EXPECT_EQ(line(ipv4(wire::ip_protocol::kIcmp, Frame(1480), header)),
            "IP fragment id 77 octets 1480:2960, more follow");
}

TEST(FrameText, HasALineForAnythingElse) {
  EXPECT_EQ(line({}), "frame");
  EXPECT_EQ(line({1, 2, 3}), "frame of 3 bytes, cut short");
  EXPECT_EQ(line(ethernet(0x88cc, Frame(10))), "Ethernet type 0x88cc (24 bytes)");
  EXPECT_EQ(line(ethernet(wire::ether_type::kIpv6, Frame(40))), "IPv6 (54 bytes)");
  EXPECT_EQ(line(ipv4(132, Frame(12))), "IP protocol 132 (12 bytes)");
}

TEST(FrameText, SurvivesEveryTruncationAndEveryChangedOctet) {
  for (const Frame& frame : {tcp(20), udp(1, 2, 20), icmp(3, 3, 0, 28), arp({}, kOurs, kTheirs)}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_FALSE(describe_frame(ByteView(frame).first(size)).line.empty());
    }
    for (std::size_t at = 0; at < frame.size(); ++at) {
      Frame changed = frame;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 0xff);
      for (const char character : describe_frame(changed).line) EXPECT_TRUE(character >= ' ' && character <= '~');
    }
  }
}

}  // namespace
}  // namespace fourtuple::observe
