// Numbers of things, as people say them.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace fourtuple::apps {

// "1 frame", "3 frames".
[[nodiscard]] std::string counted(std::integral auto count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace fourtuple::apps
