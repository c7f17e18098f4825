// What RFC 9293 asks for when a segment arrives: section 3.10.7, with the amendments of RFC 5961, read once more and
// written down as a pure function. It knows nothing of the engine; the tests of this folder compare the two.
//
// Numbers are relative: 0 is the SYN of a direction, 1 its first octet of data.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "stack/trace/tcp_state.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::enumerated {

// Where a connection stands when the segment arrives.
struct Position {
  TcpState state = TcpState::kClosed;
  bool passive = false;      // came from LISTEN: what MUST-11 has SYN-RECEIVED remember
  bool listens = false;      // somebody listens on the local port
  bool released = false;     // the application has called close(): nobody will read
  std::int64_t snd_una = 0;  // oldest number in flight
  std::int64_t snd_nxt = 0;
  bool fin_sent = false;          // our FIN is the last number before SND.NXT
  std::int64_t snd_wnd = 0;       // the window as the peer last told it
  std::int64_t max_snd_wnd = 0;   // the largest window that the peer ever offered
  std::int64_t rcv_nxt = 0;       // next expected
  std::int64_t rcv_wnd = 0;       // as last told to the peer
  std::int64_t rcv_consumed = 0;  // the application has read up to here

  [[nodiscard]] std::int64_t rcv_edge() const { return rcv_nxt + rcv_wnd; }
};

struct Arriving {
  TcpFlags flags;
  std::int64_t seq = 0;
  std::int64_t ack = 0;
  std::int64_t text = 0;  // octets
  std::uint16_t urgent = 0;
  std::uint16_t window = 0;

  [[nodiscard]] std::int64_t length() const { return text + (flags.syn() ? 1 : 0) + (flags.fin() ? 1 : 0); }
  // Text begins behind the SYN.
  [[nodiscard]] std::int64_t text_begin() const { return seq + (flags.syn() ? 1 : 0); }
  [[nodiscard]] std::int64_t text_end() const { return text_begin() + text; }
};

enum class Reply : std::uint8_t {
  kSilence,
  kAck,              // <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, at once
  kAckSoon,          // the same, at once or delayed
  kSynAck,           // <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>
  kNewSynAck,        // the same of a new incarnation, whose ISS lies beyond all that the old one used
  kResetFromAck,     // <SEQ=SEG.ACK><CTL=RST>
  kResetFromLength,  // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
  kResetOwn,         // <SEQ=SND.NXT><CTL=RST>, with or without an ACK: an ABORT
};

// What must be the case after it. LISTEN as a next state means: no connection, but the listener listens on.
struct Answer {
  Reply reply = Reply::kSilence;
  TcpState next = TcpState::kClosed;
  std::int64_t snd_una = 0;
  std::int64_t snd_wnd = 0;
  std::int64_t rcv_nxt = 0;
  std::int64_t delivered = 0;       // octets that the application can read now and could not before
  std::int64_t held = 0;            // octets kept until the gap before them is filled [RFC9293 SHLD-31]
  bool fin_taken = false;           // "connection closing"
  bool fin_held = false;            // the FIN waits behind a gap
  bool urgent = false;              // the user is told of urgent data
  bool restarts_time_wait = false;  // the 2 MSL timeout begins again
  std::errc error{};                // what the user is told
  const char* clause = "";          // which sentence decided

  friend bool operator==(const Answer&, const Answer&) = default;
};

[[nodiscard]] Answer expected(const Position& position, const Arriving& segment);

[[nodiscard]] std::string to_string(const Position& position);
[[nodiscard]] std::string to_string(const Arriving& segment);
// With and without the reply.
[[nodiscard]] std::string to_string(const Answer& answer);
[[nodiscard]] std::string outcome_words(const Answer& answer);

}  // namespace fourtuple::enumerated
