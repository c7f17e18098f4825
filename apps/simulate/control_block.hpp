// A connection's control block as text, for a failure report.
#pragma once

#include <string>

#include "stack/tcp/connection.hpp"

namespace fourtuple::simulate {

[[nodiscard]] std::string control_block(const tcp::Connection& connection, Instant local);

}  // namespace fourtuple::simulate
