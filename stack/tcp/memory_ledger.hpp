// How much memory the queues of all connections hold, and what that means for those who want more.
//
//        0 ............ pressure .................... limit
//          buffers grow    no buffer grows,             nothing is taken but what lets
//                          windows open half way        an application go on
//
// Both states end later than they began, so that nobody is called for a few octets: pressure at three quarters of its
// mark, fullness at seven eighths.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fourtuple::tcp {

class MemoryLedger {
 public:
  MemoryLedger(std::size_t pressure_bytes, std::size_t limit_bytes)
      : pressure_bytes_(pressure_bytes < limit_bytes ? pressure_bytes : limit_bytes), limit_bytes_(limit_bytes) {}

  // One holder had `before` octets of storage and has `after` now.
  void change(std::size_t before, std::size_t after) {
    held_bytes_ = held_bytes_ - before + after;
    if (held_bytes_ > peak_bytes_) peak_bytes_ = held_bytes_;
    under_pressure_ = held_bytes_ >= (under_pressure_ ? pressure_bytes_ / 4 * 3 : pressure_bytes_);
    const bool was_full = full_;
    full_ = held_bytes_ >= (full_ ? limit_bytes_ / 8 * 7 : limit_bytes_);
    if (full_ && !was_full) ++times_full_;
  }

  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
  [[nodiscard]] std::size_t peak_bytes() const { return peak_bytes_; }
  [[nodiscard]] std::size_t limit_bytes() const { return limit_bytes_; }
  [[nodiscard]] bool is_under_pressure() const { return under_pressure_; }
  [[nodiscard]] bool is_full() const { return full_; }
  [[nodiscard]] std::uint64_t times_full() const { return times_full_; }
  // What may still be taken.
  [[nodiscard]] std::size_t room() const {
    return full_ || held_bytes_ >= limit_bytes_ ? 0 : limit_bytes_ - held_bytes_;
  }

 private:
  std::size_t pressure_bytes_;
  std::size_t limit_bytes_;
  std::size_t held_bytes_ = 0;
  std::size_t peak_bytes_ = 0;
  std::uint64_t times_full_ = 0;
  bool under_pressure_ = false;
  bool full_ = false;
};

}  // namespace fourtuple::tcp
