// Rows as JSON, for `netstat --json` and `ss --json`.
#pragma once

#include <string>

#include "stack/observe/rows.hpp"

namespace fourtuple::observe {

// A list with one object a row, each on a line of its own. Members: protocol ("tcp", "udp", "raw"), local {address,
// port}, remote {address, port}, state (as the RFC spells it; TCP only), receive_queue, send_queue, owner, program
// (where named), timer {name, remaining_ms} where one runs, and info (TCP connections of which it is known): times in
// microseconds, sizes in octets, as tcp::Info names them.
[[nodiscard]] std::string rows_json(const Rows& rows, const RowNames& names = {});

}  // namespace fourtuple::observe
