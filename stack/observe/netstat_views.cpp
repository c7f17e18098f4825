#include "stack/observe/netstat_views.hpp"

#include <fmt/format.h>
#include <map>

#include "stack/observe/statistics.hpp"

namespace fourtuple::observe {
namespace {

std::string interface_name(const Stack& stack, std::size_t index) {
  return index < stack.interface_count() ? stack.interface(index).name : "lo";
}

std::string mask_of(unsigned length) {
  const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
  return fmt::format("{}.{}.{}.{}", mask >> 24, (mask >> 16) & 255U, (mask >> 8) & 255U, mask & 255U);
}

std::string flags_of(const Route& route) {
  std::string flags = "U";
  if (!route.gateway.is_any()) flags += 'G';
  if (route.destination.length == 32) flags += 'H';
  return flags;
}

// One line of -s: a number in a sentence, where the kernel's netstat has one, else "Name: number".
class Page {
 public:
  explicit Page(const Stack& stack) {
    for (const Statistic& row : statistics(stack)) values_[row.name] = row.value;
  }
  void section(std::string_view title) { text_ += fmt::format("{}:\n", title); }
  void sentence(std::string_view name, std::string_view words) {
    text_ += fmt::format("    {} {}\n", values_.at(std::string(name)), words);
  }
  void sentence_unless_zero(std::string_view name, std::string_view words) {
    if (values_.at(std::string(name)) != 0) sentence(name, words);
  }
  // Names of the section that have no sentence, as net-tools prints unknown ones.
  void named_unless_zero(std::string_view prefix, std::string_view name) {
    const std::uint64_t value = values_.at(std::string(prefix) + std::string(name));
    if (value != 0) text_ += fmt::format("    {}: {}\n", name, value);
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::map<std::string, std::uint64_t> values_;
  std::string text_;
};

void add_ip_and_icmp(Page& page) {
  page.section("Ip");
  page.sentence_unless_zero("IpInHdrErrors", "with invalid headers");
  page.sentence_unless_zero("IpInAddrErrors", "with invalid addresses");
  page.sentence_unless_zero("IpInUnknownProtos", "with unknown protocol");
  page.sentence_unless_zero("IpOutNoRoutes", "dropped because of missing route");
  page.sentence_unless_zero("IpReasmTimeout", "fragments dropped after timeout");
  page.sentence_unless_zero("IpReasmReqds", "reassemblies required");
  page.sentence_unless_zero("IpReasmOKs", "packets reassembled ok");
  page.sentence_unless_zero("IpFragCreates", "fragments created");
  page.section("Icmp");
  page.sentence("IcmpInMsgs", "ICMP messages received");
  page.sentence("IcmpOutMsgs", "ICMP messages sent");
}

void add_tcp(Page& page) {
  page.section("Tcp");
  page.sentence("TcpActiveOpens", "active connection openings");
  page.sentence("TcpPassiveOpens", "passive connection openings");
  page.sentence("TcpAttemptFails", "failed connection attempts");
  page.sentence("TcpEstabResets", "connection resets received");
  page.sentence("TcpCurrEstab", "connections established");
  page.sentence("TcpInSegs", "segments received");
  page.sentence("TcpOutSegs", "segments sent out");
  page.sentence("TcpRetransSegs", "segments retransmitted");
  page.sentence("TcpInErrs", "bad segments received");
  page.sentence("TcpOutRsts", "resets sent");
  page.section("Udp");
  page.sentence("UdpInDatagrams", "packets received");
  page.sentence("UdpNoPorts", "packets to unknown port received");
  page.sentence("UdpInErrors", "packet receive errors");
  page.sentence("UdpOutDatagrams", "packets sent");
  page.sentence("UdpRcvbufErrors", "receive buffer errors");
}

void add_extensions(Page& page) {
  page.section("TcpExt");
  page.sentence_unless_zero("TcpExtTWRecycled", "time wait sockets recycled by time stamp");
  page.sentence_unless_zero("TcpExtPAWSEstab", "packets rejected in established connections because of timestamp");
  page.sentence_unless_zero("TcpExtDelayedACKs", "delayed acks sent");
  page.sentence_unless_zero("TcpExtListenDrops", "SYNs to LISTEN sockets dropped");
  page.sentence_unless_zero("TcpExtTCPFastRetrans", "fast retransmits");
  for (const std::string_view name : {"TCPTimeWaitOverflow", "TCPTimeouts", "TCPSpuriousRTOs", "TCPOFOQueue",
                                      "TCPChallengeACK", "TCPACKSkippedChallenge", "TCPWinProbe", "TCPKeepAlive"})
    page.named_unless_zero("TcpExt", name);
  page.section("IpExt");
  page.named_unless_zero("IpExt", "InOctets");
  page.named_unless_zero("IpExt", "OutOctets");
}

}  // namespace

std::string netstat_routes(const Stack& stack) {
  std::string text =
      "Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n";
  for (const Route& route : stack.routes()) {
    text += fmt::format("{:<15} {:<15} {:<15} {:<6} {:>4} {:<6} {:>5} {}\n", to_string(route.destination.address),
                        to_string(route.gateway), mask_of(route.destination.length), flags_of(route), 0, 0, 0,
                        interface_name(stack, route.interface_index));
  }
  return text;
}

std::string netstat_interfaces(const Stack& stack) {
  std::string text =
      "Kernel Interface table\n"
      "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    const StackCounters counters = i == 0 ? stack.counters() : StackCounters{};
    const std::uint64_t refused = counters.drops[static_cast<std::size_t>(DropReason::kDriverRefused)];
    text += fmt::format("{:<15} {:>5} {:>8} {:>6} {:>6} {:<6} {:>8} {:>6} {:>6} {:>6} BMRU\n", stack.interface(i).name,
                        stack.interface(i).mtu, counters.frames_received, 0, 0, 0, counters.frames_sent, 0, refused, 0);
  }
  return text;
}

std::string netstat_statistics(const Stack& stack) {
  Page page(stack);
  add_ip_and_icmp(page);
  add_tcp(page);
  add_extensions(page);
  return page.text();
}

}  // namespace fourtuple::observe
