#include "stack/observe/netstat_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fourtuple::observe {
namespace {

constexpr std::size_t kAddressWidth = 23;
constexpr std::size_t kProgramWidth = 20;

// net-tools' own spellings, not the RFC's.
std::string_view state_name(TcpState state) {
  static constexpr std::array<std::string_view, kTcpStateCount> kNames{
      "CLOSE",     "LISTEN",     "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1",
      "FIN_WAIT2", "CLOSE_WAIT", "CLOSING",  "LAST_ACK", "TIME_WAIT"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string state_column(const Row& row) {
  switch (row.kind) {
    case RowKind::kTcp:
      return std::string(state_name(row.state));
    case RowKind::kUdp:
      return row.is_connected() ? "ESTABLISHED" : "";
    case RowKind::kRaw:
      return row.is_connected() ? "1" : "7";  // the kernel's numbers of ESTABLISHED and CLOSE
  }
  return {};
}

// Whether the row has a peer in netstat's sense: TCP looks at the port, the others at the address.
bool has_peer(const Row& row) { return row.kind == RowKind::kTcp ? row.name.remote.port != 0 : row.is_connected(); }

bool is_wanted(const Row& row, const NetstatOptions& options) {
  const bool any_kind = !options.tcp && !options.udp && !options.raw;
  const bool kind = any_kind || (row.kind == RowKind::kTcp && options.tcp) ||
                    (row.kind == RowKind::kUdp && options.udp) || (row.kind == RowKind::kRaw && options.raw);
  return kind && (options.all || options.listening != has_peer(row));
}

std::string port_text(Port port, RowKind kind, const RowNames& names) {
  if (port == 0) return "*";
  std::string service = names.service ? names.service(port, name(kind)) : std::string();
  return service.empty() ? std::to_string(port) : service;
}

std::string host_text(const IpAddress& address, const RowNames& names) {
  std::string host = names.host && !address.is_any() ? names.host(address) : std::string();
  return host.empty() ? to_string(address) : host;
}

// "host:port" in 22 characters: the port keeps up to 18 of them, the host the rest.
std::string endpoint_text(const Endpoint& endpoint, RowKind kind, bool wide, const RowNames& names) {
  constexpr std::size_t kRoom = kAddressWidth - 1;
  std::string host = host_text(endpoint.address, names);
  std::string port = port_text(endpoint.port, kind, names);
  if (!wide && host.size() + port.size() > kRoom) {
    port.resize(std::min(port.size(), kRoom - 4));
    host.resize(std::min(host.size(), kRoom - port.size()));
  }
  return host + ":" + port;
}

double seconds(Duration time) { return std::max(0.0, std::chrono::duration<double>(time).count()); }

std::string timer_text(const Row& row) {
  if (!row.info) return "off (0.00/0/0)";
  const tcp::Info& info = *row.info;
  std::string_view timer = info.timer;
  if (timer == "persist") timer = "probe";
  if (timer != "on" && timer != "keepalive" && timer != "timewait" && timer != "probe") {
    return fmt::format("off (0.00/{}/{})", info.consecutive_timeouts, info.unanswered_probes);
  }
  return fmt::format("{} ({:.2f}/{}/{})", timer, seconds(info.timer_remaining), info.consecutive_timeouts,
                     info.unanswered_probes);
}

std::string line(const Row& row, const NetstatOptions& options, const RowNames& names) {
  // netstat shows no backlog: a listener's Send-Q is 0.
  const std::size_t send_queue = row.is_listener() ? 0 : row.send_queue;
  std::string text = fmt::format("{:<5} {:>6} {:>6} {:<23} {:<23} {:<11}", name(row.kind), row.receive_queue,
                                 send_queue, endpoint_text(row.name.local, row.kind, options.wide, names),
                                 endpoint_text(row.name.remote, row.kind, options.wide, names), state_column(row));
  if (options.extended) text += fmt::format(" {:<10} {:<10}", options.user, row.number());
  if (options.programs) {
    const std::string program = names.program ? names.program(row.owner) : std::string();
    text += fmt::format(" {:<{}}", program.empty() ? "-" : program, kProgramWidth);
  }
  if (options.timers) text += " " + timer_text(row);
  return text + "\n";
}

std::string_view which_sockets(const NetstatOptions& options) {
  if (options.all) return "(servers and established)";
  return options.listening ? "(only servers)" : "(w/o servers)";
}

}  // namespace

std::string netstat_table(const Rows& rows, const NetstatOptions& options, const RowNames& names) {
  std::string text = fmt::format("Active Internet connections {}\n", which_sockets(options));
  text += "Proto Recv-Q Send-Q Local Address           Foreign Address         State      ";
  if (options.extended) text += fmt::format(" {:<10} {:<10}", "User", "Inode");
  if (options.programs) text += fmt::format(" {:<{}}", "PID/Program name", kProgramWidth);
  if (options.timers) text += " Timer";
  text += "\n";
  for (const RowKind kind : {RowKind::kTcp, RowKind::kUdp, RowKind::kRaw}) {
    for (const Row& row : rows) {
      if (row.kind == kind && is_wanted(row, options)) text += line(row, options, names);
    }
  }
  return text;
}

}  // namespace fourtuple::observe
