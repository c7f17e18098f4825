// The outcome of a replay as lines of text.
#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/presentation.hpp"
#include "apps/replay/shown.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

constexpr std::size_t kIndent = 6;       // of what stands under a detail's headline
constexpr std::size_t kHostsWidth = 36;  // then verdicts of both parties fit 100 columns
constexpr std::size_t kNameColumn = 44;  // where a detail's clause begins

std::string_view code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
    case Verdict::kEquivalent:
      return "32";  // green
    case Verdict::kDiverged:
      return "36";  // cyan
    case Verdict::kViolationShould:
      return "33";  // yellow
    case Verdict::kViolationMust:
    case Verdict::kStalled:
      return "31";  // red
    case Verdict::kNotReplayable:
      return "2";  // dim
  }
  return "";
}

// Nothing of a sentence may steer a terminal, whatever a capture put into it.
std::string plain(std::string_view text, bool ascii) {
  std::string shown;
  for (const char octet : text) {
    const auto value = static_cast<unsigned char>(octet);
    const bool is_control = value < 0x20 || value == 0x7f;
    shown += is_control || (ascii && value >= 0x80) ? '?' : octet;
  }
  return shown;
}

class DetailsPen {
 public:
  explicit DetailsPen(const TextOptions& options)
      : options_(options), width_(std::clamp<std::size_t>(options.width, 60, 400)) {}

  [[nodiscard]] std::string painted(std::string_view code, std::string_view text) const {
    return options_.color && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  [[nodiscard]] std::string mark(Verdict verdict) const {
    const std::string glyph = options_.ascii ? std::string(1, ascii_symbol(verdict)) : std::string(symbol(verdict));
    return painted(code_of(verdict), glyph);
  }
  // The words broken at spaces, every line indented, the first led by `label`; newlines included.
  [[nodiscard]] std::string paragraph(std::string_view label, std::string_view text) const;
  [[nodiscard]] std::string segment(std::string_view label, const ShownSegment& shown) const;
  [[nodiscard]] const TextOptions& options() const { return options_; }

 private:
  TextOptions options_;
  std::size_t width_;
};

std::string DetailsPen::paragraph(std::string_view label, std::string_view text) const {
  const std::string words = plain(text, options_.ascii);
  std::string lines;
  std::string line = std::string(kIndent, ' ') + std::string(label);
  const std::size_t hanging = observe::columns(line);
  bool is_empty = true;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t space = std::min(words.find(' ', at), words.size());
    const std::string_view word = std::string_view(words).substr(at, space - at);
    at = space + 1;
    if (word.empty()) continue;
    if (!is_empty && observe::columns(line) + 1 + observe::columns(word) > width_) {
      lines += line + "\n";
      line.assign(hanging, ' ');
      is_empty = true;
    }
    if (!is_empty) line += ' ';
    line += word;
    is_empty = false;
  }
  return lines + line + "\n";
}

std::string DetailsPen::segment(std::string_view label, const ShownSegment& shown) const {
  const std::string number = shown.frame != 0 ? fmt::format("frame {}", shown.frame) : std::string();
  const std::string front = fmt::format("{}{:<10}{:<13}{:>12} ms  ", std::string(kIndent, ' '), label, number,
                                        observe::milliseconds(shown.time));
  const std::size_t room = std::max(width_, front.size() + 20) - front.size();
  return front + text_of(shown, room) + "\n";
}

std::string detail_headline(const DetailsPen& pen, const Detail& detail, const Outcome& outcome) {
  const std::string who = detail.party == Party::kOurs ? "our stack" : fmt::format("recorded {}", name(outcome.role));
  const std::string verdict = pen.painted(code_of(detail.verdict), observe::padded(name(detail.verdict), 20));
  const std::string whose = observe::padded(who, kNameColumn - 4 - 20);
  return fmt::format("  {} {}{}{}  {}\n", pen.mark(detail.verdict), verdict, whose,
                     plain(detail.clause, pen.options().ascii),
                     pen.painted("2", plain(detail.name, pen.options().ascii)));
}

std::string detail_lines(const DetailsPen& pen, const Numbering& numbers, const Detail& detail,
                         const Outcome& outcome) {
  std::string lines = detail_headline(pen, detail, outcome);
  if (detail.our_segment && *detail.our_segment < outcome.performance.segments.size()) {
    lines += pen.segment("ours", numbers.ours(*detail.our_segment));
  }
  if (detail.recorded_frame && *detail.recorded_frame < outcome.conversation->frames.size()) {
    lines += pen.segment("recorded", numbers.recorded(*detail.recorded_frame));
  }
  if (!detail.sentence.empty()) lines += pen.paragraph("", detail.sentence);
  if (!detail.hint.empty()) lines += pen.paragraph("hint: ", detail.hint);
  return lines;
}

std::string refusal_lines(const DetailsPen& pen, const Outcome& outcome) {
  std::string lines;
  if (!outcome.refusal_details.empty()) lines += pen.paragraph("", outcome.refusal_details);
  if (outcome.refusal) lines += pen.paragraph("", sentence(*outcome.refusal));
  return lines;
}

// What somebody who doubts a verdict must know about how it was found.
std::string circumstances_lines(const DetailsPen& pen, const Outcome& outcome) {
  std::string lines;
  for (const std::string& sentence : circumstances_in_words(outcome)) lines += pen.paragraph("note: ", sentence);
  return lines;
}

}  // namespace

std::string summary_line(const Outcome& outcome, const TextOptions& options) {
  const DetailsPen pen(options);
  const capture::Conversation& conversation = *outcome.conversation;
  const std::string hosts = fmt::format("{} > {}", to_string(conversation.hosts[0]), to_string(conversation.hosts[1]));
  std::string line =
      fmt::format("#{:<4} {}  {}  ", conversation.stream, name(outcome.role), observe::padded(hosts, kHostsWidth));
  const bool both = outcome.recorded > Verdict::kEquivalent;
  const std::string ours = in_words(outcome.ours, outcome.refusal);
  line += pen.painted(code_of(outcome.ours), both ? observe::padded(ours, name(Verdict::kDiverged).size()) : ours);
  if (both) line += "  recorded: " + pen.painted(code_of(outcome.recorded), name(outcome.recorded));
  return line;
}

std::string details_text(const Outcome& outcome, const TextOptions& options) {
  const DetailsPen pen(options);
  const Numbering numbers(*outcome.conversation, outcome.performance);
  std::string lines;
  if (outcome.verdict == Verdict::kNotReplayable) lines = refusal_lines(pen, outcome);
  for (const Detail& detail : outcome.details) lines += detail_lines(pen, numbers, detail, outcome);
  if (outcome.details_left_out != 0) {
    lines += fmt::format("  and {} more of the same kinds\n", observe::grouped(outcome.details_left_out));
  }
  return lines + circumstances_lines(pen, outcome);
}

}  // namespace fourtuple::replay
