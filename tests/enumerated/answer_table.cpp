#include "tests/enumerated/answer_table.hpp"

#include <algorithm>

namespace fourtuple::enumerated {
namespace {

Answer unchanged(const Position& position) {
  return {
      .next = position.state, .snd_una = position.snd_una, .snd_wnd = position.snd_wnd, .rcv_nxt = position.rcv_nxt};
}

Answer with(Answer answer, Reply reply, const char* clause) {
  answer.reply = reply;
  answer.clause = clause;
  return answer;
}

// --- 3.10.7.1
Answer in_closed(const Position& position, const Arriving& segment) {
  const Answer nothing = unchanged(position);
  if (segment.flags.rst()) return with(nothing, Reply::kSilence, "RFC9293 3.10.7.1: a RST is discarded");
  if (segment.flags.ack()) return with(nothing, Reply::kResetFromAck, "RFC9293 3.10.7.1: the ACK bit is on");
  return with(nothing, Reply::kResetFromLength, "RFC9293 3.10.7.1: the ACK bit is off");
}

// Text and FIN behind a SYN without an ACK are "queued for processing later". Nothing acknowledges them, so the peer
// sends them again: whether they were really kept is nobody's business.
Answer syn_opens(const Position& position, const Arriving& segment, Reply reply, const char* clause) {
  Answer answer = with(unchanged(position), reply, clause);
  answer.next = TcpState::kSynReceived;
  answer.snd_una = 0;
  answer.snd_wnd = segment.window;
  answer.rcv_nxt = segment.seq + 1;
  return answer;
}

// --- 3.10.7.2
Answer in_listen(const Position& position, const Arriving& segment) {
  const Answer nothing = unchanged(position);
  if (segment.flags.rst()) return with(nothing, Reply::kSilence, "RFC9293 3.10.7.2 first: a RST is ignored");
  if (segment.flags.ack()) return with(nothing, Reply::kResetFromAck, "RFC9293 3.10.7.2 second: any ACK is bad");
  if (!segment.flags.syn()) return with(nothing, Reply::kSilence, "RFC9293 3.10.7.2 fourth: anything else is dropped");
  return syn_opens(position, segment, Reply::kSynAck, "RFC9293 3.10.7.2 third: a SYN opens");
}

// --- The sixth to eighth step, which SYN-SENT enters too.

bool receives(TcpState state) {
  return state == TcpState::kEstablished || state == TcpState::kFinWait1 || state == TcpState::kFinWait2;
}

// Sixth. RCV.UP names the first octet that is not urgent; the pointer counts from SEG.SEQ. [RFC9293 MUST-62]
void take_urgent(const Position& position, const Arriving& segment, Answer& answer) {
  if (!segment.flags.urg() || !receives(answer.next)) return;
  const std::int64_t consumed = std::max(position.rcv_consumed, std::int64_t{1});
  const std::int64_t behind_syn = segment.flags.syn() ? segment.seq + 1 : consumed;
  answer.urgent = segment.seq + segment.urgent > behind_syn;
}

// Seventh. `edge` is the right edge of the window.
void take_text(const Position& position, const Arriving& segment, std::int64_t edge, Answer& answer) {
  if (!receives(answer.next)) return;  // "ignore the segment text"
  const std::int64_t begin = std::max(segment.text_begin(), answer.rcv_nxt);
  const std::int64_t end = std::min(segment.text_end(), edge);
  if (begin >= end) return;
  if (position.released) {
    answer =
        with(answer, Reply::kResetOwn, "RFC9293 3.6.1 SHLD-3: text after CLOSE is lost, and the peer must learn it");
    answer.next = TcpState::kClosed;
    return;
  }
  if (begin > answer.rcv_nxt) {
    answer.held = end - begin;
    answer.reply = Reply::kAck;
    answer.clause = "RFC9293 3.10.7.4 seventh, SHLD-31, MAY-13, RFC5681 4.2: held, and the gap is told at once";
    return;
  }
  answer.delivered = end - begin;
  answer.rcv_nxt = end;
  if (answer.reply == Reply::kSilence) answer.reply = Reply::kAckSoon;
  answer.clause = "RFC9293 3.10.7.4 seventh: text is delivered and acknowledged";
}

TcpState after_fin(TcpState state) {
  if (state == TcpState::kEstablished) return TcpState::kCloseWait;
  if (state == TcpState::kFinWait1) return TcpState::kClosing;
  if (state == TcpState::kFinWait2) return TcpState::kTimeWait;
  return state;
}

// Eighth. A FIN beyond the window was cut off.
void take_fin(const Arriving& segment, std::int64_t edge, Answer& answer) {
  const std::int64_t at = segment.text_end();
  if (!segment.flags.fin() || at < answer.rcv_nxt || at >= edge || answer.next == TcpState::kClosed) return;
  answer.reply = Reply::kAck;
  if (!receives(answer.next)) {
    // There is no second FIN: RCV.NXT stays where the first one left it.
    answer.restarts_time_wait = answer.next == TcpState::kTimeWait;
    answer.clause = "RFC9293 3.10.7.4 eighth: the state remains, the FIN is acknowledged";
    return;
  }
  if (at > answer.rcv_nxt) {
    answer.fin_held = true;
    return;
  }
  answer.fin_taken = true;
  answer.rcv_nxt += 1;
  answer.next = after_fin(answer.next);
  answer.restarts_time_wait = answer.next == TcpState::kTimeWait;
  answer.clause = "RFC9293 3.10.7.4 eighth: the FIN is taken and acknowledged";
}

// --- 3.10.7.3
Answer in_syn_sent(const Position& position, const Arriving& segment) {
  Answer answer = unchanged(position);
  const bool has_ack = segment.flags.ack();
  if (has_ack && (segment.ack <= 0 || segment.ack > position.snd_nxt)) {
    const Reply reply = segment.flags.rst() ? Reply::kSilence : Reply::kResetFromAck;
    return with(answer, reply, "RFC9293 3.10.7.3 first: the ACK is not acceptable");
  }
  if (segment.flags.rst()) {
    if (!has_ack) return with(answer, Reply::kSilence, "RFC9293 3.10.7.3 second: a RST without ACK is dropped");
    answer.next = TcpState::kClosed;
    answer.error = std::errc::connection_refused;
    return with(answer, Reply::kSilence, "RFC9293 3.10.7.3 second: the RST acknowledges our SYN");
  }
  if (!segment.flags.syn()) return with(answer, Reply::kSilence, "RFC9293 3.10.7.3 fifth: neither SYN nor RST");
  if (!has_ack) return syn_opens(position, segment, Reply::kSynAck, "RFC9293 3.10.7.3 fourth, MUST-10: SYNs cross");
  answer = with(answer, Reply::kAck, "RFC9293 3.10.7.3 fourth: our SYN is acknowledged");
  answer.next = TcpState::kEstablished;
  answer.snd_una = segment.ack;
  answer.snd_wnd = segment.window;
  answer.rcv_nxt = segment.seq + 1;
  const std::int64_t edge = answer.rcv_nxt + position.rcv_wnd;
  take_urgent(position, segment, answer);
  take_text(position, segment, edge, answer);
  take_fin(segment, edge, answer);
  return answer;
}

// --- 3.10.7.4: each step answers true when it was the last.
struct Steps {
  const Position& position;
  Arriving segment;
  Answer answer;

