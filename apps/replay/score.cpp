// Reads the recording once and writes down for each frame of the other host what it followed from.
#include <algorithm>
#include <cstddef>

#include "apps/replay/lost_beyond.hpp"
#include "apps/replay/steering.hpp"

namespace fourtuple::replay {
namespace {

// A capture may show the cause a moment after its effect.
constexpr Duration kDisorder = std::chrono::milliseconds(1);
constexpr std::size_t kDisorderFrames = 64;

class ScoreWriter {
 public:
  ScoreWriter(const capture::Conversation& conversation, capture::Host role, const Timeline& timeline)
      : conversation_(conversation),
        role_(role),
        timeline_(timeline),
        lost_(lost_beyond(conversation, role, timeline)) {
    for (const capture::TcpFrame& frame : conversation.frames) {
      if (frame.from != role) theirs_.take(frame.segment, frame.cut_octets, {});
    }
    find_answered_syn();
  }

  Score write();

 private:
  void write_frame(std::size_t index);
  void write_errors_before(capture::CaptureTime time);
  void write_error(std::size_t index);
  [[nodiscard]] bool is_forged(const capture::TcpFrame& frame) const;
  void find_answered_syn();
  [[nodiscard]] std::optional<Instant> end_of_trying() const;
  void note_acknowledgment(const capture::TcpFrame& frame, std::size_t index, Cue& cue);
  void note_sack(const capture::TcpFrame& frame, Cue& cue);
  void note_echo(const capture::TcpFrame& frame, Cue& cue);
  void note_duplicate(const capture::TcpFrame& frame, StreamOffset ack);
  void measure_round_trip(const Cue& cue);
  [[nodiscard]] StreamOffset sent_soon_after(std::size_t index) const;
  [[nodiscard]] std::optional<Instant> repair_of(StreamOffset octet, Instant arrival) const;
  void add(Cue cue);

