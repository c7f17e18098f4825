// The events of a script in their order, and the commands before and after them.
#pragma once

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

void read_events(Cursor& in, Script& script);

}  // namespace fourtuple::packet_script
