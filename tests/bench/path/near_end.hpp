// The near end of the path: a kernel's sockets, and the measurements. Each prints lines "name value" on standard
// output.
#pragma once

#include <string>

#include "tests/bench/link/clients.hpp"

namespace fourtuple::bench {

struct NearOptions {
  std::string what;        // "goodput", "reordering" (what is received only), "fairness", "tail"
  Seconds span{3};         // of each transfer
  bool ours_first = true;  // who begins: what comes second meets a path that was used
  std::string congestion = "cubic";
};

// Answers the exit code.
[[nodiscard]] int run_near_end(const NearOptions& options);

// From many rounds of such lines: octets a second.
//   from_linux, from_ours   what the near kernel reads from either sender
//   vain_linux, vain_ours   the share of it that came twice (0..1)
//   to_linux, to_ours       what the near kernel has acknowledged by either receiver
//   share_linux, share_ours what two senders get that share the path; share_a, share_b: two kernels' flows
//   tail_linux, tail_ours   seconds until kShortOctets have come, handshake included

}  // namespace fourtuple::bench
