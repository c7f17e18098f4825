#include "stack/observe/ladder.hpp"

#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "stack/observe/frame_text.hpp"
#include "stack/observe/ladder_pen.hpp"
#include "stack/observe/ladder_rows.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::observe {
namespace {

using Kind = LadderRow::Kind;

// A silence that is drawn: longer than any answer of a machine in the same room, shorter than any retransmission.
constexpr Duration kSilence = 50ms;

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
    case trace::Timer::kUserTimeout:
      return !fired;
    case trace::Timer::kReordering:
    case trace::Timer::kTailLoss:
    case trace::Timer::kSendOverride:
      return !fired;
    case trace::Timer::kPersist:
    case trace::Timer::kTimeWait:
    case trace::Timer::kFinWait2:
      return false;
  }
  return false;
}

}  // namespace

struct Ladder::Parts {
  Parts(Write write_text, const LadderOptions& wanted)
      : write(std::move(write_text)),
        options(wanted),
        pen(wanted.ascii, wanted.color, wanted.width),
        run(wanted.run_head, wanted.run_tail) {}

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
  void take(const trace::WindowChanged& event);
  void take(const trace::CongestionChanged& event);
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
  void offer_pending();
  void offer(LadderRow row);
  void end_run();
  void draw(const LadderRow& row);
  void draw_silence(Duration time);
  void put(std::string_view lines);
  void open_drawing();

  Write write;
  LadderOptions options;
  LadderPen pen;
  LadderNames names;
  LadderRun run;

  Instant now{};
  trace::ConnectionNumber current = 0;
  std::optional<Instant> start;
  Duration last_time{};  // where silence is measured from
  std::optional<Duration> last_drawn;
  std::uint64_t last_tag = 0;
  bool opened = false;
  std::size_t rows_drawn = 0;
  std::uint64_t rows_left_out = 0;

  // A packet that arrived, until the next event tells whether it was dropped.
  struct Pending {
    LadderRow row;
    FourTuple name;
    Segment segment;  // without payload
  };
  std::optional<Pending> pending;
};

Ladder::Ladder(Write write, const LadderOptions& options)
    : parts_(std::make_unique<Parts>(std::move(write), options)) {}

Ladder::~Ladder() { finish(); }

void Ladder::on_event(const trace::Event& event) {
  Parts& parts = *parts_;
  if (!parts.start) parts.start = event.time;
  const bool may_explain = std::holds_alternative<trace::SegmentDropped>(event.body) ||
                           std::holds_alternative<trace::FrameDropped>(event.body);
  if (!may_explain) parts.offer_pending();
  parts.now = event.time;
  parts.current = event.connection;
  std::visit([&](const auto& body) { parts.take(body); }, event.body);
}

void Ladder::flush() {
  parts_->offer_pending();
  parts_->end_run();
}

void Ladder::finish() {
  flush();
  if (parts_->rows_left_out == 0) return;
  const std::string words = fmt::format("{} further rows not shown", grouped(parts_->rows_left_out));
  parts_->rows_left_out = 0;
  parts_->write(parts_->pen.gap(words));
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
  end_run();
  open_drawing();
  draw_silence(row.time);
  last_time = row.time;
  last_tag = known->number;
  put(pen.headline(fmt::format("#{}", known->number), to_string(name) + std::string(who_opens)));
  return true;
}

void Ladder::Parts::mark(Tone tone, std::string text, const FourTuple& name) {
  LadderRow made = row();
  made.kind = Kind::kMark;
  made.tone = tone;
  made.text = std::move(text);
  if (name_row(made, name, false, "")) offer(std::move(made));
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
  offer(std::move(made));
}

void Ladder::Parts::offer_pending() {
  if (!pending) return;
  LadderRow made = std::move(pending->row);
  pending.reset();
  offer(std::move(made));
}

void Ladder::Parts::offer(LadderRow row) {
  if (!row.plain) end_run();
  if (row.plain && !run.admits(row)) return;
  draw(row);
}

void Ladder::Parts::end_run() {
  const LadderRun::Rest rest = run.end();
  if (rest.elided.rows != 0) {
    put(pen.gap(fmt::format("{} similar rows elided", grouped(rest.elided.rows)), rest.elided.in_words()));
    if (!rest.tail.empty()) last_time = rest.tail.front().time;  // the gap stands for the time, too
  }
  for (const LadderRow& row : rest.tail) draw(row);
}

