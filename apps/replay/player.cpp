// The loop: recorded frames, planned calls and our own timers in the order of one virtual clock.
#include <algorithm>
#include <utility>

#include "apps/replay/actor.hpp"
#include "apps/replay/datagrams.hpp"
#include "apps/replay/hurry.hpp"
#include "apps/replay/mapping.hpp"
#include "apps/replay/performance.hpp"
#include "apps/replay/preparation.hpp"
#include "apps/replay/prompter.hpp"
#include "apps/replay/relief.hpp"

namespace fourtuple::replay {
namespace {

// How long a frame may wait while our timers go on without sending what it waits for.
constexpr Duration kLongestHold = std::chrono::hours(1);
constexpr Duration kAfterwards = std::chrono::seconds(60);  // 2 MSL as TcpConfig has it

class Player {
 public:
  Player(const capture::Conversation& conversation, const ApplicationPlan& plan, const PlayerOptions& options)
      : conversation_(conversation),
        role_(plan.host),
        planned_calls_(plan.calls.size()),
        options_(options),
        timeline_(conversation, plan.host),
        plan_(with_hurry(plan, conversation, timeline_)),
        score_(make_score(conversation, plan.host, timeline_)),
        prompter_(plan_, score_, timeline_),
        relief_(conversation, score_),
        stand_in_(prepare(conversation, plan_, timeline_)),
        actor_(stand_in_, plan_, ExpectedStream(conversation, capture::other(plan.host))) {}

  Performance run();

 private:
  bool step();
  void happen(Instant frame, Instant call, const Relief::Offer& offer);
  void deliver(bool all_blocks);
  void deliver_segment(const Cue& cue, Delivery& delivery, bool all_blocks);
  void vanish();
  void deliver_error(const Cue& cue, Delivery& delivery);
  void relieve(const Relief::Offer& offer);
  void finish_turn();
  void take_sent();
  void end_with(Ending ending);
  void adapt(std::string_view clause, std::string_view sentence, std::string_view hint);
  void tell_adaptations();
  void conclude();

  [[nodiscard]] Situation situation() const;
  [[nodiscard]] Instant earliest(const Cue& cue) const;
  [[nodiscard]] Instant next_frame();
  [[nodiscard]] Relief::Offer next_relief(Instant frame);
  [[nodiscard]] bool waits_for_acknowledgment() const;
  [[nodiscard]] Instant time_without_holding(const Cue& cue) const;
  [[nodiscard]] bool is_over(Instant next) const;
  [[nodiscard]] Instant last_moment() const;
  [[nodiscard]] bool ended_early() const;
  [[nodiscard]] bool is_ack_lag(const OurSegment& segment) const;
  [[nodiscard]] std::uint64_t unsent() const;
  [[nodiscard]] bool could_have_sent() const;
  [[nodiscard]] bool has_frames() const { return next_cue_ < score_.cues.size(); }

