#include "stack/judge/rules/all.hpp"

namespace fourtuple::judge {

void add_handshake_rules(Rules& /*rules*/) {}

}  // namespace fourtuple::judge
