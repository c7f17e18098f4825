#include "apps/simulate/frame_log.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace fourtuple::simulate {
namespace {

double milliseconds_of(Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

std::string words_of(const LoggedFrame& frame) {
  if (!frame.is_tcp) return fmt::format("{} octets, no TCP", frame.length);
  std::string text =
      fmt::format("{} {}:{}({})", to_string(frame.flags), frame.seq, frame.seq + frame.length, frame.length);
  if (frame.flags.ack()) text += fmt::format(" ack {}", frame.ack);
  text += fmt::format(" win {}", frame.window);
  for (std::size_t i = 0; i < frame.sack_count; ++i) {
    text += fmt::format("{}{}:{}", i == 0 ? " sack " : ",", frame.sack[i][0], frame.sack[i][1]);
  }
  return text;
}

std::string fate_of(const LoggedFrame& frame) {
  std::string text = frame.first_frame == frame.last_frame
                         ? fmt::format("#{}", frame.first_frame)
                         : fmt::format("#{}..{}", frame.first_frame, frame.last_frame);
  if (frame.lost != 0) text += " lost";
  if (frame.damaged != 0) text += " damaged";
  if (frame.copies != 0) text += fmt::format(" copied {}x", frame.copies);
  if (frame.delay != Duration{}) text += fmt::format(" late by {:.3f} ms", milliseconds_of(frame.delay));
  return text;
}

}  // namespace

void FrameLog::add_fate(std::uint32_t number, const Fate& fate) {
  if (frames_.empty()) return;
  LoggedFrame& frame = frames_.back();
  if (frame.first_frame == 0) frame.first_frame = number;
  frame.last_frame = number;
  if (fate.is_lost) ++frame.lost;
  if (fate.damage) ++frame.damaged;
  frame.copies = static_cast<std::uint8_t>(frame.copies + fate.copies.size());
  frame.delay = std::max(frame.delay, fate.delay);
}

std::string FrameLog::ladder(std::size_t count, Instant begin) const {
  std::string text = fmt::format("{:>14}  a {:76} b\n", "time ms", "");
  for (std::size_t i = frames_.size() - std::min(count, frames_.size()); i < frames_.size(); ++i) {
    const LoggedFrame& frame = frames_[i];
    const std::string words = fmt::format(" {} [{}] ", words_of(frame), frame.ports[frame.from]);
    const bool arrives = frame.lost + frame.damaged < static_cast<int>(frame.last_frame - frame.first_frame + 1);
    const char* const head = arrives ? (frame.from == 0 ? ">" : "<") : "x";
    const std::string arrow =
        frame.from == 0 ? fmt::format("--{:-<70}---{}", words, head) : fmt::format("{}---{:->70}--", head, words);
    text += fmt::format("{:14.3f}  | {} |  {}\n", milliseconds_of(frame.time - begin), arrow, fate_of(frame));
  }
  return text;
}

}  // namespace fourtuple::simulate
