#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "stack/observe/netstat_text.hpp"
#include "stack/observe/rows.hpp"
#include "stack/observe/ss_text.hpp"
#include "tests/unit/observe/kernel_tables.hpp"

namespace fourtuple::observe {
namespace {

using enum TcpState;

Endpoint at(std::string_view text) { return Endpoint::parse(text).value_or(Endpoint{}); }

Row tcp_row(std::string_view local, std::string_view remote, TcpState state, std::size_t receive, std::size_t send,
            OwnerId owner) {
  return {RowKind::kTcp, {at(local), at(remote)}, state, receive, send, owner, std::nullopt};
}

void set_timer(Row& row, std::string_view timer, Duration remaining) {
  row.info.emplace();
  row.info->timer = timer;
  row.info->timer_remaining = remaining;
}

// The sockets of which the kernel's tables are: those numbered by their file descriptor as owner.
Rows kernel_tcp_rows() {
  return {
      tcp_row("127.0.0.1:631", "0.0.0.0:0", kListen, 0, 128, 5),
      tcp_row("0.0.0.0:80", "0.0.0.0:0", kListen, 0, 5, 3),
      tcp_row("10.0.0.4:8080", "0.0.0.0:0", kListen, 1, 128, 4),
      tcp_row("10.0.0.4:80", "10.0.0.5:55720", kEstablished, 128512, 0, 18),
      tcp_row("10.0.0.5:55715", "10.0.0.4:80", kEstablished, 0, 0, 6),
      tcp_row("10.0.0.5:55716", "10.0.0.4:80", kEstablished, 0, 0, 8),
      tcp_row("10.0.0.5:55717", "10.0.0.4:80", kFinWait2, 0, 0, 11),
      tcp_row("10.0.0.5:55718", "10.0.0.4:80", kTimeWait, 0, 0, 0),
      tcp_row("10.0.0.5:55719", "10.0.0.4:80", kEstablished, 0, 0, 13),
      tcp_row("10.0.0.5:55720", "10.0.0.4:80", kEstablished, 0, 3782144, 17),
      tcp_row("10.0.0.4:80", "10.0.0.5:55715", kEstablished, 0, 0, 7),
      tcp_row("10.0.0.4:80", "10.0.0.5:55716", kEstablished, 100, 0, 9),
      tcp_row("10.0.0.4:80", "10.0.0.5:55717", kCloseWait, 1, 0, 12),
      tcp_row("10.0.0.4:8080", "10.0.0.5:55730", kEstablished, 0, 0, 0),
      tcp_row("10.0.0.4:80", "10.0.0.5:55719", kEstablished, 0, 0, 14),
      tcp_row("10.0.0.5:55730", "10.0.0.4:8080", kEstablished, 0, 0, 16),
  };
}

Rows kernel_rows() {
  Rows rows = kernel_tcp_rows();
  rows.push_back({RowKind::kUdp, {at("0.0.0.0:53"), {}}, kClosed, 832, 0, 0, std::nullopt});
  rows.push_back({RowKind::kUdp, {at("10.0.0.4:4242"), at("10.0.0.5:5353")}, kClosed, 0, 0, 0, std::nullopt});
  rows.push_back({RowKind::kUdp, {at("0.0.0.0:54875"), {}}, kClosed, 0, 0, 0, std::nullopt});
  rows.push_back({RowKind::kRaw, {at("10.0.0.5:1"), at("10.0.0.5:0")}, kClosed, 0, 0, 0, std::nullopt});
  rows.push_back({RowKind::kRaw, {at("0.0.0.0:1"), {}}, kClosed, 0, 0, 0, std::nullopt});
  return rows;
}

std::string service_name(Port port, std::string_view) {
  switch (port) {
    case 80:
      return "http";
    case 631:
      return "ipp";
    case 8080:
      return "http-alt";
    default:
      return "";
  }
}

std::string host_name(const IpAddress& address) { return address.v4().is_loopback() ? "localhost" : ""; }

TEST(NetstatTable, EqualsTheKernelsForEverySelection) {
  const Rows rows = kernel_rows();
  EXPECT_EQ(netstat_table(rows, {.tcp = true, .all = true}), kernel::kNetstatTan);
  EXPECT_EQ(netstat_table(rows, {.tcp = true}), kernel::kNetstatTn);
  EXPECT_EQ(netstat_table(rows, {.tcp = true, .listening = true}), kernel::kNetstatTln);
  EXPECT_EQ(netstat_table(rows, {.udp = true, .all = true}), kernel::kNetstatUan);
  EXPECT_EQ(netstat_table(rows, {.udp = true}), kernel::kNetstatUn);
  EXPECT_EQ(netstat_table(rows, {.udp = true, .listening = true}), kernel::kNetstatUln);
  EXPECT_EQ(netstat_table(rows, {.raw = true, .all = true}), kernel::kNetstatWan);
  EXPECT_EQ(netstat_table(rows, {.tcp = true, .udp = true, .all = true}), kernel::kNetstatTuan);
}

TEST(NetstatTable, LetsAllWinOverListening) {
  EXPECT_EQ(netstat_table(kernel_rows(), {.tcp = true, .all = true, .listening = true}), kernel::kNetstatTan);
}

TEST(NetstatTable, PrintsTimersAsTheKernelsDoes) {
  Rows rows = kernel_rows();
  set_timer(rows[7], "timewait", 59640ms);
  set_timer(rows[9], "persist", 120ms);
  set_timer(rows[14], "keepalive", 7199640ms);
  EXPECT_EQ(netstat_table(rows, {.tcp = true, .all = true, .timers = true}), kernel::kNetstatTano);
  EXPECT_EQ(netstat_table(rows, {.udp = true, .all = true, .timers = true}), kernel::kNetstatUano);
}

TEST(NetstatTable, PrintsServicesHostsAndProgramsWhereNamed) {
  EXPECT_EQ(netstat_table(kernel_rows(), {.tcp = true, .all = true}, {host_name, service_name, {}}),
            kernel::kNetstatTa);
  const auto program = [](OwnerId owner) { return owner == 0 ? std::string() : std::string("16976/python3"); };
  EXPECT_EQ(netstat_table(kernel_rows(), {.tcp = true, .all = true, .programs = true}, {{}, {}, program}),
            kernel::kNetstatTanp);
}

TEST(NetstatTable, PrintsTheTwoRowsThatNameListenerAndConnection) {
  const Rows rows{tcp_row("0.0.0.0:80", "0.0.0.0:0", kListen, 0, 128, 1),
                  tcp_row("10.0.0.4:80", "10.0.0.5:55715", kEstablished, 0, 0, 2)};
  EXPECT_EQ(netstat_table(rows, {.tcp = true, .all = true, .listening = true}),
            "Active Internet connections (servers and established)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
            "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"
            "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED\n");
}

TEST(SsTable, EqualsTheKernelsForEverySelection) {
  const Rows rows = kernel_rows();
  EXPECT_EQ(ss_table(rows, {.tcp = true, .all = true}), kernel::kSsTan);
  EXPECT_EQ(ss_table(rows, {.tcp = true}), kernel::kSsTn);
  EXPECT_EQ(ss_table(rows, {.tcp = true, .listening = true}), kernel::kSsTln);
  EXPECT_EQ(ss_table(rows, {.udp = true, .all = true}), kernel::kSsUan);
  EXPECT_EQ(ss_table(rows, {.udp = true}), kernel::kSsUn);
  EXPECT_EQ(ss_table(rows, {.udp = true, .listening = true}), kernel::kSsUln);
  EXPECT_EQ(ss_table(rows, {.raw = true, .all = true}), kernel::kSsWan);
  EXPECT_EQ(ss_table(rows, {.tcp = true, .udp = true, .all = true}), kernel::kSsTuan);
  EXPECT_EQ(ss_table(rows, {.tcp = true, .all = true, .header = false}), kernel::kSsTanH);
}

TEST(SsTable, PrintsTimersServicesAndProcessesAsTheKernelsDoes) {
  Rows rows = kernel_rows();
  EXPECT_EQ(ss_table(rows, {.tcp = true, .all = true}, {{}, service_name, {}}), kernel::kSsTa);
  const auto program = [](OwnerId owner) {
    return owner == 0 ? std::string() : "users:((\"python3\",pid=16976,fd=" + std::to_string(owner) + "))";
  };
  EXPECT_EQ(ss_table(rows, {.tcp = true, .all = true, .programs = true}, {{}, {}, program}), kernel::kSsTanp);
  set_timer(rows[7], "timewait", 59s);
  set_timer(rows[9], "persist", 44ms);
  set_timer(rows[14], "keepalive", 7199s);
  EXPECT_EQ(ss_table(rows, {.tcp = true, .all = true, .timers = true}), kernel::kSsTano);
}

Row informed_row() {
  Row row = tcp_row("10.0.0.5:55716", "10.0.0.4:80", kEstablished, 0, 0, 1);
  tcp::Info& info = row.info.emplace();
  info.timestamps = info.sack = info.window_scaling = true;
  info.send_window_scale = 10;
  info.receive_window_scale = 7;
  info.rto = 204ms;
  info.smoothed_rtt = 1500us;
  info.rtt_variation = 750us;
  info.delayed_ack = 40ms;
  info.send_mss = 1448;
  info.path_mss = 1460;
  info.receive_mss = 536;
  info.advertised_mss = 1460;
  info.congestion_window_bytes = 14480;
  info.slow_start_threshold_bytes = ~std::uint64_t{0};
  info.bytes_sent = 100;
  info.bytes_acknowledged = 101;
  info.segments_sent = 3;
  info.segments_received = 2;
  info.in_flight_bytes = 100;
  info.total_retransmissions = 2;
  info.since_last_data_sent = 532ms;
  info.min_rtt = 4us;
  info.peer_window_bytes = 65536;
  info.congestion = "cubic";
  return row;
}

TEST(SsTable, TellsInfoInTheKernelsOrderAndUnits) {
  const std::string text = ss_table({informed_row()}, {.tcp = true, .all = true, .timers = true, .info = true});
  EXPECT_NE(text.find("\n\t ts sack cubic wscale:10,7 rto:204 rtt:1.5/0.75 ato:40 mss:1448 pmtu:1500 rcvmss:536 "
                      "advmss:1460 cwnd:10 bytes_sent:100 bytes_acked:101 segs_out:3 segs_in:2 send 77226667bps "
                      "lastsnd:532 unacked:1 retrans:0/2 minrtt:0.004 snd_wnd:65536"),
            std::string::npos)
      << text;
}

TEST(SsTable, WritesTimerSpansAsSsDoes) {
  Row row = informed_row();
  const auto timer = [&](Duration remaining) {
    set_timer(row, "on", remaining);
    const std::string text = ss_table({row}, {.tcp = true, .all = true, .timers = true});
    const std::size_t at = text.find("(on,") + 4;
    return text.substr(at, text.find(",0)") - at);
  };
  EXPECT_EQ(timer(44ms), "044ms");
  EXPECT_EQ(timer(1204ms), "1.204ms");
  EXPECT_EQ(timer(12204ms), "12sec");
  EXPECT_EQ(timer(90s), "1min30sec");
  EXPECT_EQ(timer(7199s), "119min");
}

}  // namespace
}  // namespace fourtuple::observe
