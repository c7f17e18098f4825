// Outcomes made by hand, for tests of how they are shown: a handshake, a request of 79 octets, an answer of 3000 whose
// first segment is lost and repeated, and a close. Our stack plays the server. The recorded server repeats after 216
// ms, ours after a second, so the client's acknowledgment of the repeat is held back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/replay/outcome.hpp"

namespace fourtuple::replay::made {

inline constexpr SeqNum kClientInitial{0xfffffff0};
inline constexpr SeqNum kServerInitial{0xfffff800};
inline constexpr SeqNum kOurInitial{0xfffffc00};

// One segment in relative numbers.
struct Line {
  capture::Host from;
  Duration time;
  std::uint8_t flags;
  std::uint32_t seq = 0;
  std::uint32_t octets = 0;
  std::uint32_t ack = 0;
  std::uint16_t window = 502;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sack = {};
};

class OutcomeMaker {
 public:
  OutcomeMaker() : conversation_(std::make_shared<capture::Conversation>()) {
    conversation_->hosts[0] = {Ipv4Address::from_octets(10, 0, 0, 1), 5000};
    conversation_->hosts[1] = {Ipv4Address::from_octets(10, 0, 0, 2), 80};
    outcome.role = outcome.performance.role = capture::Host::kServer;
  }

  void record(const Line& line) {
    capture::TcpFrame frame;
    frame.number = static_cast<std::uint32_t>(conversation_->frames.size()) + 1;
    frame.time = line.time;
    frame.from = line.from;
    frame.segment = segment_of(line, kServerInitial, conversation_->octets);
    frame.ttl = 64;
    conversation_->frames.push_back(frame);
  }

  void deliver(std::size_t frame, Duration at, HeldFor held_for = HeldFor::kNothing, Duration held = {}) {
    Delivery delivery;
    delivery.frame = frame;
    delivery.recorded = conversation_->frames.at(frame).time;
    delivery.delivered = Instant{} + at;
    delivery.held_for = held_for;
    delivery.held = held;
    delivery.segment = conversation_->frames.at(frame).segment;
    if (delivery.segment.flags.ack()) move_numbers(delivery.segment);
    outcome.performance.deliveries.push_back(delivery);
  }

  void send(const Line& line, Cause cause, bool retransmission = false) {
    Performance& performance = outcome.performance;
    OurSegment sent;
    sent.time = Instant{} + line.time;
    sent.segment = segment_of(line, kOurInitial, performance.octets);
    sent.cause = cause;
    sent.retransmission = retransmission;
    sent.deliveries_before = performance.deliveries.size();
    performance.segments.push_back(sent);
  }

  void call(Duration at, judge::Call::Kind kind, std::uint64_t octets = 0) {
    outcome.performance.calls.push_back({Instant{} + at, kind, octets});
    outcome.plan.calls.push_back({kind, at, octets, std::nullopt});
  }

  void step(Duration at, TcpState from, TcpState to) {
    outcome.performance.states.push_back({Instant{} + at, from, to, outcome.performance.segments.size()});
    outcome.performance.final_state = to;
  }

  Outcome take() {
    outcome.conversation = conversation_;
    return outcome;
  }

  [[nodiscard]] capture::Conversation& conversation() { return *conversation_; }
  Outcome outcome;

 private:
  // What the client acknowledged of the recorded server it now acknowledges of us.
  static void move_numbers(Segment& segment) {
    const auto way = static_cast<std::uint32_t>(distance(kServerInitial, kOurInitial));
    segment.ack = segment.ack + way;
    for (SackBlock& block : segment.options.sack) block = {block.left + way, block.right + way};
  }

  static void add_options(Segment& segment, const Line& line, SeqNum acknowledged) {
    if (segment.flags.syn()) {
      segment.options.mss = 1460;
      segment.options.sack_permitted = true;
      segment.options.window_scale = 7;
    }
    for (const auto& [left, right] : line.sack) {
      segment.options.sack.at(segment.options.sack_count++) = {acknowledged + left, acknowledged + right};
    }
  }

  // A recorded ACK of the client's counts from the recorded server's numbers.
  static Segment segment_of(const Line& line, SeqNum server, std::deque<std::vector<std::uint8_t>>& octets) {
    const bool is_client = line.from == capture::Host::kClient;
    const SeqNum own = is_client ? kClientInitial : server;
    const SeqNum other = is_client ? server : kClientInitial;
    Segment segment;
    segment.source_port = is_client ? 5000 : 80;
    segment.destination_port = is_client ? 80 : 5000;
    segment.flags = {line.flags};
    segment.seq = own + line.seq;
    if (segment.flags.ack()) segment.ack = other + line.ack;
    segment.window = line.window;
    octets.emplace_back(line.octets, std::uint8_t{'x'});
    segment.payload = octets.back();
    add_options(segment, line, other);
    return segment;
  }

