// What the panel shows of a row: both segments with all their fields, what differs, and what is said about it.
#include <fmt/format.h>

#include "apps/replay/page_parts.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

std::string fields_of(const ShownSegment& shown) {
  const Segment& segment = *shown.segment;
  std::string fields = fmt::format("  seq {}", segment.seq.value);
  if (segment.flags.ack()) fields += fmt::format("  ack {}", segment.ack.value);
  fields += fmt::format("  window field {}", segment.window);
  if (segment.options.timestamps) {
    fields +=
        fmt::format("  TSval {} TSecr {}", segment.options.timestamps->value, segment.options.timestamps->echo_reply);
  }
  return fields + "\n";
}

std::string segment_lines(const ShownSegment& shown) {
  return fmt::format("  {}{}\n{}", text_of(shown), shown.retransmission ? "   (again)" : "", fields_of(shown));
}

std::string oddities_of(const capture::TcpFrame& frame) {
  std::string words;
  if (frame.checksum_is_wrong) words += "  its checksum is wrong: it counts as lost\n";
  if (frame.odd.exact_duplicate) words += "  recorded twice\n";
  if (frame.odd.acks_unseen) words += "  acknowledges octets that the capture does not have\n";
  if (frame.odd.time_ran_backwards) words += "  its time lies before that of the frame before it\n";
  if (frame.odd.cut_from_super_frame) words += "  a piece of a super-frame\n";
  if (frame.ecn_marked) words += "  congestion experienced (CE)\n";
  return words;
}

std::string recorded_lines(const PagePart& part, const PageRow& row) {
  if (row.icmp != kNothing) {
    const capture::IcmpFrame& icmp = part.outcome.conversation->icmp.at(row.icmp);
    return fmt::format("recorded, frame {}\n  ICMP {}\n", icmp.number, icmp_in_words(icmp));
  }
  if (row.frame == kNothing) return {};
  const ShownSegment shown = part.rows.numbers().recorded(row.frame);
  const capture::TcpFrame& frame = part.outcome.conversation->frames.at(row.frame);
  return fmt::format("recorded, frame {}, {}, from the {}\n{}  ttl {}  ip id {}\n{}", shown.frame,
                     page_time(shown.time), name(shown.from), segment_lines(shown), frame.ttl, frame.ip_identification,
                     oddities_of(frame));
}

std::string cause_lines(const OurSegment& sent) {
  std::string lines = fmt::format("  {} ({}): {}\n", name(sent.cause), clause(sent.cause), sentence(sent.cause));
  if (sent.ack_lag) lines += "  sent because a recorded ACK comes late here: an artefact of replaying\n";
  return lines;
}

std::string our_lines(const PagePart& part, const PageRow& row) {
  if (row.segment == kNothing) return {};
  const ShownSegment shown = part.rows.numbers().ours(row.segment);
  return fmt::format("our stack, {}\n{}{}", page_time(shown.time), segment_lines(shown),
                     cause_lines(part.outcome.performance.segments.at(row.segment)));
}

std::string delivery_lines(const PagePart& part, const PageRow& row) {
  if (row.delivery == kNothing) return {};
  const Delivery& delivery = part.outcome.performance.deliveries.at(row.delivery);
  std::string lines =
      fmt::format("delivered to our stack, {}\n", page_time(part.rows.numbers().since_begin(delivery.delivered)));
  if (!delivery.is_icmp) lines += segment_lines(part.rows.numbers().delivered(row.delivery));
  if (delivery.held_for != HeldFor::kNothing) {
    lines += fmt::format("  held back for {}, waiting for {}\n", page_time(delivery.held), word(delivery.held_for));
  }
  if (delivery.is_synthetic) lines += "  made by the player (--elastic-acks); it stands in no capture\n";
  return lines;
}

std::string difference_lines(const PagePart& part, const PageRow& row) {
  if (row.frame == kNothing || row.segment == kNothing) return {};
  const ShownSegment recorded = part.rows.numbers().recorded(row.frame);
  const ShownSegment ours = part.rows.numbers().ours(row.segment);
  std::string lines;
  const auto differ = [&lines](std::string_view what, const auto& theirs, const auto& mine) {
    if (theirs != mine) lines += fmt::format("  {}: recorded {}, ours {}\n", what, theirs, mine);
  };
  differ("flags", to_string(recorded.line.flags), to_string(ours.line.flags));
  differ("first octet", recorded.begin(), ours.begin());
  differ("payload octets", recorded.line.payload_bytes, ours.line.payload_bytes);
  differ("acknowledgment", recorded.line.relative_ack, ours.line.relative_ack);
  differ("window octets", recorded.line.window_bytes, ours.line.window_bytes);
  differ("time", page_time(recorded.time), page_time(ours.time));
  return lines.empty() ? lines : "different\n" + lines;
}

std::string told_lines(const PagePart& part, std::size_t row) {
  std::string lines;
  for (const std::size_t index : part.rows.judgement(row).details) {
    const Detail& detail = part.outcome.details.at(index);
    lines += fmt::format("{}, {}: {} {}\n  {}\n", name(detail.verdict),
                         detail.party == Party::kOurs ? "our stack" : "the recorded host", detail.clause, detail.name,
                         detail.sentence);
    if (!detail.hint.empty()) lines += fmt::format("  {}\n", detail.hint);
  }
  return lines;
}

}  // namespace

std::string page_time(Duration time) {
  if (std::chrono::abs(time) < 10s) return observe::milliseconds(time) + " ms";
  return fmt::format("{:.3f} s", std::chrono::duration<double>(time).count());
}

std::string call_in_words(const judge::Call& call) {
  return call.octets == 0 ? std::string(name(call.kind))
                          : fmt::format("{} {}", name(call.kind), observe::grouped(call.octets));
}

std::string icmp_in_words(const capture::IcmpFrame& frame) {
  std::string words = fmt::format("type {} code {}", frame.type, frame.code);
  if (frame.next_hop_mtu != 0) words += fmt::format(" mtu {}", frame.next_hop_mtu);
  return words;
}

std::string row_text(const PagePart& part, std::size_t row) {
  const PageRow& which = part.rows.all().at(row);
  return told_lines(part, row) + recorded_lines(part, which) + delivery_lines(part, which) + our_lines(part, which) +
         difference_lines(part, which);
}

}  // namespace fourtuple::replay
