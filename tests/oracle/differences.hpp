// Where fourtuple answers otherwise than Linux on purpose. The page docs/linux-differences.md is made of this table.
#pragma once

#include <span>
#include <string>

namespace fourtuple::oracle {

struct Difference {
  const char* test;        // "Suite.Name"
  const char* linux_says;  // the transcript's lines, exactly
  const char* we_say;
  const char* reason;  // one sentence
};

[[nodiscard]] std::span<const Difference> differences();

// The page, as it should be.
[[nodiscard]] std::string differences_page();

}  // namespace fourtuple::oracle
