// One conversation as one of its two endpoints lived it: what reached it, what it sent, what its application asked for.
// Our own stack's traces and recorded ones have the same form, so that one body of rules judges both.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::judge {

// One segment that reached the endpoint or left it. A super-segment of an offload is cut before it comes here.
struct TracedSegment {
  Instant time{};
  bool sent = false;  // by the endpoint; else it came from the peer
  // Host order. `segment.payload` views octets that somebody else owns, valid during the call.
  Segment segment;
  std::uint8_t reserved_bits = 0;  // the four bits between data offset and CWR, as they stood
  // The endpoint must behave as if it had never come (RFC 9293 MUST-3).
  bool checksum_is_wrong = false;
  // Octets of payload that the capture cut away behind segment.payload.
  std::uint32_t cut_octets = 0;
  bool ecn_marked = false;              // the IP header said CE
  bool is_foreign = false;              // somebody else sent it in the sender's name
  bool has_unknown_options = false;     // of a kind that nobody here knows: not in segment.options
  bool cut_from_super_segment = false;  // a piece that was cut after the fact: its size and edges are our guess
  std::uint16_t identification = 0;     // of its datagram; 0: not known, or its sender counts none
  std::uint32_t frame = 0;              // its number in the capture, from 1; 0: it is in none

  // Octets of payload as sent, SYN and FIN not counted.
  [[nodiscard]] std::uint32_t payload_octets() const {
    return static_cast<std::uint32_t>(segment.payload.size()) + cut_octets;
  }
  // SEG.LEN as sent: with SYN and FIN.
  [[nodiscard]] std::uint32_t length() const { return segment.length() + cut_octets; }
};

// What an application asked its endpoint to do (RFC 9293 3.10), known or inferred.
struct Call {
  enum class Kind : std::uint8_t {
    kListen,
    kConnect,
    kWrite,       // `octets` were given to TCP
    kRead,        // `octets` were taken from TCP
    kShutdown,    // no more writes (SHUT_WR)
    kClose,       // no more writes or reads
    kAbort,       // RST, whatever is queued
    kNoDelay,     // Nagle's algorithm off
    kKeepAlive,   // probes of an idle connection on; `octets`: seconds of quiet that it set, 0: none
    kPushUrgent,  // the octet before the end of what is written is urgent; `octets` as in kWrite
  };
  Instant time{};
  Kind kind{};
  std::uint64_t octets = 0;
};
[[nodiscard]] std::string_view name(Call::Kind kind);

// What is known about a trace beside its segments. A rule that would need more than is known stays silent: a judge that
// invents a violation is worse than one that misses one.
struct Circumstances {
  FourTuple name;  // as the endpoint sees it: local is the endpoint
  // The trace was taken at the endpoint itself: what stands before a sent segment had reached the endpoint, all of it.
  // Else a segment that "came" may have been lost or late behind the place where it was seen, and times of what was
  // sent are later than they were at the endpoint, by up to `distance`.
  bool is_near = true;
  Duration distance{};  // one way between endpoint and capture; zero where is_near
  // The calls are what the application did; else they were inferred from these very segments and prove nothing.
  bool calls_are_known = false;
  bool has_gaps = false;  // segments are missing that the capture did not see
  // Every segment was taken by the endpoint before the next line of the trace happened: our own traces. A capture at
  // a host shows what passed its interface, and TCP may have looked at it a little later.
  bool order_is_exact = false;
  // The endpoint's clock runs in jumps or the capture's does: no rule about time speaks.
  bool times_are_doubtful = false;
  // Segments that the capture shows twice were left out: whether the path or the capture doubled them is not known.
  bool leaves_out_doubles = false;
};

}  // namespace fourtuple::judge
