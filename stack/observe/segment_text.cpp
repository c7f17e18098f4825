#include "stack/observe/segment_text.hpp"

#include <fmt/format.h>

#include "stack/observe/text.hpp"

namespace fourtuple::observe {
namespace {

template <class Event>
SegmentLine common_part(const Event& event) {
  SegmentLine line;
  line.flags = event.segment.flags;
  line.relative_seq = event.relative_seq;
  line.relative_ack = event.relative_ack;
  line.payload_bytes = static_cast<std::uint32_t>(event.segment.payload.size());
  line.urgent = event.segment.urgent;
  return line;
}

void add_word(std::string& words, std::string_view word) {
  if (!words.empty()) words += ", ";
  words += word;
}

std::string sack_words(const Segment& segment, std::int64_t relative_ack) {
  std::string words;
  const std::size_t count = std::min<std::size_t>(segment.options.sack_count, SegmentOptions::kMaxSackBlocks);
  for (std::size_t i = 0; i < count; ++i) {
    const SackBlock& block = segment.options.sack.at(i);
    words += fmt::format(" {}:{}", relative_ack + distance(segment.ack, block.left),
                         relative_ack + distance(segment.ack, block.right));
  }
  return words.empty() ? words : "sack" + words;
}

}  // namespace

SegmentLine line_of(const trace::SegmentReceived& event) {
  SegmentLine line = common_part(event);
  line.window_bytes = event.window_bytes;
  return line;
}

SegmentLine line_of(const trace::SegmentSent& event) {
  SegmentLine line = common_part(event);
  line.window_bytes = event.window_bytes;
  line.payload_bytes = event.payload_bytes;
  if (event.gso_size != 0) {
    line.super_segments = static_cast<std::uint16_t>((event.payload_bytes + event.gso_size - 1U) / event.gso_size);
  }
  return line;
}

SegmentLine line_of(const trace::SegmentDropped& event) {
  SegmentLine line = common_part(event);
  line.has_window = false;
  return line;
}

std::string notation(const SegmentLine& line, std::size_t width) {
  const std::int64_t end = line.relative_seq + std::int64_t{line.payload_bytes};
  std::string front = fmt::format("{} {}:{}({})", to_string(line.flags), line.relative_seq, end, line.payload_bytes);
  if (line.flags.ack()) front += fmt::format(" ack {}", line.relative_ack);
  std::string back;
  if (line.flags.urg()) back += fmt::format(" urg {}", line.urgent);
  if (line.super_segments > 1) back += fmt::format(" x{}", line.super_segments);
  const std::string window = line.has_window ? fmt::format(" win {}", line.window_bytes) : std::string();
  if (front.size() + window.size() + back.size() > width) return cut(front + back, width);
  return front + window + back;
}

std::string options_in_words(const Segment& segment, std::int64_t relative_ack) {
  const SegmentOptions& options = segment.options;
  std::string words;
  if (options.mss) add_word(words, fmt::format("mss {}", *options.mss));
  if (options.sack_permitted) add_word(words, "sack");
  if (options.timestamps && segment.flags.syn()) add_word(words, "timestamps");
  if (options.window_scale) add_word(words, fmt::format("window scale {}", *options.window_scale));
  if (options.sack_count != 0) add_word(words, sack_words(segment, relative_ack));
  return words;
}

}  // namespace fourtuple::observe
