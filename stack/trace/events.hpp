// Everything that a person may want to see leaves the core as one of these events, in host order.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "stack/base/bytes.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/time.hpp"
#include "stack/trace/tcp_state.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::trace {

// Names one connection for the life of a stack; 0 is no connection (a stray segment, a frame).
using ConnectionNumber = std::uint64_t;

// --- frames: what passed the driver. `bytes` live as long as the call. A frame that is sent stands in two pieces,
// headers and payload; a super-segment is one frame with gso_size != 0.
struct FrameReceived {
  ByteView bytes;
  std::uint16_t gso_size = 0;
};
struct FrameSent {
  ByteView headers;
  std::uint32_t payload_bytes = 0;
  std::uint16_t gso_size = 0;
  Cause cause{};
};
struct FrameDropped {
  ByteView bytes;  // as far as known; may be empty
  DropReason reason{};
};

// --- segments. `relative_*` count from the initial sequence numbers once those are known; the segment itself has
// the wire's numbers. The payload view is valid during the call and may be empty on SegmentSent (use payload_bytes).
struct SegmentReceived {
  FourTuple name;  // as we see it: local is us
  Segment segment;
  std::int64_t relative_seq = 0;
  std::int64_t relative_ack = 0;
  std::uint64_t window_bytes = 0;  // scaled
};
struct SegmentSent {
  FourTuple name;
  Segment segment;
  std::uint32_t payload_bytes = 0;
  std::uint16_t gso_size = 0;
  std::int64_t relative_seq = 0;
  std::int64_t relative_ack = 0;
  std::uint64_t window_bytes = 0;
  Cause cause{};
  bool retransmission = false;
};
struct SegmentDropped {
  FourTuple name;
  Segment segment;
  std::int64_t relative_seq = 0;
  std::int64_t relative_ack = 0;
  DropReason reason{};
};

// --- state
struct ConnectionOpened {
  FourTuple name;
  bool active = false;
};
struct StateChanged {
  TcpState from{};
  TcpState to{};
  FourTuple name;
};
struct ConnectionClosed {
  FourTuple name;
  int error = 0;  // errno value, 0 for an orderly end
};
struct NeighbourChanged {
  Ipv4Address address;
  MacAddress mac;
  std::string_view from;  // "INCOMPLETE", "REACHABLE", ...; "NONE" where there was or is no entry
  std::string_view to;
};

// What both SYNs said, taken together; told once, before the first data may go.
struct OptionsAgreed {
  std::uint32_t segment_bytes = 0;  // the most text that we put into one segment
  bool window_scaling = false;
  std::uint8_t send_scale = 0;
  std::uint8_t receive_scale = 0;
  bool sack = false;
  bool timestamps = false;
  bool congestion_notification = false;
};

// --- the application: a call that changed something. One that would have had to wait is not told.
enum class UserCall : std::uint8_t { kConnect, kSend, kReceive, kShutdownSend, kShutdownReceive, kClose, kAbort };
[[nodiscard]] std::string_view name(UserCall call);  // as RFC 9293 3.9.1 and POSIX have it: "connect", "send", ...
struct UserCalled {
  UserCall call{};
  std::uint64_t bytes = 0;  // taken or given
};

// --- quantities
struct WindowChanged {  // SND.WND as the peer offers it
  std::uint64_t from_bytes = 0;
  std::uint64_t to_bytes = 0;
};
struct CongestionChanged {
  std::uint64_t window_bytes = 0;
  std::uint64_t threshold_bytes = 0;
  std::uint64_t in_flight_bytes = 0;
  std::string_view phase;  // "slow-start", "congestion-avoidance", "fast-recovery", "loss"
};
// Octets are believed lost from now on. `relative_begin` counts from the initial sequence number.
struct LossDetected {
  std::int64_t relative_begin = 0;  // of the first octet that waits to be sent again
  std::uint64_t lost_bytes = 0;     // all that wait
  std::string_view sign;            // "duplicate-acks", "partial-ack", "time", "timeout", "window", "path"
};
// The last loss was none: the reduction of the congestion window is taken back. [RFC4015]
struct ReductionUndone {
  std::uint64_t window_bytes = 0;  // congestion window from now on
};
struct PathChanged {
  std::uint32_t segment_bytes = 0;  // the most text that we put into one segment from now on
};
// A buffer whose size the application left to us has grown.
struct BufferTuned {
  bool receive = false;  // else the send buffer
  std::uint64_t from_bytes = 0;
  std::uint64_t to_bytes = 0;
};
struct RttMeasured {
  Duration sample{};
  Duration smoothed{};
  Duration variation{};
  Duration retransmission_timeout{};
};
struct BytesDelivered {  // in-order octets that became readable
  std::uint64_t bytes = 0;
  std::uint64_t readable_bytes = 0;
};

// --- time
enum class Timer : std::uint8_t {
  kRetransmission,
  kPersist,
  kDelayedAck,
  kKeepAlive,
  kTimeWait,
  kFinWait2,
  kReordering,    // RACK: a segment may yet turn out to be merely late
  kTailLoss,      // TLP: silence after the last segment
  kSendOverride,  // small data held back by the window or by TCP_CORK has waited long enough
  kPacing,        // the next segment may leave, as spread over a round trip
};
inline constexpr std::size_t kTimerCount = 10;
[[nodiscard]] std::string_view name(Timer timer);

struct TimerArmed {
  Timer timer{};
  Instant deadline{};
};
struct TimerCancelled {
  Timer timer{};
};
struct TimerFired {
  Timer timer{};
};

using Body = std::variant<FrameReceived, FrameSent, FrameDropped, SegmentReceived, SegmentSent, SegmentDropped,
                          ConnectionOpened, StateChanged, ConnectionClosed, NeighbourChanged, OptionsAgreed, UserCalled,
                          WindowChanged, CongestionChanged, LossDetected, ReductionUndone, PathChanged, BufferTuned,
                          RttMeasured, BytesDelivered, TimerArmed, TimerCancelled, TimerFired>;

struct Event {
  Instant time{};
  ConnectionNumber connection = 0;
  Body body;
};

// Where events go. A sink must not call back into the stack and cannot influence it.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void on_event(const Event& event) = 0;
};

// What the layers are handed: a sink or none, and the time of the current event.
class Tracer {
 public:
  constexpr Tracer() = default;
  constexpr Tracer(Sink* sink, Instant now) : sink_(sink), now_(now) {}

  // True where somebody listens. Ask first where making the event costs anything:
  // `if (trace) trace.emit(id, SegmentSent{...});`
  [[nodiscard]] constexpr explicit operator bool() const { return sink_ != nullptr; }
  void emit(ConnectionNumber connection, Body body) const {
    if (sink_ != nullptr) sink_->on_event(Event{now_, connection, std::move(body)});
  }

 private:
  Sink* sink_ = nullptr;
  Instant now_{};
};

}  // namespace fourtuple::trace
