// The last frames of a run, kept small; drawn as a ladder when something went wrong.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "apps/simulate/fates.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::simulate {

struct LoggedFrame {
  Instant time{};
  std::uint8_t from = 0;
  bool is_tcp = false;
  std::array<Port, 2> ports{};
  TcpFlags flags;
  std::int64_t seq = 0;  // relative to the initial sequence numbers where they are known
  std::int64_t ack = 0;
  std::uint32_t length = 0;
  std::uint32_t window = 0;
  std::uint8_t sack_count = 0;
  std::array<std::array<std::int64_t, 2>, 4> sack{};
  std::uint32_t first_frame = 0;  // what the wire calls it, and the last of them if it was cut into several
  std::uint32_t last_frame = 0;
  std::uint8_t lost = 0;  // of these
  std::uint8_t damaged = 0;
  std::uint8_t copies = 0;
  Duration delay{};
};

class FrameLog {
 public:
  static constexpr std::size_t kKept = 64;

  void begin(Instant now, int from, std::size_t size) {
    if (frames_.size() == kKept) frames_.pop_front();
    LoggedFrame& frame = frames_.emplace_back();
    frame.time = now;
    frame.from = static_cast<std::uint8_t>(from);
    frame.length = static_cast<std::uint32_t>(size);
  }
  // Of the frame that was added last.
  [[nodiscard]] LoggedFrame& last() { return frames_.back(); }
  void add_fate(std::uint32_t frame, const Fate& fate);
  // The last `count`, one a line, between a lifeline for each host.
  [[nodiscard]] std::string ladder(std::size_t count, Instant begin) const;

 private:
  std::deque<LoggedFrame> frames_;
};

}  // namespace fourtuple::simulate
