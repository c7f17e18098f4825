// Explicit congestion notification of one connection (RFC 3168 6.1): both roles.
//
//   sender ── ECT data ──► router marks CE ──► receiver
//   sender ◄── ECE on every ACK ────────────── until CWR comes
//   sender ── CWR on the next new data ──────► once per window
#pragma once

#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

struct Ecn {
  // As receiver.
  bool echo = false;  // ECE goes out with every ACK
  bool seen = false;  // a segment came that was marked
  // As sender.
  bool asked = false;              // our SYN asked for it
  bool tell_reduced = false;       // CWR goes out with the next new data
  StreamOffset reduced_until = 0;  // echoes up to here speak of the window before the reduction
};

}  // namespace fourtuple::tcp
