// --name=value before the script.
#pragma once

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

void read_settings(Cursor& in, Script& script);

}  // namespace fourtuple::packet_script