  bool stop(Reply reply, const char* clause) {
    answer = with(answer, reply, clause);
    return true;
  }

  // Table 6. "Segments overlapping the range RCV.NXT to RCV.NXT + RCV.WND - 1 carry acceptable data" (RFC 9293 4): that
  // is wider than the table for a segment that begins before the window and ends behind it.
  [[nodiscard]] bool is_acceptable() const {
    const std::int64_t begin = segment.seq;
    const std::int64_t end = segment.seq + segment.length();
    if (begin == end) {
      return begin == position.rcv_nxt || (begin > position.rcv_nxt && begin < position.rcv_edge());
    }
    return begin < position.rcv_edge() && end > position.rcv_nxt && position.rcv_wnd > 0;
  }

  bool sequence() {
    if (position.state == TcpState::kSynReceived && segment.flags.syn() && segment.seq == 0) return repeated_syn();
    if (is_acceptable()) return false;
    if (position.rcv_wnd == 0 && segment.seq == position.rcv_nxt) return closed_window();
    if (segment.flags.rst()) return stop(Reply::kSilence, "RFC9293 3.10.7.4 first: not acceptable, but a RST");
    const bool repeats_fin = segment.flags.fin() && segment.text_end() == position.rcv_nxt - 1;
    answer.restarts_time_wait = position.state == TcpState::kTimeWait && repeats_fin;
    return stop(Reply::kAck, "RFC9293 3.10.7.4 first: not acceptable");
  }

