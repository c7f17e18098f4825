// The states as a table: what each allows. Code asks the table; tools print it.
#pragma once

#include <array>
#include <cstdint>

#include "stack/trace/tcp_state.hpp"

namespace fourtuple::tcp {

struct StateTraits {
  bool synchronized;   // both sides have agreed on sequence numbers (RFC 9293 3.5)
  bool may_send_data;  // the application may still give us data to send
  bool sends_data;     // data, or the FIN after it, may still have to leave
  bool receives_data;  // the peer may still send data
  bool fin_received;   // the peer's FIN has been taken
  bool fin_queued;     // our FIN is queued or sent
};

inline constexpr std::array<StateTraits, kTcpStateCount> kStateTraits{{
    //               sync   may    sends  recvs  finrcv finq
    /* CLOSED     */ {false, false, false, false, false, false},
    /* LISTEN     */ {false, false, false, false, false, false},
    /* SYN-SENT   */ {false, false, false, false, false, false},
    /* SYN-RCVD   */ {true, false, false, true, false, false},
    /* ESTAB      */ {true, true, true, true, false, false},
    /* FIN-WAIT-1 */ {true, false, true, true, false, true},
    /* FIN-WAIT-2 */ {true, false, false, true, false, true},
    /* CLOSE-WAIT */ {true, true, true, false, true, false},
    /* CLOSING    */ {true, false, true, false, true, true},
    /* LAST-ACK   */ {true, false, true, false, true, true},
    /* TIME-WAIT  */ {true, false, false, false, true, true},
}};

[[nodiscard]] constexpr const StateTraits& traits(TcpState state) {
  return kStateTraits[static_cast<std::size_t>(state)];
}

// The edges of RFC 9293 figure 5, with those its text adds: an abort or reset leads anywhere to CLOSED, and a FIN that
// acknowledges ours leads from FIN-WAIT-1 straight to TIME-WAIT.
[[nodiscard]] bool is_legal_transition(TcpState from, TcpState to);

}  // namespace fourtuple::tcp
