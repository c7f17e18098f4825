#include <algorithm>
#include <cerrno>
#include <gtest/gtest.h>
#include <string>

#include "apps/clients/echo_message.hpp"
#include "apps/clients/ping_report.hpp"
#include "apps/control/address.hpp"
#include "apps/control/listing_request.hpp"
#include "apps/demo/kernel_view.hpp"
#include "apps/echo/control_command.hpp"
#include "apps/echo/ring_buffer.hpp"
#include "apps/world/link.hpp"

namespace fourtuple::apps {
namespace {

using Kind = ControlCommand::Kind;

TEST(EchoControl, KnowsItsFourCommands) {
  EXPECT_EQ(parse_control_command("BYE")->kind, Kind::kBye);
  EXPECT_EQ(parse_control_command("SHUT\r")->kind, Kind::kShut);
  EXPECT_EQ(parse_control_command("STAT")->kind, Kind::kStat);
  const auto connect = parse_control_command("CONNECT 10.0.0.5 7007");
  ASSERT_TRUE(connect);
  EXPECT_EQ(connect->kind, Kind::kConnect);
  EXPECT_EQ(to_string(connect->remote), "10.0.0.5:7007");
}

TEST(EchoControl, RefusesEverythingElse) {
  for (const char* line : {"", " ", "bye", "BYE now", "CONNECT", "CONNECT 10.0.0.5", "CONNECT 10.0.0.5 0",
                           "CONNECT 10.0.0.5 65536", "CONNECT host 1", "CONNECT 10.0.0.5 1 2"})
    EXPECT_FALSE(parse_control_command(line)) << line;
}

TEST(EchoControl, NamesErrorsAsProgrammersDo) {
  EXPECT_EQ(errno_name(ECONNREFUSED), "ECONNREFUSED");
  EXPECT_EQ(errno_name(ETIMEDOUT), "ETIMEDOUT");
}

void put(RingBuffer& ring, std::string_view text) {
  for (const auto part : ring.space()) {
    const std::size_t count = std::min(part.size(), text.size());
    std::copy_n(text.begin(), count, part.begin());
    ring.commit(count);
    text.remove_prefix(count);
  }
}

std::string content(RingBuffer& ring) {
  std::string text;
  for (const auto part : ring.content()) text.append(part.begin(), part.end());
  return text;
}

TEST(RingBuffer, KeepsTheOrderAroundItsEnd) {
  RingBuffer ring(8);
  put(ring, "abcdef");
  ring.consume(4);
  put(ring, "ghijk");
  EXPECT_EQ(content(ring), "efghijk");
  EXPECT_EQ(ring.room(), 1U);
  ring.consume(7);
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.room(), 8U);
}

TEST(RingBuffer, DoesNotMoveWhileItsSpaceIsLent) {
  RingBuffer ring(8);
  put(ring, "abc");
  const char* place = ring.space()[0].data();
  ring.lend(true);
  ring.consume(3);
  EXPECT_EQ(ring.space()[0].data(), place);
}

TEST(ListingRequest, SurvivesTheWire) {
  const ListingRequest request{.style = ListingStyle::kSs, .options = {.tcp = true, .all = true, .timers = true, .filter = {}}};
  const auto back = parse_listing_request(to_line(request));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->style, ListingStyle::kSs);
  EXPECT_TRUE(back->options.tcp && back->options.all && back->options.timers);
  EXPECT_FALSE(back->options.udp || back->options.listening || back->options.information);
  EXPECT_FALSE(parse_listing_request("reboot now"));
}

TEST(ListingRequest, CarriesTheFilterAsItWasWritten) {
  ListingRequest request{.style = ListingStyle::kSs, .options = {.tcp = true, .filter = {}}};
  request.options.filter = "state established ( dport = :80 )";
  EXPECT_EQ(to_line(request), "ss t state established ( dport = :80 )");
  EXPECT_EQ(parse_listing_request(to_line(request))->options.filter, request.options.filter);
}

