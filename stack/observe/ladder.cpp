#include "stack/observe/ladder.hpp"

#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "stack/observe/frame_text.hpp"
#include "stack/observe/ladder_board.hpp"
#include "stack/observe/ladder_pen.hpp"
#include "stack/observe/ladder_rows.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::observe {
namespace {

using Kind = LadderRow::Kind;

bool matches(const Endpoint& pattern, const Endpoint& endpoint) {
  return (pattern.address.is_any() || pattern.address == endpoint.address) &&
         (pattern.port == 0 || pattern.port == endpoint.port);
}

bool is_open_request(TcpFlags flags) { return flags.syn() && !flags.ack(); }

// Data that moves and ACKs that answer it: what a bulk transfer is made of.
bool is_plain(TcpFlags flags) { return !flags.syn() && !flags.fin() && !flags.rst() && !flags.urg(); }

// Timers that run or end with nearly every segment; what they cause is seen anyway.
bool is_everyday(trace::Timer timer, bool fired) {
  switch (timer) {
    case trace::Timer::kDelayedAck:
      return true;
    case trace::Timer::kRetransmission:
    case trace::Timer::kKeepAlive:
      return !fired;
    case trace::Timer::kReordering:
    case trace::Timer::kTailLoss:
    case trace::Timer::kSendOverride:
      return !fired;
    case trace::Timer::kPacing:
      return true;
    case trace::Timer::kPersist:
    case trace::Timer::kTimeWait:
    case trace::Timer::kFinWait2:
      return false;
  }
  return false;
}

// A known neighbour ages and is asked again; what is worth a row is that it was found or given up.
bool is_everyday(const trace::NeighbourChanged& event) {
  const bool found = event.from == "INCOMPLETE";
  const bool lost = event.from == "PROBE" && event.to == "NONE";
  return !found && !lost;
}

}  // namespace

struct Ladder::Parts {
  Parts(Write write, const LadderOptions& wanted)
      : options(wanted), board(std::move(write), wanted), pen(board.pen()) {}

  // One overload for each kind of event.
  void take(const trace::FrameReceived& event);
  void take(const trace::FrameSent& event);
  void take(const trace::FrameDropped& event);
  void take(const trace::SegmentReceived& event);
  void take(const trace::SegmentSent& event);
  void take(const trace::SegmentDropped& event);
  void take(const trace::ConnectionOpened& event);
  void take(const trace::StateChanged& event);
  void take(const trace::ConnectionClosed& event);
  void take(const trace::NeighbourChanged& event);
  void take(const trace::OptionsAgreed& event);
  void take(const trace::UserCalled& event);
  void take(const trace::WindowChanged& event);
  void take(const trace::CongestionChanged& event);
  void take(const trace::LossDetected& event);
  void take(const trace::ReductionUndone& event);
  void take(const trace::PathChanged& event);
  void take(const trace::BufferTuned& event);
  void take(const trace::RttMeasured& event);
  void take(const trace::BytesDelivered& event);
  void take(const trace::TimerArmed& event);
  void take(const trace::TimerCancelled& event);
  void take(const trace::TimerFired& event);

  [[nodiscard]] bool shows(const FourTuple& name) const {
    return !options.only || (matches(options.only->local, name.local) && matches(options.only->remote, name.remote));
  }
  [[nodiscard]] LadderRow row() const;
  bool name_row(LadderRow& row, const FourTuple& name, bool opens, std::string_view who_opens);
  void mark(Tone tone, std::string text, const FourTuple& name);
  void mark_current(Tone tone, std::string text);
  void frame_row(const FrameText& frame, Direction direction, std::string_view why, std::string_view rule);
  void show(LadderRow row);
  void hold(LadderRow row, const FourTuple& name, const Segment& segment);
  void offer_pending();

  LadderOptions options;
  LadderBoard board;
  const LadderPen& pen;
  LadderNames names;

  Instant now{};
  trace::ConnectionNumber current = 0;
  std::optional<Instant> start;

  // A packet that arrived, until the next row: it may be told that it was dropped.
  struct Pending {
    LadderRow row;
    FourTuple name;
    Segment segment;  // without payload
  };
  std::optional<Pending> pending;

  // The last segment that was dropped: an answer without a connection counts from it.
  struct Stray {
    FourTuple name;
    SeqNum seq;
    SeqNum ack;
  };
  std::optional<Stray> stray;
};

Ladder::Ladder(Write write, const LadderOptions& options)
    : parts_(std::make_unique<Parts>(std::move(write), options)) {}

Ladder::~Ladder() { finish(); }

void Ladder::on_event(const trace::Event& event) {
  Parts& parts = *parts_;
  if (!parts.start) parts.start = event.time;
  parts.now = event.time;
  parts.current = event.connection;
  std::visit([&](const auto& body) { parts.take(body); }, event.body);
}

void Ladder::flush() {
  parts_->offer_pending();
  parts_->board.end_run();
}

void Ladder::finish() {
  parts_->offer_pending();
  parts_->board.finish();
}

