// What ss says of one connection behind its names: the timer of -o and the line of -i.
#pragma once

#include <string>

#include "stack/observe/rows.hpp"

namespace fourtuple::observe {

// " timer:(keepalive,119min,0)", or empty where none runs.
[[nodiscard]] std::string ss_timer(const Row& row);
// " cubic wscale:7,7 rto:204 rtt:1.5/0.75 mss:1448 ..." in ss's order and units, of what we know. With `options` the
// agreed TCP options come first, as with ss -o.
[[nodiscard]] std::string ss_info(const Row& row, bool options);

}  // namespace fourtuple::observe