TEST(ControlAddress, TellsTheProcess) {
  std::string shown = control_address(4711);
  ASSERT_EQ(shown[0], '\0');
  shown[0] = '@';  // as /proc/net/unix writes it
  EXPECT_EQ(process_of(shown), 4711);
  EXPECT_FALSE(process_of("@fourtuple/"));
  EXPECT_FALSE(process_of("@fourtuple/12x"));
  EXPECT_FALSE(process_of("/run/fourtuple/12"));
}

TEST(KernelView, ReadsTheKernelsTable) {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100\n"
      "   1: 0500000A:A2F4 0400000A:0050 01 00000010:00000003 00:00000000 00000000     0        0 2 1 0 20\n";
  EXPECT_EQ(render_proc_net_tcp(table),
            "Active Internet connections (servers and established)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
            "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN     \n"
            "tcp        3     16 10.0.0.5:41716          10.0.0.4:80             ESTABLISHED\n");
}

TEST(EchoMessage, ComesBackAsItWasSent) {
  // What our request looks like when a host answers it: the type changed, the rest as it was.
  auto message = echo_request(77, 3, 100);
  ASSERT_EQ(message.size(), 108U);
  std::vector<std::uint8_t> packet(20 + message.size());
  packet[0] = 0x45;
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  packet[8] = 64;
  packet[9] = 1;
  const std::uint32_t checksum = (std::uint32_t{message[2]} << 8 | message[3]) + 0x0800U;
  const std::uint32_t folded = (checksum & 0xffffU) + (checksum >> 16);
  message[0] = 0;
  message[2] = static_cast<std::uint8_t>(folded >> 8);
  message[3] = static_cast<std::uint8_t>(folded);
  std::copy(message.begin(), message.end(), packet.begin() + 20);
  const auto reply = parse_echo_reply(packet, 77);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->sequence, 3);
  EXPECT_EQ(reply->ttl, 64);
  EXPECT_EQ(reply->message_bytes, 108U);
  EXPECT_TRUE(reply->is_intact);
  EXPECT_FALSE(parse_echo_reply(packet, 78));
  EXPECT_FALSE(parse_echo_reply(ByteView(packet).first(27), 77));
}

TEST(PingReport, CountsWhatWasLostAndWhatCameTwice) {
  PingReport report(Ipv4Address::from_octets(10, 0, 0, 5), 56);
  EXPECT_EQ(report.head(), "PING 10.0.0.5 (10.0.0.5) 56(84) bytes of data.\n");
  report.sent();
  report.sent();
  const EchoReply reply{
      .from = Ipv4Address::from_octets(10, 0, 0, 5), .sequence = 1, .ttl = 64, .message_bytes = 64, .is_intact = true};
  EXPECT_EQ(report.answered(reply, std::chrono::microseconds(1500), false),
            "64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=1.500 ms\n");
  EXPECT_EQ(report.answered(reply, std::chrono::microseconds(2500), true),
            "64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=2.500 ms (DUP!)\n");
  EXPECT_EQ(report.summary(std::chrono::milliseconds(1001)),
            "\n--- 10.0.0.5 ping statistics ---\n"
            "2 packets transmitted, 1 received, +1 duplicates, 50% packet loss, time 1001ms\n"
            "rtt min/avg/max/mdev = 1.500/1.500/1.500/0.000 ms\n");
}

TEST(PrivateWorld, GivesTheKernelTheNeighbouringAddress) {
  const auto neighbour = [](const char* ours) { return to_string(neighbour_of(*Ipv4Prefix::parse(ours))); };
  EXPECT_EQ(neighbour("10.0.0.4/24"), "10.0.0.5/24");
  EXPECT_EQ(neighbour("10.0.0.254/24"), "10.0.0.253/24");
  EXPECT_EQ(neighbour("192.0.2.1/31"), "192.0.2.0/31");
}

}  // namespace
}  // namespace fourtuple::apps
