// The story of a failing case in words.
#include <array>
#include <fmt/format.h>

#include "tests/enumerated/answer_table.hpp"

namespace fourtuple::enumerated {
namespace {

std::string_view word(Reply reply) {
  constexpr std::array<std::string_view, 8> kWords{
      "silence",
      "an ACK at once",
      "an ACK soon",
      "a SYN,ACK",
      "a SYN,ACK of a new incarnation",
      "a RST whose number is SEG.ACK",
      "a RST,ACK that acknowledges the segment",
      "a RST at SND.NXT",
  };
  return kWords[static_cast<std::size_t>(reply)];
}

}  // namespace

std::string to_string(const Position& position) {
  std::string origin;
  if (position.state == TcpState::kSynReceived) origin = position.passive ? " from LISTEN" : " from SYN-SENT";
  if (position.state == TcpState::kTimeWait && position.listens) origin = " beside a listener";
  return fmt::format("{}{}{} (SND.UNA {}, SND.NXT {}{}; RCV.NXT {}, RCV.WND {})", name(position.state), origin,
                     position.released ? " after close()" : "", position.snd_una, position.snd_nxt,
                     position.fin_sent ? " behind our FIN" : "", position.rcv_nxt, position.rcv_wnd);
}

std::string to_string(const Arriving& segment) {
  return fmt::format("{} seq {} ack {} with {} octets, window {}, urgent pointer {}", to_string(segment.flags),
                     segment.seq, segment.ack, segment.text, segment.window, segment.urgent);
}

std::string outcome_words(const Answer& answer) {
  std::string words = fmt::format("{}, SND.UNA {}, SND.WND {}, RCV.NXT {}", name(answer.next), answer.snd_una,
                                  answer.snd_wnd, answer.rcv_nxt);
  if (answer.delivered != 0) words += fmt::format(", {} octets delivered", answer.delivered);
  if (answer.held != 0) words += fmt::format(", {} octets held", answer.held);
  if (answer.fin_taken) words += ", the FIN taken";
  if (answer.fin_held) words += ", the FIN held";
  if (answer.urgent) words += ", urgent data announced";
  if (answer.restarts_time_wait) words += ", 2 MSL from now";
  if (answer.error != std::errc{}) words += ", error: " + std::make_error_code(answer.error).message();
  return words;
}

std::string to_string(const Answer& answer) { return fmt::format("{}, {}", word(answer.reply), outcome_words(answer)); }

}  // namespace fourtuple::enumerated