  const capture::Conversation& conversation_;
  const capture::Host role_;
  const std::size_t planned_calls_;
  const PlayerOptions options_;
  const Timeline timeline_;
  const ApplicationPlan plan_;
  const Score score_;
  Prompter prompter_;
  Relief relief_;
  StandIn stand_in_;
  Actor actor_;
  SendHistory ours_;
  Performance performance_;
  Instant now_{};
  Instant last_event_{};  // that was none of our timers
  std::size_t next_cue_ = 0;
  std::size_t taken_segments_ = 0;
  std::optional<Instant> previous_;
  HeldFor waits_for_ = HeldFor::kNothing;
  std::optional<std::size_t> vanishes_before_;  // this frame
  bool is_stopped_ = false;
  bool left_blocks_out_ = false;
};

Performance Player::run() {
  performance_.role = role_;
  performance_.begin = timeline_.kBegin;
  if (plan_.close == CloseKind::kStackReset && !score_.recorded.fin()) {
    vanishes_before_ = plan_.calls.back().after_frame;
  }
  now_ = last_event_ = prompter_.begin();
  actor_.begin(now_);
  std::uint64_t events = 0;
  while (step()) {
    if (++events == options_.max_events) {
      end_with(Ending::kStalled);
      break;
    }
  }
  conclude();
  return std::move(performance_);
}

bool Player::step() {
  if (ended_early()) return end_with(Ending::kEarly), false;
  const Instant frame = next_frame();
  const Instant call = prompter_.next();
  const Relief::Offer offer = next_relief(frame);
  const Instant next = std::min({frame, call, offer.due, stand_in_.next_deadline()});
  if (is_over(next)) return false;
  if (offer.due == next && next < kNever && !options_.elastic_acks) return end_with(Ending::kStalled), false;
  const bool is_stuck = next == kNever || next > last_event_ + kLongestHold;
  if (has_frames() && frame == kNever && is_stuck) {
    if (prompter_.release(now_)) return true;
    return end_with(Ending::kStalled), false;
  }
  now_ = std::max(now_, next);
  happen(frame, call, offer);
  finish_turn();
  return true;
}

// Of what falls on the same moment calls come first: the frames that they answer to have been delivered.
void Player::happen(Instant frame, Instant call, const Relief::Offer& offer) {
  if (call <= now_) {
    actor_.make(prompter_.take(now_), now_);
  } else if (frame <= now_) {
    deliver(true);
  } else if (offer.due <= now_) {
    relieve(offer);
  } else {
    return stand_in_.advance(now_);
  }
  last_event_ = now_;
}

Instant Player::next_frame() {
  if (!has_frames()) return kNever;
  const Cue& cue = score_.cues[next_cue_];
  const Clearance cleared = clearance(cue, score_, situation());
  if (cleared.held_for == HeldFor::kNothing) return std::max({cleared.due, earliest(cue), now_});
  if (now_ >= time_without_holding(cue)) waits_for_ = cleared.held_for;
  return kNever;
}

// What the next frame waits for can only follow an acknowledgment that no frame before it is.
Relief::Offer Player::next_relief(Instant frame) {
  Relief::Offer offer;
  if (!has_frames()) return offer;
  const bool is_blocked = frame == kNever && unsent() != 0 && !could_have_sent();
  if (is_blocked) {
    offer = relief_.for_blocked(next_cue_, situation(), time_without_holding(score_.cues[next_cue_]));
  } else if (options_.elastic_acks && frame > stand_in_.next_deadline() && waits_for_acknowledgment()) {
    offer = relief_.elastic(next_cue_, situation());
  }
  if (offer.due != kNever) offer.due = std::max(offer.due, now_);
  return offer;
}

// The timer that fires next is the one of what is not acknowledged.
bool Player::waits_for_acknowledgment() const {
  const auto info = stand_in_.info(now_);
  return info && info->timer == "on";
}

// The order of frames stays; those that nothing enabled keep their distance to the one before.
Instant Player::earliest(const Cue& cue) const {
  if (!previous_) return cue.recorded;
  return *previous_ + (cue.enabler_count == 0 ? cue.since_previous : Duration::zero());
}

Situation Player::situation() const {
  Situation situation{.ours = ours_, .acked = relief_.acked(), .behind = {}};
  if (previous_) situation.behind = std::max(*previous_ - score_.cues[next_cue_ - 1].recorded, Duration::zero());
  return situation;
}

// Where the frame would stand if nothing kept it but the one before it.
Instant Player::time_without_holding(const Cue& cue) const {
  return previous_ ? std::max(cue.recorded, *previous_ + cue.since_previous) : cue.recorded;
}

void Player::deliver(bool all_blocks) {
  const Cue& cue = score_.cues[next_cue_++];
  if (!cue.is_icmp && vanishes_before_ == cue.index) vanish();
  Delivery delivery;
  delivery.frame = cue.index;
  delivery.is_icmp = cue.is_icmp;
  delivery.delivered = now_;
  if (const Duration held = now_ - time_without_holding(cue); held > Duration::zero()) {
    delivery.held = held;
    delivery.held_for = waits_for_ != HeldFor::kNothing ? waits_for_ : kind_of(cue, score_);
  }
  waits_for_ = HeldFor::kNothing;
  cue.is_icmp ? deliver_error(cue, delivery) : deliver_segment(cue, delivery, all_blocks);
  prompter_.note_delivery(next_cue_ - 1, now_);
  previous_ = now_;
}

// The recorded host answered this frame as one that knows of no connection, without having closed it: it had lost it.
void Player::vanish() {
  actor_.forget(now_);
  stand_in_.restart(now_);
  prompter_.skip_rest();
}

void Player::deliver_error(const Cue& cue, Delivery& delivery) {
  const capture::IcmpFrame& error = conversation_.icmp[cue.index];
  delivery.recorded = error.time;
  performance_.deliveries.push_back(delivery);
  stand_in_.deliver(mapped_error(stand_in_.name(), error, stand_in_.segments()), now_);
}

void Player::deliver_segment(const Cue& cue, Delivery& delivery, bool all_blocks) {
  const capture::TcpFrame& frame = conversation_.frames[cue.index];
  delivery.recorded = frame.time;
  delivery.segment = mapped_segment(frame, cue, ours_, now_);
  if (!all_blocks) remove_unsent_blocks(delivery.segment.options, ours_);
  delivery.checksum_is_wrong = frame.checksum_is_wrong;
  delivery.ecn_marked = frame.ecn_marked;
  performance_.deliveries.push_back(delivery);
  if (!frame.checksum_is_wrong) relief_.note_delivery(delivery.segment, cue);
  stand_in_.deliver(mapped_datagram(stand_in_.name().reversed(), frame, delivery.segment), now_);
}

void Player::relieve(const Relief::Offer& offer) {
  if (offer.kind == Relief::Kind::kWithoutSack) {
    left_blocks_out_ = true;
    return deliver(false);
  }
  Delivery delivery;
  delivery.frame = score_.cues[offer.cue].index;
  delivery.recorded = conversation_.frames[delivery.frame].time;
  delivery.delivered = now_;
  delivery.is_synthetic = true;
  delivery.segment = relief_.take_acknowledgment(offer, ours_);
  performance_.deliveries.push_back(delivery);
  stand_in_.deliver(datagram_of(stand_in_.name().reversed(), delivery.segment), now_);
}

void Player::finish_turn() {
  actor_.act(now_);
  stand_in_.finish_turn(now_);
  take_sent();
}

void Player::take_sent() {
  auto& segments = stand_in_.segments();
  for (; taken_segments_ < segments.size(); ++taken_segments_) {
    OurSegment& segment = segments[taken_segments_];
    segment.deliveries_before = performance_.deliveries.size();
    segment.ack_lag = is_ack_lag(segment);
    ours_.take(segment.segment, 0, segment.time);
  }
}

// A timer of ours ran out because an acknowledgment comes at its recorded time, while our octets left before theirs.
// [REPLAY d 2]
bool Player::is_ack_lag(const OurSegment& segment) const {
  const bool is_timer = segment.cause == Cause::kRetransmissionTimeout || segment.cause == Cause::kTailLossProbe;
  if (!is_timer || !segment.retransmission || !has_frames()) return false;
  const StreamOffset octet = ours_.offset(segment.segment.seq);
  const auto sent = ours_.reached(octet + 1);
  const auto recorded = score_.recorded.reached(octet + 1);
  if (!sent || !recorded || score_.recorded.first_repeat(octet, *recorded)) return false;
  const auto answer = std::find_if(score_.cues.begin() + static_cast<std::ptrdiff_t>(next_cue_), score_.cues.end(),
                                   [octet](const Cue& cue) { return cue.acked > octet; });
  return answer != score_.cues.end() && answer->recorded - *recorded < segment.time - *sent;
}

bool Player::is_over(Instant next) const {
  if (has_frames() || prompter_.has_calls()) return false;
  const TcpState state = stand_in_.state();
  const bool is_at_rest = state == TcpState::kTimeWait || stand_in_.is_gone();
  return is_at_rest || next > last_moment();
}

// How long it is worth watching after the last frame and call.
Instant Player::last_moment() const {
  const Instant end = last_event_ + kAfterwards;
  return score_.given_up ? std::min(end, std::max(last_event_, *score_.given_up)) : end;
}

// Our connection is gone, and the recorded host went on after the next frame had come. [REPLAY d 6]
bool Player::ended_early() const {
  if (!stand_in_.is_gone() || !has_frames()) return false;
  const Cue& cue = score_.cues[next_cue_];
  return score_.last_living >= cue.recorded || clearance(cue, score_, situation()).held_for != HeldFor::kNothing;
}

// Octets that the application has written and that have not left.
std::uint64_t Player::unsent() const {
  const StreamOffset fin = ours_.fin() ? 1 : 0;
  const auto sent = static_cast<std::uint64_t>(std::max<StreamOffset>(ours_.end() - 1 - fin, 0));
  return actor_.written() - std::min<std::uint64_t>(actor_.written(), sent);
}

// A full segment, or all there is with nothing in flight, waited although both windows would have let it go.
bool Player::could_have_sent() const {
  const auto info = stand_in_.info(now_);
  if (!info || unsent() == 0) return false;
  const auto outstanding = static_cast<std::uint64_t>(std::max<StreamOffset>(ours_.end() - relief_.acked(), 0));
  if (unsent() < info->send_mss && outstanding != 0) return false;  // Nagle
  const std::uint64_t wanted = std::min<std::uint64_t>(unsent(), info->send_mss);
  return info->in_flight_bytes + wanted <= info->congestion_window_bytes &&
         outstanding + wanted <= info->peer_window_bytes;
}

void Player::end_with(Ending ending) {
  performance_.ending = ending;
  is_stopped_ = true;
  performance_.undelivered = score_.cues.size() - next_cue_;
  if (!has_frames()) return;
  const Cue& cue = score_.cues[next_cue_];
  if (!cue.is_icmp) performance_.stalled_at = cue.index;
  performance_.stalled_for = ours_.end();
  performance_.window_allowed_more = could_have_sent();
}

void Player::adapt(std::string_view clause, std::string_view sentence, std::string_view hint) {
  performance_.adaptations.push_back({clause, std::string(sentence), hint});
}

void Player::tell_adaptations() {
  if (score_.unanswered_syns != 0) {
    adapt("RFC9293 MUST-23", "a SYN was not delivered, because the recorded host answered a later copy only",
          "it was lost behind the capture, or the queue of the listener was full");
  }
  if (score_.lost_beyond != 0) {
    adapt("RFC9293 3.8", "frames were not delivered that the recorded host did not get",
          "they were lost between the place of the capture and the host");
  }
  if (plan_.calls.size() > planned_calls_) {
    adapt("RFC9293 MUST-17", "Nagle's algorithm is off, because the recorded host sent what it would keep back",
          "a sidecar with the application's calls would tell");
  }
  if (vanishes_before_) {
    adapt("RFC9293 3.5.1", "our stack was made to forget the connection",
          "the recorded host had lost it without a word");
  }
  if (left_blocks_out_) {
    adapt("RFC2018 4", "SACK blocks were left out of frames", "our congestion window had not let those octets go yet");
  }
}

void Player::conclude() {
  tell_adaptations();
  performance_.end = std::max(now_, is_stopped_ ? now_ : last_moment());
  performance_.final_state = stand_in_.state();
  performance_.segments = std::move(stand_in_.segments());
  performance_.octets = std::move(stand_in_.octets());
  performance_.states = std::move(stand_in_.states());
  performance_.calls = std::move(actor_.made());
  performance_.octets_read = actor_.octets_read();
  performance_.stream_is_whole = actor_.stream_is_whole();
}

}  // namespace

Performance play(const capture::Conversation& conversation, const ApplicationPlan& plan, const PlayerOptions& options) {
  return Player(conversation, plan, options).run();
}

}  // namespace fourtuple::replay
