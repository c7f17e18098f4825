#include "stack/observe/rows.hpp"

namespace fourtuple::observe {
namespace {

Row row_of(const tcp::SocketRow& socket) {
  Row row;
  row.kind = RowKind::kTcp;
  row.name = socket.name;
  row.state = socket.state;
  row.receive_queue = socket.receive_queue;
  row.send_queue = socket.send_queue;
  row.owner = socket.owner;
  return row;
}

Row row_of(const DatagramRow& socket) {
  Row row;
  row.kind = socket.raw ? RowKind::kRaw : RowKind::kUdp;
  row.name = socket.name;
  if (socket.raw) row.name.local.port = socket.protocol;
  row.receive_queue = socket.receive_queue;
  row.owner = socket.owner;
  return row;
}

void add_kind(Rows& rows, const Rows& datagrams, RowKind kind) {
  for (const Row& row : datagrams) {
    if (row.kind == kind) rows.push_back(row);
  }
}

}  // namespace

Rows snapshot(const Stack& stack, Instant now, bool with_info) {
  Rows rows;
  std::vector<tcp::ConnectionId> ids;
  stack.tcp().for_each([&](const tcp::SocketRow& socket) {
    rows.push_back(row_of(socket));
    ids.push_back(socket.id);
  });
  for (std::size_t i = 0; with_info && i < rows.size(); ++i) {
    if (ids[i]) rows[i].info = stack.tcp().info(ids[i], now);
  }
  Rows datagrams;
  stack.for_each_datagram_socket([&](const DatagramRow& socket) { datagrams.push_back(row_of(socket)); });
  add_kind(rows, datagrams, RowKind::kUdp);
  add_kind(rows, datagrams, RowKind::kRaw);
  return rows;
}

}  // namespace fourtuple::observe