void Ladder::Parts::draw(const LadderRow& row) {
  open_drawing();
  draw_silence(row.time);
  last_time = row.time;
  // What happens at our end at the same moment needs no second time.
  Margin margin{{}, row.time};
  if (row.kind == Kind::kMark && row.time == last_drawn) margin.time.reset();
  last_drawn = row.time;
  if (row.connection != 0 && row.connection != last_tag) {
    margin.tag = fmt::format("#{}", row.connection);
    last_tag = row.connection;
  }
  std::string text = row.again ? "again: " : "";
  const std::size_t room = pen.arrow_text_width() - text.size();
  text += row.segment ? notation(*row.segment, room) : row.text;
  std::string lines;
  switch (row.kind) {
    case Kind::kArrow:
      lines = pen.arrow(margin, row.direction, row.tone, text, row.why, row.rule);
      break;
    case Kind::kLostArrow:
      lines = pen.lost_arrow(margin, row.direction, text, row.why, row.rule);
      break;
    case Kind::kMark:
      lines = pen.mark(margin, row.tone, text, row.why);
      break;
  }
  if (!row.below.empty()) lines += pen.below_arrow(row.below);
  put(lines);
}

void Ladder::Parts::draw_silence(Duration time) {
  if (opened && time - last_time >= kSilence) put(pen.gap(rounded(time - last_time) + " later"));
}

void Ladder::Parts::put(std::string_view lines) {
  if (options.max_rows != 0 && rows_drawn >= options.max_rows) {
    ++rows_left_out;
    return;
  }
  ++rows_drawn;
  write(lines);
}

void Ladder::Parts::open_drawing() {
  if (opened) return;
  opened = true;
  last_time = now - *start;
  if (options.legend) write(pen.legend());
  if (options.header) write(pen.head());
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
  pending = Pending{std::move(made), event.name, event.segment};
  pending->segment.payload = {};
}

void Ladder::Parts::take(const trace::SegmentSent& event) {
  LadderRow made = row();
  made.direction = Direction::kSent;
  made.again = event.retransmission;
  made.tone = event.retransmission ? Tone::kAgain : Tone::kSent;
  made.segment = line_of(event);
  made.plain = is_plain(event.segment.flags) && !event.retransmission;
  made.below = options_in_words(event.segment, event.relative_ack);
  made.why = name(event.cause);
  made.rule = clause(event.cause);
  const bool opens = is_open_request(event.segment.flags) && !event.retransmission;
  if (name_row(made, event.name, opens, opens ? ", opened by us" : "")) offer(std::move(made));
}

void Ladder::Parts::take(const trace::SegmentDropped& event) {
  LadderRow made = row();
  const bool explains = pending && pending->name == event.name && pending->segment.seq == event.segment.seq &&
                        pending->segment.ack == event.segment.ack && pending->segment.flags == event.segment.flags;
  if (explains) {
    made = std::move(pending->row);
    pending.reset();
  } else {
    offer_pending();
    made.segment = line_of(event);
    if (!name_row(made, event.name, is_open_request(event.segment.flags), "")) return;
  }
  made.kind = Kind::kLostArrow;
  made.plain = false;
  made.why = name(event.reason);
  made.rule = clause(event.reason);
  offer(std::move(made));
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
  if (direction == Direction::kSent) return offer(std::move(made));
  pending = Pending{std::move(made), {}, {}};
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
  if (!options.frames) return offer_pending();
  LadderRow made = row();
  made.text = describe_frame(event.bytes).line;
  if (pending && !pending->row.segment && pending->row.text == made.text) {
    pending.reset();
  } else {
    offer_pending();
  }
  made.kind = Kind::kLostArrow;
  made.why = name(event.reason);
  made.rule = clause(event.reason);
  offer(std::move(made));
}

void Ladder::Parts::take(const trace::NeighbourChanged& event) {
  if (!options.frames) return;
  LadderRow made = row();
  made.kind = Kind::kMark;
  made.tone = Tone::kQuiet;
  made.text = fmt::format("neighbour {}: {}", to_string(event.address), pen.change(event.from, event.to));
  offer(std::move(made));
}

// --- The life of a connection

void Ladder::Parts::take(const trace::ConnectionOpened& event) {
  LadderRow unused = row();
  name_row(unused, event.name, true, event.active ? ", opened by us" : "");
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
