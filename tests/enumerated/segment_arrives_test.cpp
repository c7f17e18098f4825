// SEGMENT ARRIVES (RFC 9293 3.10.7), enumerated: every state, every combination of flags, every position of the
// sequence and acknowledgment numbers, with and without text. What the engine does is compared with the answer table.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <string_view>

#include "tests/enumerated/answer_table.hpp"
#include "tests/enumerated/arriving.hpp"
#include "tests/enumerated/world.hpp"

namespace fourtuple::enumerated {
namespace {

using namespace std::chrono_literals;
using enum TcpState;

// One conversation up to a state, one segment, and what came of it.
struct Case {
  Talk talk;
  Position at;
  Arriving segment;
  Answer asked;
  std::vector<Said> at_once;  // in answer to the segment itself
  std::vector<Said> later;    // within the time of a delayed ACK

  Case(const World& world, const Arriving& arriving)
      : at(reach(world, talk)), segment(arriving), asked(expected(at, arriving)) {}
};

bool is_ack(const Said& said, std::int64_t seq, std::int64_t ack) {
  return said.flags == TcpFlags{TcpFlags::kAck} && said.seq == seq && said.ack == ack && said.text == 0;
}

bool is_syn_ack(const Said& said, std::int64_t ack) {
  return said.flags == TcpFlags{TcpFlags::kSyn | TcpFlags::kAck} && said.ack == ack && said.text == 0;
}

bool is_reset(const Said& said, std::uint8_t other_flags) {
  return said.flags.bits == (TcpFlags::kRst | other_flags) && said.text == 0;
}

bool is_reply(Reply wanted, const Case& c, const Said& said) {
  switch (wanted) {
    case Reply::kSilence:
      return false;
    case Reply::kAck:
    case Reply::kAckSoon:
      return is_ack(said, c.at.snd_nxt, c.asked.rcv_nxt);
    case Reply::kSynAck:
      return is_syn_ack(said, c.asked.rcv_nxt) && said.seq == 0;
    case Reply::kNewSynAck:
      return is_syn_ack(said, c.asked.rcv_nxt) && said.seq > c.at.snd_nxt;
    case Reply::kResetFromAck:
      return is_reset(said, 0) && said.seq == c.segment.ack;
    case Reply::kResetFromLength:
      return is_reset(said, TcpFlags::kAck) && said.raw_seq == SeqNum{0} &&
             said.ack == c.segment.seq + c.segment.length();
    case Reply::kResetOwn:
      return (is_reset(said, 0) || is_reset(said, TcpFlags::kAck)) && said.seq == c.at.snd_nxt;
  }
  return false;
}

// Exactly one segment answers, or none.
bool is_well_answered(const Case& c) {
  const Reply wanted = c.asked.reply;
  if (wanted == Reply::kSilence) return c.at_once.empty() && c.later.empty();
  const bool was_delayed = wanted == Reply::kAckSoon && c.at_once.empty();
  const auto& here = was_delayed ? c.later : c.at_once;
  const auto& elsewhere = was_delayed ? c.at_once : c.later;
  return here.size() == 1 && elsewhere.empty() && is_reply(wanted, c, here.front());
}

// What came, in the words of the table. The reply is judged by is_well_answered().
Answer observed(const Case& c, std::int64_t unread_before) {
  Answer came = c.asked;
  const auto status = c.talk.status();
  came.next = c.talk.state() == kClosed && c.at.listens ? kListen : c.talk.state();
  if (came.next == kListen && c.asked.next == kClosed) came.next = kClosed;
  if (status && status->state >= kSynReceived) {
    came.snd_una = c.talk.snd_una();
    if (came.next != kTimeWait) came.snd_wnd = c.talk.snd_wnd();
    came.rcv_nxt = c.talk.rcv_nxt();
    came.delivered = c.talk.unread() - unread_before;
    came.fin_taken = status->peer_closed && came.rcv_nxt != c.at.rcv_nxt;
    came.urgent = status->urgent_announced;
  }
  const auto held = c.talk.held_status();
  if (!c.at.released) came.error = held ? held->error : std::errc{};
  came.restarts_time_wait = came.next == kTimeWait && c.talk.timer_remaining() > 59900ms;
  return came;
}

// "Signal the user": what the application can wait for is announced, and nothing else is. A connection that was not
// accepted yet has no application; its listener hears that it is complete. After the end everything is announced.
bool tells_the_user(const Case& c, std::uint8_t application, std::uint8_t listener) {
  using R = Readiness;
  if (c.at.released) return true;
  if (c.at.state == kSynReceived && c.at.passive) {
    return ((listener & R::kReadable) != 0) == (c.asked.next == kEstablished || c.asked.next == kCloseWait);
  }
  if (c.asked.error != std::errc{} && (application & R::kError) == 0) return false;
  if (c.asked.next == kClosed || c.asked.next == kListen || c.asked.reply == Reply::kNewSynAck) return true;
  unsigned wanted = 0;
  if (c.asked.delivered > 0 || c.asked.fin_taken) wanted |= R::kReadable;
  if (c.asked.fin_taken) wanted |= R::kHangUp;
  if (c.asked.urgent) wanted |= R::kUrgent;
  constexpr unsigned kJudged = R::kReadable | R::kHangUp | R::kUrgent | R::kError;
  return (application & kJudged) == wanted;
}

// Fills the gap before what should be held: then all of it must be there. After close() the filling itself would end
// it.
bool holds_what_it_should(Case& c, std::int64_t unread_before) {
  if ((c.asked.held == 0 && !c.asked.fin_held) || c.at.released) return true;
  const std::int64_t gap = c.segment.text_begin() - c.at.rcv_nxt;
  c.talk.say(TcpFlags::kAck, c.at.rcv_nxt, c.asked.snd_una, gap);
  const auto status = c.talk.status();
  return status && status->peer_closed == c.asked.fin_held && c.talk.unread() - unread_before == gap + c.asked.held;
}

std::string in_words(const std::vector<Said>& said) {
  std::string words;
  for (const Said& one : said) {
    words += fmt::format("{}{} seq {} ack {} with {} octets", words.empty() ? "" : ", then ", to_string(one.flags),
                         one.seq, one.ack, one.text);
  }
  return words.empty() ? "nothing" : words;
}

std::string story(const Case& c, const Answer& came, const char* what) {
  return fmt::format("In {} arrives {}. [{}] asks for {}. The {} differs: at once came {}, later {}; and now it is {}.",
                     to_string(c.at), to_string(c.segment), c.asked.clause, to_string(c.asked), what,
                     in_words(c.at_once), in_words(c.later), outcome_words(came));
}

// The first difference in a paragraph; empty where there is none.
std::string play(Case& c) {
  const std::int64_t unread_before = c.talk.unread();
  c.talk.say(c.segment);
  c.at_once = c.talk.said();
  c.talk.forget_said();
  c.talk.advance(50ms);
  c.later = c.talk.said();
  const Answer came = observed(c, unread_before);
  const std::uint8_t application = c.talk.take_signals(Talk::kApplication);
  const std::uint8_t listener = c.talk.take_signals(Talk::kListener);
  if (!is_well_answered(c)) return story(c, came, "reply");
  if (came != c.asked) return story(c, came, "outcome");
  if (!tells_the_user(c, application, listener)) return story(c, came, "signal to the user");
  if (!holds_what_it_should(c, unread_before)) return story(c, came, "text that is held");
  const std::int64_t first_unread = c.at.state < kSynReceived ? c.segment.seq + 1 : c.at.rcv_consumed;
  if (c.talk.unread() > 0 && !c.talk.read_all(first_unread)) return story(c, came, "text itself");
  if (const char* broken = c.talk.broken_invariant()) return story(c, came, broken);
  return {};
}

void play_all(const World& world) {
  Talk first;
  const Position at = reach(world, first);
  std::map<std::string_view, std::size_t> differences;  // by the sentence that is broken: one story of each is enough
  for (const Arriving& segment : arriving(at)) {
    Case c(world, segment);
    const std::string difference = play(c);
    if (!difference.empty() && ++differences[c.asked.clause] == 1) ADD_FAILURE() << difference;
  }
  for (const auto& [clause, count] : differences) ADD_FAILURE() << count << " differences from [" << clause << "]";
}

// [RFC9293 3.10.7.1, 3.5.2]
TEST(AnswerTable, HoldsInClosed) { play_all({kClosed, false}); }

// [RFC9293 3.10.7.2, 3.5.2]
TEST(AnswerTable, HoldsInListen) { play_all({kListen, true}); }

// [RFC9293 3.10.7.3, MUST-10]
TEST(AnswerTable, HoldsInSynSent) { play_all({kSynSent, false}); }

// [RFC9293 3.10.7.4, MUST-11]
TEST(AnswerTable, HoldsInSynReceivedFromListen) { play_all({kSynReceived, true}); }

// [RFC9293 3.10.7.4, MUST-10, MUST-11]
TEST(AnswerTable, HoldsInSynReceivedFromSynSent) { play_all({kSynReceived, false}); }

// [RFC9293 3.10.7.4, 3.5.3, SHLD-31, MAY-12, MAY-13, MUST-62, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInEstablished) { play_all({kEstablished, true}); }

// [RFC9293 3.10.7.4, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInFinWait1) { play_all({kFinWait1, true}); }

// [RFC9293 3.10.7.4, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInFinWait2) { play_all({kFinWait2, true}); }

// [RFC9293 3.10.7.4, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInCloseWait) { play_all({kCloseWait, true}); }

// [RFC9293 3.10.7.4, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInClosing) { play_all({kClosing, true}); }

// [RFC9293 3.10.7.4, RFC5961 3.2, 4.2, 5.2]
TEST(AnswerTable, HoldsInLastAck) { play_all({kLastAck, true}); }

// [RFC9293 3.10.7.4, MUST-13, RFC5961 3.2, 4.2]
TEST(AnswerTable, HoldsInTimeWait) { play_all({kTimeWait, false}); }

// [RFC9293 3.10.7.4, MAY-2]
TEST(AnswerTable, HoldsInTimeWaitBesideAListener) { play_all({kTimeWait, true}); }

// [RFC9293 SHLD-3]
TEST(AnswerTable, HoldsInFinWait1AfterClose) { play_all({kFinWait1, true, false, true}); }

// [RFC9293 SHLD-3]
TEST(AnswerTable, HoldsInFinWait2AfterClose) { play_all({kFinWait2, true, false, true}); }

TEST(AnswerTable, HoldsInClosingAfterClose) { play_all({kClosing, true, false, true}); }

TEST(AnswerTable, HoldsInLastAckAfterClose) { play_all({kLastAck, true, false, true}); }

TEST(AnswerTable, HoldsInTimeWaitAfterClose) { play_all({kTimeWait, false, false, true}); }

// [RFC9293 MUST-66]
TEST(AnswerTable, HoldsInEstablishedWithAClosedWindow) { play_all({kEstablished, true, true}); }

// [RFC9293 MUST-66]
TEST(AnswerTable, HoldsInFinWait1WithAClosedWindow) { play_all({kFinWait1, true, true}); }

// [RFC9293 MUST-66]
TEST(AnswerTable, HoldsInFinWait2WithAClosedWindow) { play_all({kFinWait2, true, true}); }

TEST(AnswerTable, HoldsInCloseWaitWithAClosedWindow) { play_all({kCloseWait, true, true}); }

TEST(AnswerTable, HoldsInClosingWithAClosedWindow) { play_all({kClosing, true, true}); }

TEST(AnswerTable, HoldsInLastAckWithAClosedWindow) { play_all({kLastAck, true, true}); }

TEST(AnswerTable, HoldsInTimeWaitWithAClosedWindow) { play_all({kTimeWait, false, true}); }

}  // namespace
}  // namespace fourtuple::enumerated