// --- Rows

LadderRow Ladder::Parts::row() const {
  LadderRow made;
  made.time = now - *start;
  return made;
}

// Gives the row its connection, with a headline for one that is new. False where the filter hides it.
bool Ladder::Parts::name_row(LadderRow& row, const FourTuple& name, bool opens, std::string_view who_opens) {
  if (!shows(name)) return false;
  const auto [known, fresh] = names.meet(name, current, opens);
  row.connection = known->number;
  if (!fresh) return true;
  offer_pending();
  board.headline(known->number, to_string(name) + std::string(who_opens), row.time);
  return true;
}

void Ladder::Parts::mark(Tone tone, std::string text, const FourTuple& name) {
  LadderRow made = row();
  made.kind = Kind::kMark;
  made.tone = tone;
  made.text = std::move(text);
  if (name_row(made, name, false, "")) show(std::move(made));
}

// For events that tell only the engine's number of their connection.
void Ladder::Parts::mark_current(Tone tone, std::string text) {
  const LadderNames::Known* known = names.find(current);
  if (known == nullptr && options.only) return;
  LadderRow made = row();
  made.kind = Kind::kMark;
  made.tone = tone;
  made.text = std::move(text);
  made.connection = known == nullptr ? 0 : known->number;
  show(std::move(made));
}

void Ladder::Parts::show(LadderRow row) {
  offer_pending();
  board.offer(std::move(row));
}

void Ladder::Parts::hold(LadderRow row, const FourTuple& name, const Segment& segment) {
  offer_pending();
  pending = Pending{std::move(row), name, segment};
  pending->segment.payload = {};
}

void Ladder::Parts::offer_pending() {
  if (!pending) return;
  LadderRow made = std::move(pending->row);
  pending.reset();
  board.offer(std::move(made));
}

// --- Segments

void Ladder::Parts::take(const trace::SegmentReceived& event) {
  LadderRow made = row();
  made.direction = Direction::kReceived;
  made.tone = Tone::kReceived;
  made.segment = line_of(event);
  made.plain = is_plain(event.segment.flags);
  made.below = options_in_words(event.segment, event.relative_ack);
  const bool opens = is_open_request(event.segment.flags);
  if (!name_row(made, event.name, opens, opens ? ", opened by the peer" : "")) return;
  hold(std::move(made), event.name, event.segment);
}

void Ladder::Parts::take(const trace::SegmentSent& event) {
  LadderRow made = row();
  made.direction = Direction::kSent;
  made.again = event.retransmission;
  made.tone = event.retransmission ? Tone::kAgain : Tone::kSent;
  made.segment = line_of(event);
  if (current == 0 && stray && stray->name == event.name) {
    made.segment->relative_seq = distance(stray->ack, event.segment.seq);
    made.segment->relative_ack = distance(stray->seq, event.segment.ack);
  }
  made.plain = is_plain(event.segment.flags) && !event.retransmission;
  made.below = options_in_words(event.segment, event.relative_ack);
  made.why = name(event.cause);
  made.rule = clause(event.cause);
  const bool opens = is_open_request(event.segment.flags) && !event.retransmission;
  if (name_row(made, event.name, opens, opens ? ", opened by us" : "")) show(std::move(made));
}

void Ladder::Parts::take(const trace::SegmentDropped& event) {
  LadderRow made = row();
  const bool explains = pending && pending->name == event.name && pending->segment.seq == event.segment.seq &&
                        pending->segment.ack == event.segment.ack && pending->segment.flags == event.segment.flags;
  if (explains) {
    made = std::move(pending->row);
    pending.reset();
  } else {
    made.segment = line_of(event);
    if (!name_row(made, event.name, is_open_request(event.segment.flags), "")) return;
  }
  stray = Stray{event.name, event.segment.seq, event.segment.ack};
  made.kind = Kind::kLostArrow;
  made.plain = false;
  made.why = name(event.reason);
  made.rule = clause(event.reason);
  show(std::move(made));
}

// --- Frames. Segments are drawn from their own events, so frames that carry them are not.

void Ladder::Parts::frame_row(const FrameText& frame, Direction direction, std::string_view why,
                              std::string_view rule) {
  LadderRow made = row();
  made.direction = direction;
  made.tone = Tone::kPlain;
  made.plain = true;
  made.text = frame.line;
  made.why = why;
  made.rule = rule;
  if (direction == Direction::kSent) return show(std::move(made));
  hold(std::move(made), {}, {});
}

void Ladder::Parts::take(const trace::FrameReceived& event) {
  if (options.frames && !carries_tcp(event.bytes)) frame_row(describe_frame(event.bytes), Direction::kReceived, "", "");
}

void Ladder::Parts::take(const trace::FrameSent& event) {
  if (!options.frames || carries_tcp(event.headers)) return;
  const FrameText frame = describe_frame(event.headers, event.payload_bytes);
  frame_row(frame, Direction::kSent, name(event.cause), clause(event.cause));
}

