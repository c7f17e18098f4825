// Which of the rules' words fit a frame.
#pragma once

#include <cstdint>

#include "drivers/impair/rules.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::impair {

class FrameKinds {
 public:
  // Looks at headers only, never past the frame; what cannot be read is kAny alone.
  [[nodiscard]] static FrameKinds of(ByteView frame);

  void add(FrameKind kind) { bits_ = static_cast<std::uint16_t>(bits_ | bit(kind)); }
  [[nodiscard]] bool has(FrameKind kind) const { return (bits_ & bit(kind)) != 0; }

 private:
  static constexpr unsigned bit(FrameKind kind) { return 1U << static_cast<unsigned>(kind); }

  std::uint16_t bits_ = std::uint16_t{1} << static_cast<unsigned>(FrameKind::kAny);
};

}  // namespace fourtuple::impair
