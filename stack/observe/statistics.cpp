#include "stack/observe/statistics.hpp"

#include <array>
#include <cctype>
#include <fmt/format.h>
#include <utility>

#include "stack/observe/json.hpp"

namespace fourtuple::observe {
namespace {

constexpr std::string_view kDrop = "Drop";

// "tcp-out-of-window" as "TcpOutOfWindow".
std::string joined_capitals(std::string_view words) {
  std::string name;
  bool capital = true;
  for (const char letter : words) {
    if (letter != '-')
      name.push_back(capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter);
    capital = letter == '-';
  }
  return name;
}

// "TcpExtTCPTimeouts" as "tcp_ext_tcp_timeouts".
std::string snake_case(std::string_view name) {
  std::string snake;
  const auto upper = [&name](std::size_t at) {
    return at < name.size() && std::isupper(static_cast<unsigned char>(name[at])) != 0;
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins_word = upper(i) && i != 0 && (!upper(i - 1) || (i + 1 < name.size() && !upper(i + 1)));
    if (begins_word) snake.push_back('_');
    snake.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(name[i]))));
  }
  return snake;
}

// Connections and listeners by state.
std::array<std::uint64_t, kTcpStateCount> states_of(const Stack& stack) {
  std::array<std::uint64_t, kTcpStateCount> states{};
  stack.tcp().for_each([&states](const tcp::SocketRow& row) { ++states[static_cast<std::size_t>(row.state)]; });
  return states;
}

std::uint64_t drops_of(const Stack& stack, DropReason reason) {
  const auto at = static_cast<std::size_t>(reason);
  return stack.counters().drops[at] + stack.tcp().counters().drops[at];
}

class Collector {
 public:
  explicit Collector(const Stack& stack) : stack_(stack) {}

  std::vector<Statistic> run() {
    add_ip();
    add_tcp();
    add_tcp_ext();
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
      const auto reason = static_cast<DropReason>(i);
      rows_.push_back({.name = std::string(kDrop) + joined_capitals(name(reason)),
                       .value = drops_of(stack_, reason),
                       .help = sentence(reason)});
    }
    return std::move(rows_);
  }

 private:
  void add(std::string_view name, std::uint64_t value, std::string_view help) {
    rows_.push_back({.name = std::string(name), .value = value, .help = help});
  }

  void add_ip() {
    const StackCounters& counters = stack_.counters();
    add("IpInHdrErrors",
        drops_of(stack_, DropReason::kIpBadChecksum) + drops_of(stack_, DropReason::kIpBadVersion) +
            drops_of(stack_, DropReason::kIpBadHeaderLength) + drops_of(stack_, DropReason::kIpTruncated) +
            drops_of(stack_, DropReason::kIpBadTotalLength),
        "IP packets with a header that cannot be");
    add("IpInAddrErrors", drops_of(stack_, DropReason::kIpNotForUs), "IP packets for somebody else");
    add("IpInUnknownProtos", drops_of(stack_, DropReason::kIpUnknownProtocol),
        "IP packets of a protocol nobody speaks here");
    add("IpOutNoRoutes", drops_of(stack_, DropReason::kIpNoRoute), "IP packets that no route led anywhere");
    add("IpReasmReqds", counters.fragments_received, "fragments that came");
    add("IpReasmOKs", counters.reassembled, "datagrams put together from fragments");
    add("IpReasmTimeout", drops_of(stack_, DropReason::kFragmentTimeout), "datagrams that were not complete in time");
    add("IpFragCreates", counters.fragments_sent, "fragments that were sent");
    add("IcmpInMsgs", counters.icmp_received, "ICMP messages that came");
    add("IcmpOutMsgs", counters.icmp_sent, "ICMP messages that were sent");
    add("IpExtInOctets", counters.bytes_received, "octets of frames that came");
    add("IpExtOutOctets", counters.bytes_sent, "octets of frames that were sent");
    add("UdpInDatagrams", counters.datagrams_received, "datagrams that a socket got");
    add("UdpOutDatagrams", counters.datagrams_sent, "datagrams that were sent, those of raw sockets counted");
    add("UdpNoPorts", drops_of(stack_, DropReason::kUdpClosedPort), "datagrams for a port without a socket");
    add("UdpInErrors",
        drops_of(stack_, DropReason::kUdpTruncated) + drops_of(stack_, DropReason::kUdpBadLength) +
            drops_of(stack_, DropReason::kUdpBadChecksum),
        "datagrams with a header that cannot be");
    add("UdpRcvbufErrors", drops_of(stack_, DropReason::kSocketQueueFull),
        "datagrams that a full receive buffer refused");
  }

  void add_tcp() {
    const tcp::Counters& tcp = stack_.tcp().counters();
    const auto states = states_of(stack_);
    add("TcpActiveOpens", tcp.active_opens, "connections that we opened");
    add("TcpPassiveOpens", tcp.passive_opens, "connections that peers opened");
    add("TcpAttemptFails", tcp.failed_attempts, "openings that failed");
    add("TcpEstabResets", tcp.established_resets, "established connections that were reset");
    rows_.push_back({.name = "TcpCurrEstab",
                     .value = states[static_cast<std::size_t>(TcpState::kEstablished)] +
                              states[static_cast<std::size_t>(TcpState::kCloseWait)],
                     .help = "connections in ESTABLISHED or CLOSE-WAIT now",
                     .is_gauge = true});
    add("TcpInSegs", tcp.segments_received, "segments that came, bad ones too");
    add("TcpOutSegs", tcp.segments_sent, "segments that were sent for the first time");
    add("TcpRetransSegs", tcp.segments_retransmitted, "segments that were sent again");
    add("TcpInErrs", tcp.bad_segments, "segments with a header or checksum that cannot be");
    add("TcpOutRsts", tcp.resets_sent, "resets that were sent");
    add("TcpInCsumErrors", drops_of(stack_, DropReason::kTcpBadChecksum), "segments with a wrong checksum");
  }

  void add_tcp_ext() {
    const tcp::Counters& tcp = stack_.tcp().counters();
    add("TcpExtTWRecycled", tcp.time_wait_reused, "connections in TIME-WAIT whose name a new SYN took over");
    add("TcpExtTCPTimeWaitOverflow", tcp.time_wait_recycled, "connections in TIME-WAIT that made room for others");
    add("TcpExtDelayedACKs", tcp.delayed_acks, "ACKs that the delayed-ACK timer sent");
    add("TcpExtListenDrops", tcp.listen_drops, "openings that a listener had no room for");
    add("TcpExtTCPFastRetrans", tcp.fast_retransmits, "recoveries that duplicate ACKs, SACK or time began");
    add("TcpExtTCPTimeouts", tcp.timeouts, "retransmission timeouts");
    add("TcpExtTCPSpuriousRTOs", tcp.spurious_recoveries, "recoveries that turned out to be for nothing");
    add("TcpExtTCPOFOQueue", tcp.out_of_order, "segments that came out of order and were kept");
    add("TcpExtTCPChallengeACK", tcp.challenge_acks, "challenge ACKs that were sent");
    add("TcpExtTCPACKSkippedChallenge", tcp.challenge_acks_limited, "challenge ACKs that the limit held back");
    add("TcpExtTCPWinProbe", tcp.window_probes, "probes of a closed window");
    add("TcpExtTCPKeepAlive", tcp.keep_alives, "keep-alive probes");
    add("TcpExtPAWSEstab", drops_of(stack_, DropReason::kTcpPaws), "segments with a timestamp that is too old");
  }

  const Stack& stack_;
  std::vector<Statistic> rows_;
};

