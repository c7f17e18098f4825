// docs/rules.md: what the judge looks at, for people.
#pragma once

#include <string>

namespace fourtuple::judge {

// The whole page in Markdown, the rules in the judge's order.
[[nodiscard]] std::string rules_page();

}  // namespace fourtuple::judge
