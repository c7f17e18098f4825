// The table that iproute2 6.1's ss prints into a pipe, byte for byte.
#pragma once

#include <string>

#include "stack/observe/rows.hpp"
#include "stack/observe/ss_filter.hpp"

namespace fourtuple::observe {

// ss's switches, with its meanings.
struct SsOptions {
  bool tcp = false;        // -t   none of the three: all of them
  bool udp = false;        // -u
  bool raw = false;        // -w
  bool all = false;        // -a
  bool listening = false;  // -l   only listeners; neither: only connections, without TIME-WAIT and SYN-RECV
  bool timers = false;     // -o
  bool programs = false;   // -p
  bool info = false;       // -i   a second line for every TCP socket
  bool extended = false;   // -e   the socket's number, and the user where it is not root
  unsigned user = 0;
  bool header = true;                // without -H
  const SsFilter* filter = nullptr;  // states that it names count instead of all and listening
};

// Rows, each line ended by a newline. Names come from `names`, numbers where that is empty (-n); ss names no hosts.
// With `programs` a name is shown as ss shows it: users:(("fourtuple",pid=1234)).
[[nodiscard]] std::string ss_table(const Rows& rows, const SsOptions& options, const RowNames& names = {});

}  // namespace fourtuple::observe