void add_metric(std::string& text, std::string_view name, std::string_view help, std::string_view type) {
  text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

}  // namespace

std::vector<Statistic> statistics(const Stack& stack) { return Collector(stack).run(); }

std::string stat_text(const std::vector<Statistic>& statistics, bool zeros) {
  std::string text = "#fourtuple\n";
  for (const Statistic& row : statistics)
    if (zeros || row.value != 0) text += fmt::format("{:<32}{:<16}{:>6}\n", row.name, row.value, "0.0");
  return text;
}

std::string stat_json(const std::vector<Statistic>& statistics, bool zeros) {
  JsonObject rows;
  for (const Statistic& row : statistics)
    if (zeros || row.value != 0) rows.add(row.name, row.value);
  return JsonObject().add_raw("fourtuple", rows.text()).text() + "\n";
}

std::string prometheus_text(const Stack& stack) {
  std::string text;
  for (const Statistic& row : statistics(stack)) {
    if (row.name.starts_with(kDrop)) continue;  // told with labels below
    const std::string metric = fmt::format("fourtuple_{}{}", snake_case(row.name), row.is_gauge ? "" : "_total");
    add_metric(text, metric, row.help, row.is_gauge ? "gauge" : "counter");
    text += fmt::format("{} {}\n", metric, row.value);
  }
  add_metric(text, "fourtuple_drops_total", "packets that were dropped, by reason", "counter");
  for (std::size_t i = 0; i < kDropReasonCount; ++i) {
    const auto reason = static_cast<DropReason>(i);
    text += fmt::format("fourtuple_drops_total{{reason=\"{}\"}} {}\n", name(reason), drops_of(stack, reason));
  }
  add_metric(text, "fourtuple_tcp_sockets", "TCP sockets now, by state", "gauge");
  const auto states = states_of(stack);
  for (std::size_t i = 0; i < kTcpStateCount; ++i)
    text += fmt::format("fourtuple_tcp_sockets{{state=\"{}\"}} {}\n", name(static_cast<TcpState>(i)), states[i]);
  return text;
}

}  // namespace fourtuple::observe
