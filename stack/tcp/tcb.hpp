// The Transmission Control Block: the variables of RFC 9293 3.3.1 under their own names.
//
// Sequence numbers are unwrapped to 64-bit offsets at the border: offset 0 is the SYN of that direction, 1 its first
// octet of data. So `<` is just `<` in here, and 0 <= snd.una <= snd.nxt holds for the life of the connection.
//
//   send:     una ...... nxt ................ una + wnd        receive:   nxt ................ edge
//             in flight   may be sent          not yet                     may come             must not come
#pragma once

#include <cstdint>

#include "stack/trace/tcp_state.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

struct SendSpace {
  SeqNum iss;                 // initial send sequence number
  StreamOffset una = 0;       // oldest unacknowledged
  StreamOffset nxt = 0;       // next to be sent
  std::uint32_t wnd = 0;      // the peer's window, scaled, in octets [RFC9293 REC-1]
  StreamOffset wl1 = 0;       // segment sequence number of the last window update (an offset of the receive space)
  StreamOffset wl2 = 0;       // segment acknowledgment number of the last window update
  StreamOffset up = 0;        // urgent pointer: first octet after the urgent data; 0 none
  std::uint32_t max_wnd = 0;  // the largest window ever offered (SWS avoidance, RFC 5961 5.2)
  StreamOffset edge = 0;      // the highest right edge ever offered
};

struct ReceiveSpace {
  SeqNum irs;              // initial receive sequence number
  StreamOffset nxt = 0;    // next expected
  StreamOffset edge = 0;   // right edge of the window as offered; never moves left [RFC9293 SHLD-14]
  StreamOffset acked = 0;  // nxt as last told to the peer (Last.ACK.sent of RFC 7323)
};

// What the two SYNs agreed on.
struct Agreement {
  bool window_scaling = false;
  bool timestamps = false;
  bool sack = false;
  bool ecn = false;                // explicit congestion notification [RFC3168 6.1.1]
  std::uint8_t send_scale = 0;     // shift of the windows we receive
  std::uint8_t receive_scale = 0;  // shift of the windows we send
  std::uint16_t peer_mss = 536;    // the peer's MSS option [RFC9293 MUST-15]
};

struct Tcb {
  FourTuple name;
  TcpState state = TcpState::kClosed;
  SendSpace snd;
  ReceiveSpace rcv;
  Agreement agreed;
};

}  // namespace fourtuple::tcp
