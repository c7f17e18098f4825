#include "stack/observe/ss_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "stack/observe/ss_info.hpp"

namespace fourtuple::observe {
namespace {

// ss prints nine fields; the ones that end with ':' and their ports are two each.
enum Field : std::size_t { kNetid, kState, kReceive, kSend, kLocal, kLocalPort, kPeer, kPeerPort, kProcess, kFields };
using Cells = std::array<std::string, kFields>;

struct Column {
  std::string_view title;
  std::string_view before;  // delimiter on its left
  bool right = false;       // aligned
};
constexpr std::array<Column, kFields> kColumns{{{"Netid", "", false},
                                                {"State", " ", false},
                                                {"Recv-Q", " ", false},
                                                {"Send-Q", " ", false},
                                                {"Local Address:", " ", true},
                                                {"Port", "", false},
                                                {"Peer Address:", " ", true},
                                                {"Port", "", false},
                                                {"Process", "", false}}};

std::string_view tcp_state_name(TcpState state) {
  static constexpr std::array<std::string_view, kTcpStateCount> kNames{
      "UNCONN",     "LISTEN",     "SYN-SENT", "SYN-RECV", "ESTAB",    "FIN-WAIT-1",
      "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK", "TIME-WAIT"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view state_name(const Row& row) {
  if (row.kind == RowKind::kTcp) return tcp_state_name(row.state);
  return row.is_connected() ? "ESTAB" : "UNCONN";
}

bool is_listening(const Row& row) {
  return row.kind == RowKind::kTcp ? row.state == TcpState::kListen || row.state == TcpState::kClosed
                                   : !row.is_connected();
}

bool is_passing(const Row& row) {
  return row.kind == RowKind::kTcp && (row.state == TcpState::kTimeWait || row.state == TcpState::kSynReceived);
}

bool is_wanted_kind(RowKind kind, const SsOptions& options) {
  if (!options.tcp && !options.udp && !options.raw) return true;
  switch (kind) {
    case RowKind::kTcp:
      return options.tcp;
    case RowKind::kUdp:
      return options.udp;
    case RowKind::kRaw:
      return options.raw;
  }
  return false;
}

bool is_wanted(const Row& row, const SsOptions& options) {
  if (!is_wanted_kind(row.kind, options)) return false;
  if (options.filter != nullptr && !options.filter->matches(row)) return false;
  if (options.all || (options.filter != nullptr && options.filter->names_states())) return true;
  return options.listening ? is_listening(row) : !is_listening(row) && !is_passing(row);
}

std::string ss_port_text(Port port, RowKind kind, const RowNames& names) {
  if (port == 0) return "*";
  std::string service = names.service ? names.service(port, name(kind)) : std::string();
  return service.empty() ? std::to_string(port) : service;
}

std::string process_cell(const Row& row, const SsOptions& options, const RowNames& names) {
  std::string text;
  if (options.programs && names.program) {
    const std::string program = names.program(row.owner);
    if (!program.empty()) text += " " + program;
  }
  if (options.timers) text += ss_timer(row);
  if (options.extended && options.user != 0) text += fmt::format(" uid:{}", options.user);
  if (options.extended) text += fmt::format(" ino:{0} sk:{0:x}", row.number());
  if (options.info && row.kind == RowKind::kTcp) text += "\n\t" + ss_info(row, options.timers);
  return text;
}

Cells cells_of(const Row& row, const SsOptions& options, const RowNames& names) {
  Cells cells;
  cells[kNetid] = name(row.kind);
  cells[kState] = state_name(row);
  cells[kReceive] = std::to_string(row.receive_queue);
  cells[kSend] = std::to_string(row.send_queue);
  cells[kLocal] = to_string(row.name.local.address) + ":";
  cells[kLocalPort] = ss_port_text(row.name.local.port, row.kind, names);
  cells[kPeer] = to_string(row.name.remote.address) + ":";
  cells[kPeerPort] = ss_port_text(row.name.remote.port, row.kind, names);
  cells[kProcess] = process_cell(row, options, names);
  return cells;
}

// ss leaves out a field that is the same for all rows it was asked for.
std::array<bool, kFields> shown_fields(const SsOptions& options) {
  std::array<bool, kFields> shown;
  shown.fill(true);
  const int kinds = int{options.tcp} + int{options.udp} + int{options.raw};
  shown[kNetid] = kinds != 1;
  shown[kState] = options.all || options.listening || options.tcp || kinds == 0;
  if (options.filter != nullptr && options.filter->names_one_state()) shown[kState] = false;
  return shown;
}

// The widest text of each field. ss takes its measure before the very last field of the table is complete, so that one
// does not count.
std::array<std::size_t, kFields> widths_of(const std::vector<Cells>& table) {
  std::array<std::size_t, kFields> widths{};
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (std::size_t field = 0; field < kFields; ++field) {
      if (row + 1 == table.size() && field == kProcess && row != 0) continue;
      widths.at(field) = std::max(widths.at(field), table[row].at(field).size());
    }
  }
  return widths;
}

std::string line(const Cells& cells, const std::array<std::size_t, kFields>& widths,
                 const std::array<bool, kFields>& shown) {
  std::string text;
  for (std::size_t field = 0; field < kFields; ++field) {
    if (!shown.at(field)) continue;
    const Column& column = kColumns.at(field);
    if (!text.empty()) text += column.before;
    const std::size_t fill = widths.at(field) - std::min(widths.at(field), cells.at(field).size());
    if (column.right) text.append(fill, ' ');
    text += cells.at(field);
    if (!column.right) text.append(fill, ' ');
  }
  return text + "\n";
}

}  // namespace

std::string ss_table(const Rows& rows, const SsOptions& options, const RowNames& names) {
  std::vector<Cells> table;
  if (options.header) {
    Cells& titles = table.emplace_back();
    for (std::size_t field = 0; field < kFields; ++field) titles.at(field) = kColumns.at(field).title;
  }
  for (const RowKind kind : {RowKind::kRaw, RowKind::kUdp, RowKind::kTcp}) {
    for (const Row& row : rows) {
      if (row.kind == kind && is_wanted(row, options)) table.push_back(cells_of(row, options, names));
    }
  }
  const auto widths = widths_of(table);
  std::string text;
  for (const Cells& cells : table) text += line(cells, widths, shown_fields(options));
  return text;
}

}  // namespace fourtuple::observe
