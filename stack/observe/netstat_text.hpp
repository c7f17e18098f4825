// The table that net-tools 2.10's netstat prints, byte for byte.
#pragma once

#include <string>

#include "stack/observe/rows.hpp"

namespace fourtuple::observe {

// netstat's switches, with its meanings.
struct NetstatOptions {
  bool tcp = false;        // -t   none of the three: all of them
  bool udp = false;        // -u
  bool raw = false;        // -w
  bool all = false;        // -a   listeners and connections; wins over -l
  bool listening = false;  // -l   only listeners; neither: only connections
  bool timers = false;     // -o
  bool programs = false;   // -p
  bool extended = false;   // -e   user and inode: the socket's number of the stack's
  unsigned user = 0;
  bool wide = false;  // -W   never cut addresses
};

// Headlines and rows, each line ended by a newline. Names come from `names`, numbers where that is empty (-n).
[[nodiscard]] std::string netstat_table(const Rows& rows, const NetstatOptions& options, const RowNames& names = {});

}  // namespace fourtuple::observe