  const capture::Conversation& conversation_;
  const capture::Host role_;
  const Timeline& timeline_;
  const std::vector<bool> lost_;
  Score score_;
  std::size_t next_error_ = 0;
  std::optional<Instant> previous_;
  StreamOffset acked_ = 0;   // highest so far
  StreamOffset sacked_ = 0;  // right edge of the highest block so far
  std::uint32_t duplicates_ = 0;
  bool shows_hole_ = false;  // blocks above `acked_` came
  bool was_closed_ = false;  // the window was closed since: octets sent again were probes
  std::optional<Duration> round_trip_;
  SendHistory theirs_;            // all of it, from the beginning
  std::size_t answered_syn_ = 0;  // those before it never came to the recorded host, or found its queue full
};

void ScoreWriter::find_answered_syn() {
  for (std::size_t i = 0; i < conversation_.frames.size(); ++i) {
    const capture::TcpFrame& frame = conversation_.frames[i];
    if (frame.from != role_ && frame.segment.flags.syn() && !frame.checksum_is_wrong) answered_syn_ = i;
    if (frame.from == role_ && frame.segment.flags.syn() && frame.segment.flags.ack()) return;
    if (frame.from == role_) break;
  }
  answered_syn_ = 0;
}

Score ScoreWriter::write() {
  for (std::size_t i = 0; i < conversation_.frames.size(); ++i) {
    const capture::TcpFrame& frame = conversation_.frames[i];
    write_errors_before(frame.time);
    if (frame.from == role_) {
      if (frame.odd.exact_duplicate || is_forged(frame)) continue;
      const Instant left = timeline_.departure(frame.time);
      if (!frame.segment.flags.rst()) score_.last_living = left;
      score_.recorded.take(frame.segment, frame.cut_octets, left);
    } else {
      write_frame(i);
    }
  }
  write_errors_before(capture::CaptureTime::max());
  score_.given_up = end_of_trying();
  return std::move(score_);
}

// No host acknowledges what the other never sends: somebody else sent this in its name.
bool ScoreWriter::is_forged(const capture::TcpFrame& frame) const {
  if (!frame.odd.acks_unseen || !frame.segment.flags.ack() || !theirs_.is_open()) return false;
  return theirs_.offset(frame.segment.ack) > theirs_.end();
}

// Where the recorded host's last segment was one more copy that nobody answered: when a further one would be due at the
// earliest. It never came, so the host, or its application, had given up by then.
std::optional<Instant> ScoreWriter::end_of_trying() const {
  if (conversation_.frames.empty() || score_.recorded.repeats().empty()) return std::nullopt;
  const capture::TcpFrame& last = conversation_.frames.back();
  const SendHistory::Repeat& repeat = score_.recorded.repeats().back();
  if (last.from != role_ || timeline_.departure(last.time) != repeat.time) return std::nullopt;
  const auto earlier = repeat.time - Duration(1);
  const auto before = score_.recorded.latest_repeat(repeat.begin, earlier);
  const auto previous = before ? before : score_.recorded.reached(repeat.begin + 1);
  if (!previous) return std::nullopt;
  return repeat.time + (repeat.time - *previous) * 3 / 2;
}

void ScoreWriter::write_frame(std::size_t index) {
  const capture::TcpFrame& frame = conversation_.frames[index];
  if (lost_[index]) {
    ++score_.lost_beyond;
    return;
  }
  if (frame.segment.flags.syn() && index < answered_syn_) {
    ++score_.unanswered_syns;
    return;
  }
  Cue cue;
  cue.index = index;
  cue.recorded = timeline_.arrival(frame.time);
  if (frame.segment.flags.ack() && score_.recorded.is_open()) {
    note_acknowledgment(frame, index, cue);
    note_sack(frame, cue);
    note_echo(frame, cue);
  }
  measure_round_trip(cue);
  add(cue);
}

void ScoreWriter::add(Cue cue) {
  cue.since_previous = previous_ ? std::max(cue.recorded - *previous_, Duration::zero()) : Duration::zero();
  if (previous_) cue.recorded = std::max(cue.recorded, *previous_);  // their order is that of the capture
  previous_ = cue.recorded;
  score_.cues.push_back(cue);
}

// The least time between octets and their first acknowledgment.
void ScoreWriter::measure_round_trip(const Cue& cue) {
  if (cue.enabler_count == 0 || cue.enablers[0].is_repair) return;
  round_trip_ = std::min(round_trip_.value_or(Duration::max()), cue.enablers[0].after);
}

// [REPLAY d] What was never sent cannot be waited for: a forged acknowledgment is delivered as it was recorded.
void ScoreWriter::note_acknowledgment(const capture::TcpFrame& frame, std::size_t index, Cue& cue) {
  const StreamOffset ack = score_.recorded.offset(frame.segment.ack);
  const bool is_early = ack > score_.recorded.end() && ack <= sent_soon_after(index);
  if (ack <= 0 || (ack > score_.recorded.end() && !is_early)) return;
  cue.needs = cue.acked = ack;
  if (ack <= acked_) return note_duplicate(frame, ack);
  const auto sent = score_.recorded.reached(ack);
  Enabler enabler{.end = ack,
                  .is_repair = false,
                  .after = sent ? std::max(cue.recorded - *sent, Duration::zero()) : Duration::zero(),
                  .left = {}};
  if (const auto repaired = repair_of(acked_, cue.recorded)) {
    cue.enabled_by({.end = acked_ + 1, .is_repair = true, .after = cue.recorded - *repaired, .left = *repaired});
  }
  cue.enabled_by(enabler);
  acked_ = ack;
  duplicates_ = 0;
  shows_hole_ = sacked_ > ack;
  was_closed_ = frame.segment.window == 0;
}

void ScoreWriter::note_duplicate(const capture::TcpFrame& frame, StreamOffset ack) {
  if (ack == acked_ && frame.segment.length() == 0) ++duplicates_;
  if (frame.segment.window == 0) was_closed_ = true;
}

// The recorded host's repair of a hole that this acknowledgment closes: it was needed where the other host showed the
// hole, and it can have been the cause where there was time for the way. [REPLAY d 4]
std::optional<Instant> ScoreWriter::repair_of(StreamOffset octet, Instant arrival) const {
  const bool shown = shows_hole_ || duplicates_ >= 3;
  if (was_closed_ || (!shown && !round_trip_)) return std::nullopt;
  const Duration way = round_trip_.value_or(Duration::zero()) * 4 / 5;
  return score_.recorded.latest_repeat(octet, arrival - way);
}

void ScoreWriter::note_sack(const capture::TcpFrame& frame, Cue& cue) {
  const SegmentOptions& options = frame.segment.options;
  for (std::size_t i = 0; i < std::min<std::size_t>(options.sack_count, options.sack.size()); ++i) {
    const StreamOffset right = score_.recorded.offset(options.sack[i].right);
    if (right > score_.recorded.end() || right <= cue.acked) continue;
    shows_hole_ = true;
    cue.needs = std::max(cue.needs, right);
    if (right <= sacked_) continue;
    sacked_ = right;
    if (const auto sent = score_.recorded.reached(right)) {
      cue.enabled_by({.end = right, .after = std::max(cue.recorded - *sent, Duration::zero())});
    }
  }
}

void ScoreWriter::note_echo(const capture::TcpFrame& frame, Cue& cue) {
  if (!frame.segment.options.timestamps || score_.recorded.stamps().empty()) return;
  const std::uint32_t value = frame.segment.options.timestamps->echo_reply;
  const SendHistory::Stamp* const echoed = score_.recorded.stamp_of(value);
  if (echoed == nullptr) {
    cue.echo = Echo{.difference = value - score_.recorded.stamps().back().value};
    return;
  }
  const StreamOffset end = cue.acked != 0 ? std::min(echoed->end, cue.acked) : echoed->end;
  cue.echo = Echo{.end = end, .after = std::max(cue.recorded - echoed->time, Duration::zero())};
}

// How far the recorded host had got in the few frames that follow at once.
StreamOffset ScoreWriter::sent_soon_after(std::size_t index) const {
  const capture::TcpFrame& frame = conversation_.frames[index];
  StreamOffset end = score_.recorded.end();
  const std::size_t last = std::min(conversation_.frames.size(), index + kDisorderFrames);
  for (std::size_t i = index + 1; i < last && conversation_.frames[i].time - frame.time <= kDisorder; ++i) {
    const capture::TcpFrame& later = conversation_.frames[i];
    if (later.from != role_ || later.segment.flags.rst()) continue;
    end = std::max(end, score_.recorded.offset(later.segment.seq) + later.segment.length() + later.cut_octets);
  }
  return end;
}

void ScoreWriter::write_errors_before(capture::CaptureTime time) {
  for (; next_error_ < conversation_.icmp.size() && conversation_.icmp[next_error_].time <= time; ++next_error_) {
    if (conversation_.icmp[next_error_].to == role_) write_error(next_error_);
  }
}

void ScoreWriter::write_error(std::size_t index) {
  const capture::IcmpFrame& error = conversation_.icmp[index];
  Cue cue;
  cue.index = index;
  cue.is_icmp = true;
  cue.recorded = timeline_.arrival(error.time);
  const StreamOffset quoted = score_.recorded.is_open() ? score_.recorded.offset(error.quoted_seq) + 1 : 0;
  if (quoted > 0 && quoted <= score_.recorded.end()) {
    cue.needs = quoted;
    const auto sent = score_.recorded.reached(quoted);
    if (sent && !score_.recorded.latest_repeat(quoted - 1, cue.recorded))
      cue.enabled_by({.end = quoted, .after = std::max(cue.recorded - *sent, Duration::zero())});
  }
  add(cue);
}

}  // namespace

void Cue::enabled_by(const Enabler& enabler) {
  if (enabler_count < enablers.size()) enablers[enabler_count++] = enabler;
}

Score make_score(const capture::Conversation& conversation, capture::Host role, const Timeline& timeline) {
  return ScoreWriter(conversation, role, timeline).write();
}

}  // namespace fourtuple::replay
