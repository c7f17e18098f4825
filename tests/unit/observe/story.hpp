// A conversation made by hand: events as the engine emits them, for the tests of the observers.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

inline const FourTuple kServerSide{{Ipv4Address::from_octets(10, 0, 0, 4), 80},
                                   {Ipv4Address::from_octets(10, 0, 0, 5), 55715}};

// What a segment of the story says beside its numbers.
struct Said {
  std::int64_t seq = 0;
  std::uint32_t octets = 0;
  std::int64_t ack = 0;
  std::uint64_t window = 65535;
};

// Tells events to a sink; time moves only by wait().
class Teller {
 public:
  Teller(trace::Sink& sink, FourTuple name, trace::ConnectionNumber number)
      : sink_(sink), name_(name), number_(number) {}

  Teller& wait(Duration span) {
    now_ += span;
    return *this;
  }
  Teller& tell(trace::Body body) {
    sink_.on_event({now_, number_, std::move(body)});
    return *this;
  }
  Teller& becomes(TcpState from, TcpState to) { return tell(trace::StateChanged{from, to, name_}); }
  Teller& gets(std::uint8_t flags, Said said, const SegmentOptions& options = {}) {
    const Segment segment = segment_of(flags, said, options);
    trace::SegmentReceived event{name_, segment, said.seq, said.ack, said.window};
    event.segment.payload = ByteView(payload_).first(said.octets);
    return tell(event);
  }
  Teller& sends(std::uint8_t flags, Said said, Cause cause, const SegmentOptions& options = {}, bool again = false,
                std::uint16_t gso_size = 0) {
    return tell(trace::SegmentSent{name_, segment_of(flags, said, options), said.octets, gso_size, said.seq, said.ack,
                                   said.window, cause, again});
  }
  Teller& drops(std::uint8_t flags, Said said, DropReason reason) {
    return tell(trace::SegmentDropped{name_, segment_of(flags, said, {}), said.seq, said.ack, reason});
  }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const FourTuple& name() const { return name_; }

 private:
  static Segment segment_of(std::uint8_t flags, Said said, const SegmentOptions& options) {
    Segment segment;
    segment.flags = {flags};
    segment.seq = {0xfffffff0U + static_cast<std::uint32_t>(said.seq)};
    segment.ack = {0xffffff00U + static_cast<std::uint32_t>(said.ack)};
    segment.window = static_cast<std::uint16_t>(said.window);
    segment.options = options;
    return segment;
  }

  trace::Sink& sink_;
  FourTuple name_;
  trace::ConnectionNumber number_;
  Instant now_{};
  std::vector<std::uint8_t> payload_ = std::vector<std::uint8_t>(65536);
};

inline constexpr std::uint8_t kS = TcpFlags::kSyn;
inline constexpr std::uint8_t kSA = TcpFlags::kSyn | TcpFlags::kAck;
inline constexpr std::uint8_t kA = TcpFlags::kAck;
inline constexpr std::uint8_t kPA = TcpFlags::kPsh | TcpFlags::kAck;
inline constexpr std::uint8_t kFA = TcpFlags::kFin | TcpFlags::kAck;
inline constexpr std::uint8_t kR = TcpFlags::kRst;

inline SegmentOptions syn_options() {
  SegmentOptions options;
  options.mss = std::uint16_t{1460};
  options.sack_permitted = true;
  options.timestamps = TcpTimestamps{1, 0};
  options.window_scale = std::uint8_t{7};
  return options;
}

// The peer opens.
inline void tell_handshake(Teller& story) {
  using enum TcpState;
  story.gets(kS, {0, 0, 0, 64240}, syn_options())
      .tell(trace::ConnectionOpened{story.name(), false})
      .becomes(kListen, kSynReceived)
      .wait(11us)
      .sends(kSA, {0, 0, 1, 65535}, Cause::kHandshake, syn_options())
      .wait(150us)
      .gets(kA, {1, 0, 1, 64256})
      .becomes(kSynReceived, kEstablished);
}

// A page is fetched; one segment of the answer is lost and sent again after the timeout.
inline void tell_lossy_page(Teller& story) {
  using enum TcpState;
  story.wait(40us).gets(kPA, {1, 78, 1, 64256});
  story.wait(20us).sends(kA, {1, 0, 79, 65535}, Cause::kAckQuick);
  story.wait(90us).sends(kPA, {1, 1000, 79, 65535}, Cause::kUserSend);
  story.tell(trace::TimerArmed{trace::Timer::kRetransmission, story.now() + 200ms});
  story.wait(200ms).tell(trace::TimerFired{trace::Timer::kRetransmission});
  story.sends(kPA, {1, 1000, 79, 65535}, Cause::kRetransmissionTimeout, {}, true);
  story.wait(120us).gets(kA, {79, 0, 1001, 63488});
  story.wait(5us).gets(kA, {79, 0, 200000, 63488}).drops(kA, {79, 0, 200000, 63488}, DropReason::kTcpFutureAck);
  story.sends(kA, {1001, 0, 79, 65535}, Cause::kChallengeAck);
}

// We close first.
inline void tell_close(Teller& story) {
  using enum TcpState;
  story.wait(30us).becomes(kEstablished, kFinWait1).sends(kFA, {1001, 0, 79, 65535}, Cause::kUserClose);
  story.wait(100us).gets(kA, {79, 0, 1002, 63488}).becomes(kFinWait1, kFinWait2);
  story.wait(70us).gets(kFA, {79, 0, 1002, 63488}).becomes(kFinWait2, kTimeWait);
  story.sends(kA, {1002, 0, 80, 65535}, Cause::kAckQuick);
  story.tell(trace::TimerArmed{trace::Timer::kTimeWait, story.now() + 60s});
  story.wait(60s).tell(trace::TimerFired{trace::Timer::kTimeWait}).becomes(kTimeWait, kClosed);
  story.tell(trace::ConnectionClosed{story.name(), 0});
}

}  // namespace fourtuple::observe
