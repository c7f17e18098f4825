// The bridge between the two faces: C sockets on a Runtime that C++ has made.
#pragma once

#include "fourtuple/runtime.hpp"
#include "fourtuple/socket.h"

namespace fourtuple {

// A stack for ft_use_stack() that is driven by `runtime`, which must outlive it. It becomes the default if there is
// none. ft_stack_close() lets go of it and leaves the runtime alone.
[[nodiscard]] ft_stack* adopt_stack(Runtime& runtime);

}  // namespace fourtuple