void Ladder::Parts::take(const trace::FrameDropped& event) {
  if (!options.frames) return;
  LadderRow made = row();
  made.text = describe_frame(event.bytes).line;
  if (pending && !pending->row.segment && pending->row.text == made.text) {
    pending.reset();
  }
  made.kind = Kind::kLostArrow;
  made.why = name(event.reason);
  made.rule = clause(event.reason);
  show(std::move(made));
}

void Ladder::Parts::take(const trace::NeighbourChanged& event) {
  if (!options.frames || (is_everyday(event) && !options.all_timers)) return;
  LadderRow made = row();
  made.kind = Kind::kMark;
  made.tone = Tone::kQuiet;
  made.text = fmt::format("neighbour {}: {}", to_string(event.address), pen.change(event.from, event.to));
  show(std::move(made));
}

// --- The life of a connection

void Ladder::Parts::take(const trace::ConnectionOpened& event) {
  LadderRow unused = row();
  name_row(unused, event.name, true, event.active ? ", opened by us" : ", opened by the peer");
}

void Ladder::Parts::take(const trace::StateChanged& event) {
  mark(Tone::kState, pen.change(name(event.from), name(event.to)), event.name);
}

void Ladder::Parts::take(const trace::ConnectionClosed& event) {
  if (event.error != 0) {
    const std::string told = std::generic_category().message(event.error);
    mark(Tone::kDropped, fmt::format("ended with an error: {}", told), event.name);
  }
  if (LadderNames::Known* known = names.find(current)) known->closed = true;
}

// --- Timers and quantities

void Ladder::Parts::take(const trace::TimerArmed& event) {
  if (is_everyday(event.timer, false) && !options.all_timers) return;
  mark_current(Tone::kTimer, fmt::format("{} timer set: {}", name(event.timer), rounded(event.deadline - now)));
}

void Ladder::Parts::take(const trace::TimerCancelled& event) {
  if (options.all_timers) mark_current(Tone::kTimer, fmt::format("{} timer stopped", name(event.timer)));
}

void Ladder::Parts::take(const trace::TimerFired& event) {
  if (is_everyday(event.timer, true) && !options.all_timers) return;
  mark_current(Tone::kTimer, fmt::format("{} timer ran out", name(event.timer)));
}

void Ladder::Parts::take(const trace::OptionsAgreed& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet,
               fmt::format("agreed: {} octets a segment{}{}{}{}", grouped(event.segment_bytes),
                           event.window_scaling ? ", window scale" : "", event.sack ? ", sack" : "",
                           event.timestamps ? ", timestamps" : "", event.congestion_notification ? ", ecn" : ""));
}

void Ladder::Parts::take(const trace::UserCalled& event) {
  if (!options.quantities) return;
  const bool moves_octets = event.call == trace::UserCall::kSend || event.call == trace::UserCall::kReceive;
  mark_current(Tone::kQuiet, moves_octets
                                 ? fmt::format("the application: {} {}", name(event.call), grouped(event.bytes))
                                 : fmt::format("the application: {}", name(event.call)));
}

void Ladder::Parts::take(const trace::WindowChanged& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet,
               fmt::format("peer's window {}", pen.change(grouped(event.from_bytes), grouped(event.to_bytes))));
}

void Ladder::Parts::take(const trace::CongestionChanged& event) {
  LadderNames::Known* known = names.find(current);
  const bool turned = known != nullptr && !known->congestion_phase.empty() && known->congestion_phase != event.phase;
  if (known != nullptr) known->congestion_phase = event.phase;
  if (!turned && !options.quantities) return;
  mark_current(Tone::kQuiet, fmt::format("{}: congestion window {}", event.phase, grouped(event.window_bytes)));
}

void Ladder::Parts::take(const trace::LossDetected& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet, fmt::format("believed lost from {} on: {} octets ({})", event.relative_begin,
                                         grouped(event.lost_bytes), event.sign));
}

void Ladder::Parts::take(const trace::ReductionUndone& event) {
  mark_current(Tone::kQuiet,
               fmt::format("nothing was lost: congestion window back at {}", grouped(event.window_bytes)));
}

void Ladder::Parts::take(const trace::PathChanged& event) {
  mark_current(Tone::kQuiet, fmt::format("the path takes {} octets a segment", grouped(event.segment_bytes)));
}

void Ladder::Parts::take(const trace::BufferTuned& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet, fmt::format("{} buffer {}", event.receive ? "receive" : "send",
                                         pen.change(grouped(event.from_bytes), grouped(event.to_bytes))));
}

void Ladder::Parts::take(const trace::RttMeasured& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet, fmt::format("round trip {}, smoothed {}, RTO {}", rounded(event.sample),
                                         rounded(event.smoothed), rounded(event.retransmission_timeout)));
}

void Ladder::Parts::take(const trace::BytesDelivered& event) {
  if (!options.quantities) return;
  mark_current(Tone::kQuiet,
               fmt::format("{} octets delivered, {} readable", grouped(event.bytes), grouped(event.readable_bytes)));
}

}  // namespace fourtuple::observe
