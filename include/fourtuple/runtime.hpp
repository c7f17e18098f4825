// The stack as a program sees it: a Runtime with links attached. See stack/runtime/runtime.hpp for every member, and
// stack/core/config.hpp for the switches.
#pragma once

#include "stack/runtime/runtime.hpp"  // IWYU pragma: export