  // The text is refused, but "special allowance should be made to accept valid ACKs, URGs, and RSTs". [RFC9293 MUST-66]
  bool closed_window() {
    if (segment.flags.rst()) return false;
    answer = with(answer, Reply::kAck, "RFC9293 3.10.7.4 first, MUST-66: the window is closed");
    return false;
  }

  // The numbers of a SYN that is already known lie before the window. With an ACK it is the second half of a
  // simultaneous open: figure 8 has it complete the opening (see also appendix A.2). Without one it asks for our
  // SYN,ACK again, which is the ACK that the first step asks for with the SYN it must have lost.
  bool repeated_syn() {
    if (segment.flags.rst()) return stop(Reply::kSilence, "RFC9293 3.10.7.4 first: not acceptable, but a RST");
    if (!segment.flags.ack()) return stop(Reply::kSynAck, "RFC9293 3.10.7.4 first: the SYN again");
    segment.seq = 1;
    segment.flags.bits = static_cast<std::uint8_t>(segment.flags.bits & ~TcpFlags::kSyn);
    if (segment.flags.urg() && segment.urgent > 0) --segment.urgent;  // it counted from the SYN
    return false;
  }

  bool reset() {
    if (!segment.flags.rst()) return false;
    if (segment.seq == position.rcv_nxt) return exact_reset();
    const bool inside = segment.seq > position.rcv_nxt && segment.seq < position.rcv_edge();
    if (!inside) return stop(Reply::kSilence, "RFC9293 3.10.7.4 second, RFC5961 3.2: a RST outside of the window");
    return stop(Reply::kAck, "RFC9293 3.10.7.4 second, RFC5961 3.2: a RST inside the window");
  }

  bool exact_reset() {
    answer.next = TcpState::kClosed;
    switch (position.state) {
      case TcpState::kSynReceived:
        if (position.passive) {
          answer.next = TcpState::kListen;
        } else {
          answer.error = std::errc::connection_refused;
        }
        break;
      case TcpState::kEstablished:
      case TcpState::kFinWait1:
      case TcpState::kFinWait2:
        answer.error = std::errc::connection_reset;
        break;
      case TcpState::kCloseWait:
        answer.error = std::errc::broken_pipe;  // "connection reset" in the word that Linux has for a writer
        break;
      case TcpState::kClosed:
      case TcpState::kListen:
      case TcpState::kSynSent:
      case TcpState::kClosing:
      case TcpState::kLastAck:
      case TcpState::kTimeWait:
        break;
    }
    return stop(Reply::kSilence, "RFC9293 3.10.7.4 second, RFC5961 3.2: a RST at RCV.NXT");
  }

  bool syn() {
    if (!segment.flags.syn()) return false;
    if (position.state == TcpState::kSynReceived && position.passive) {
      answer.next = TcpState::kListen;
      return stop(Reply::kSilence, "RFC9293 3.10.7.4 fourth: SYN-RECEIVED returns to LISTEN");
    }
    return stop(Reply::kAck, "RFC9293 3.10.7.4 fourth, RFC5961 4.2: a SYN is challenged");
  }

  bool ack() {
    if (!segment.flags.ack()) return stop(answer.reply, "RFC9293 3.10.7.4 fifth: the ACK bit is off");
    if (position.state == TcpState::kSynReceived) return opening_ack();
    const bool too_old = segment.ack < position.snd_una - position.max_snd_wnd;
    if (too_old || segment.ack > position.snd_nxt) {
      return stop(Reply::kAck, "RFC9293 3.10.7.4 fifth, RFC5961 5.2: the ACK is out of range");
    }
    if (position.state == TcpState::kTimeWait) return ack_in_time_wait();
    answer.snd_una = std::max(position.snd_una, segment.ack);
    // What arrives here begins at RCV.NXT or behind it once it has been trimmed, so it is never older than SND.WL1; and
    // what acknowledges SND.UNA or more is not older than SND.WL2.
    if (segment.ack >= position.snd_una) answer.snd_wnd = segment.window;
    return our_fin();
  }

