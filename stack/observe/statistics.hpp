// The counters of a stack by the names that the kernel's have: those of /proc/net/snmp and /proc/net/netstat as nstat
// prints them, so that scripts find what they know. What we do not count has no row.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/core/stack.hpp"

namespace fourtuple::observe {

struct Statistic {
  std::string
      name;  // "TcpActiveOpens", "TcpExtTCPTimeouts"; "DropTcpOutOfWindow" for a drop reason, which Linux has not
  std::uint64_t value = 0;
  std::string_view help;  // one sentence
  bool is_gauge = false;  // goes down, too
};

[[nodiscard]] std::vector<Statistic> statistics(const Stack& stack);

// Lines as nstat prints them; without `zeros` only what is not zero.
[[nodiscard]] std::string stat_text(const std::vector<Statistic>& statistics, bool zeros);
// One object: {"fourtuple":{"TcpActiveOpens":1,...}}
[[nodiscard]] std::string stat_json(const std::vector<Statistic>& statistics, bool zeros);
// The exposition format of Prometheus, version 0.0.4: counters and gauges with HELP and TYPE. No addresses, no ports.
[[nodiscard]] std::string prometheus_text(const Stack& stack);

}  // namespace fourtuple::observe
