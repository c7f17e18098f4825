// Views of bytes that belong to somebody else. A view never outlives the call it was passed to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fourtuple {

using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;

}  // namespace fourtuple