  bool opening_ack() {
    if (segment.ack <= position.snd_una || segment.ack > position.snd_nxt) {
      return stop(Reply::kResetFromAck, "RFC9293 3.10.7.4 fifth, 3.5.2 group 2: SYN-RECEIVED, not acceptable");
    }
    answer.snd_una = segment.ack;
    answer.snd_wnd = segment.window;
    answer.next = TcpState::kEstablished;
    answer.clause = "RFC9293 3.10.7.4 fifth: SYN-RECEIVED becomes ESTABLISHED";
    return false;
  }

  bool ack_in_time_wait() {
    if (!segment.flags.fin() || answer.reply != Reply::kSilence) {
      return stop(answer.reply, "RFC9293 3.10.7.4 fifth: TIME-WAIT has use only for a FIN");
    }
    answer.clause = "RFC9293 3.10.7.4 fifth: TIME-WAIT has use only for a FIN";
    return false;
  }

  bool our_fin() {
    const bool acknowledged = position.fin_sent && answer.snd_una == position.snd_nxt;
    switch (position.state) {
      case TcpState::kFinWait1:
        if (acknowledged) answer.next = TcpState::kFinWait2;
        break;
      case TcpState::kClosing:
        if (!acknowledged) return stop(answer.reply, "RFC9293 3.10.7.4 fifth: CLOSING ignores the segment");
        answer.next = TcpState::kTimeWait;
        answer.restarts_time_wait = true;
        break;
      case TcpState::kLastAck:
        if (!acknowledged) break;
        answer.next = TcpState::kClosed;
        return stop(Reply::kSilence, "RFC9293 3.10.7.4 fifth: LAST-ACK ends");
      case TcpState::kClosed:
      case TcpState::kListen:
      case TcpState::kSynSent:
      case TcpState::kSynReceived:
      case TcpState::kEstablished:
      case TcpState::kFinWait2:
      case TcpState::kCloseWait:
      case TcpState::kTimeWait:
        break;
    }
    answer.clause = "RFC9293 3.10.7.4 fifth: the ACK is counted";
    return false;
  }

  void rest() {
    take_urgent(position, segment, answer);
    take_text(position, segment, position.rcv_edge(), answer);
    take_fin(segment, position.rcv_edge(), answer);
  }
};

// A new SYN may open the connection again: no timestamps here, so its number must lie beyond all that were received.
// [RFC9293 MAY-2] RFC 6191 would take the next number, too; Linux and FreeBSD do not, and neither do we.
bool opens_again(const Position& position, const Arriving& segment) {
  const TcpFlags flags = segment.flags;
  return position.state == TcpState::kTimeWait && position.listens && flags.syn() && !flags.ack() && !flags.rst() &&
         segment.seq > position.rcv_nxt;
}

Answer in_other_states(const Position& position, const Arriving& segment) {
  if (opens_again(position, segment)) {
    return syn_opens(position, segment, Reply::kNewSynAck, "RFC9293 3.6.1 MAY-2: TIME-WAIT opens again");
  }
  Steps steps{position, segment, unchanged(position)};
  if (steps.sequence() || steps.reset() || steps.syn() || steps.ack()) return steps.answer;
  steps.rest();
  return steps.answer;
}

}  // namespace

Answer expected(const Position& position, const Arriving& segment) {
  switch (position.state) {
    case TcpState::kClosed:
      return in_closed(position, segment);
    case TcpState::kListen:
      return in_listen(position, segment);
    case TcpState::kSynSent:
      return in_syn_sent(position, segment);
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
    case TcpState::kFinWait1:
    case TcpState::kFinWait2:
    case TcpState::kCloseWait:
    case TcpState::kClosing:
    case TcpState::kLastAck:
    case TcpState::kTimeWait:
      break;
  }
  return in_other_states(position, segment);
}

}  // namespace fourtuple::enumerated
