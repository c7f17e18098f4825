// Two stacks on a wire that behaves as rules say, without judges and observers: as fast as virtual time can be.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "drivers/impair/impair.hpp"
#include "drivers/memory/memory.hpp"
#include "stack/core/stack.hpp"
#include "tests/golden/table/transfer.hpp"

namespace fourtuple::golden {

class TwoEnds {
 public:
  explicit TwoEnds(const Circumstances& circumstances);

  static constexpr Ipv4Address address(std::size_t end) { return {0x0a000001U + static_cast<std::uint32_t>(end)}; }
  [[nodiscard]] Stack& stack(std::size_t end) { return *stacks_[end]; }
  [[nodiscard]] Instant now() const { return now_; }
  // Frames of end 0 that the wire lost.
  [[nodiscard]] std::uint64_t lost_frames() const;

  // Lets the stacks do what is due. False where nothing is.
  bool settle();
  // On to the next event, but not beyond `limit`. False where there is none before it.
  bool pass(Instant limit);
  // Whether something changed for the application at this end since the last question.
  [[nodiscard]] bool has_news(std::size_t end);

 private:
  [[nodiscard]] Instant next_deadline() const;

  BufferPool pool_;
  MemoryWire wire_;
  std::unique_ptr<ImpairDriver> near_;
  std::unique_ptr<Driver> far_;
  std::array<std::unique_ptr<Stack>, 2> stacks_;
  std::vector<Notice> notices_;
  Instant now_{std::chrono::hours(1)};
};

}  // namespace fourtuple::golden
