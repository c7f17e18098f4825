// A pipe inside the interpreter: a bounded queue of octets with two ends. The kernel's would be waited for in real
// time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "stack/base/bytes.hpp"

namespace fourtuple::drill {

struct Pipe {
  static constexpr std::size_t kCapacity = 65536;  // as on Linux

  std::deque<std::uint8_t> octets;
  bool is_written = true;  // its writing end is open ...
  bool is_read = true;     // ... and its reading end

  [[nodiscard]] std::size_t room() const { return kCapacity - octets.size(); }
  // As many as there is room for.
  std::size_t put(ByteView more) {
    const std::size_t count = std::min(room(), more.size());
    octets.insert(octets.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  // The oldest, at most `count`; they stay until drop().
  [[nodiscard]] std::vector<std::uint8_t> front(std::size_t count) const {
    const auto end = octets.begin() + static_cast<std::ptrdiff_t>(std::min(count, octets.size()));
    return {octets.begin(), end};
  }
  void drop(std::size_t count) { octets.erase(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(count)); }
};

struct PipeEnd {
  std::shared_ptr<Pipe> pipe;
  bool writes = false;
};

}  // namespace fourtuple::drill
