// name(arguments) = result ERRNO (note)
#pragma once

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

[[nodiscard]] Call read_call(Cursor& in);

}  // namespace fourtuple::packet_script
