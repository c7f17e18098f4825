// The files of the browser's page, as they are in apps/lab/page/built, inside the program.
#pragma once

#include <span>
#include <string_view>

namespace fourtuple::lab {

struct Asset {
  std::string_view path;  // "/page.js"; "/" is the page itself
  std::string_view content_type;
  std::string_view bytes;
};

[[nodiscard]] std::span<const Asset> page_assets();

}  // namespace fourtuple::lab
