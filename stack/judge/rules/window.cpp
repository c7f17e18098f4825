#include "stack/judge/rules/all.hpp"

namespace fourtuple::judge {

void add_window_rules(Rules& /*rules*/) {}

}  // namespace fourtuple::judge