  std::shared_ptr<capture::Conversation> conversation_;
};

inline void record_conversation(OutcomeMaker& maker) {
  using enum capture::Host;
  constexpr std::uint8_t kAck = TcpFlags::kAck;
  constexpr std::uint8_t kPshAck = TcpFlags::kPsh | TcpFlags::kAck;
  maker.record({kClient, 0us, TcpFlags::kSyn, 0, 0, 0, 64240});
  maker.record({kServer, 40us, TcpFlags::kSyn | kAck, 0, 0, 1, 65160});
  maker.record({kClient, 10060us, kAck, 1, 0, 1});
  maker.record({kClient, 10200us, kPshAck, 1, 79, 1});
  maker.record({kServer, 10250us, kAck, 1, 0, 80, 509});
  maker.record({kServer, 12000us, kAck, 1, 1460, 80, 509});
  maker.record({kServer, 12010us, kAck, 1461, 1460, 80, 509});
  maker.record({kServer, 12020us, kPshAck, 2921, 80, 80, 509});
  maker.record({kClient, 22100us, kAck, 80, 0, 1, 502, {{1461, 2921}}});
  maker.record({kClient, 22110us, kAck, 80, 0, 1, 502, {{1461, 3001}}});
  maker.record({kServer, 228000us, kAck, 1, 1460, 80, 509});
  maker.record({kClient, 238100us, kAck, 80, 0, 3001, 489});
  maker.record({kServer, 240000us, TcpFlags::kFin | kAck, 3001, 0, 80, 509});
  maker.record({kClient, 250100us, TcpFlags::kFin | kAck, 80, 0, 3002, 501});
  maker.record({kServer, 250150us, kAck, 3002, 0, 81, 509});
}

inline void play_handshake_and_request(OutcomeMaker& maker) {
  using enum capture::Host;
  using enum TcpState;
  maker.call(0us, judge::Call::Kind::kListen);
  maker.deliver(0, 0us);
  maker.step(0us, kListen, kSynReceived);
  maker.send({kServer, 0us, TcpFlags::kSyn | TcpFlags::kAck, 0, 0, 1, 65535}, Cause::kHandshake);
  maker.deliver(2, 10060us);
  maker.step(10060us, kSynReceived, kEstablished);
  maker.deliver(3, 10200us);
  maker.call(12000us, judge::Call::Kind::kWrite, 3000);
}

inline void play_answer(OutcomeMaker& maker) {
  using enum capture::Host;
  maker.send({kServer, 12000us, TcpFlags::kAck, 1, 1460, 80, 511}, Cause::kUserSend);
  maker.send({kServer, 12000us, TcpFlags::kAck, 1461, 1460, 80, 511}, Cause::kUserSend);
  maker.send({kServer, 12000us, TcpFlags::kPsh | TcpFlags::kAck, 2921, 80, 80, 511}, Cause::kUserSend);
  maker.deliver(8, 22100us);
  maker.deliver(9, 22110us);
  maker.send({kServer, 1012000us, TcpFlags::kAck, 1, 1460, 80, 511}, Cause::kRetransmissionTimeout, true);
  maker.deliver(11, 1022100us, HeldFor::kData, 784ms);
}

inline void play_close(OutcomeMaker& maker) {
  using enum capture::Host;
  using enum TcpState;
  maker.call(1024ms, judge::Call::Kind::kClose);
  maker.step(1024ms, kEstablished, kFinWait1);
  maker.send({kServer, 1024ms, TcpFlags::kFin | TcpFlags::kAck, 3001, 0, 80, 511}, Cause::kUserClose);
  maker.deliver(13, 1034100us, HeldFor::kFin, 784ms);
  maker.step(1034100us, kFinWait1, kTimeWait);
  maker.send({kServer, 1034100us, TcpFlags::kAck, 3002, 0, 81, 511}, Cause::kAckQuick);
  maker.outcome.performance.end = Instant{} + 1034100us;
}

// Our stack did what it should; the recorded server did not quite.
inline Outcome diverged_outcome() {
  OutcomeMaker maker;
  record_conversation(maker);
  play_handshake_and_request(maker);
  play_answer(maker);
  play_close(maker);
  Outcome& outcome = maker.outcome;
  outcome.ours = Verdict::kDiverged;
  outcome.verdict = outcome.recorded = Verdict::kViolationShould;
  outcome.details.push_back({Verdict::kViolationShould, Party::kRecorded, "RFC6298 2.4", "rto-at-least-a-second",
                             "repeats octet 1 after 216 ms, before a second had passed",
                             "many systems choose 200 ms; it costs a repeat where the path is slower than that",
                             std::nullopt, 10});
  outcome.details.push_back({Verdict::kDiverged, Party::kOurs, "RFC6298 2.4", "later-retransmission",
                             "octet 1 is repeated 784 ms later than in the recording",
                             "the recorded server's timer is shorter than the RFC's second", 4, 10});
  return maker.take();
}

// The same conversation, and our stack breaks two rules.
inline Outcome violating_outcome() {
  Outcome outcome = diverged_outcome();
  outcome.verdict = outcome.ours = Verdict::kViolationMust;
  outcome.details.insert(outcome.details.begin(),
                         Detail{Verdict::kViolationMust, Party::kOurs, "RFC9293 MUST-16", "effective-mss",
                                "sends 1460 octets though the other host's MSS option allows 1360",
                                "the MSS option of its SYN, less the options of the segment", 1, 5});
  return outcome;
}

inline Outcome refused_outcome() {
  OutcomeMaker maker;
  maker.record({capture::Host::kClient, 0us, TcpFlags::kAck, 1, 100, 1});
  maker.conversation().stream = 7;
  maker.outcome.verdict = maker.outcome.ours = Verdict::kNotReplayable;
  maker.outcome.refusal = capture::Refusal::kNoHandshake;
  maker.outcome.refusal_details = "frame 1: data without a SYN before it";
  return maker.take();
}

}  // namespace fourtuple::replay::made
