// A run as a file to take away.
#pragma once

#include "apps/lab/session.hpp"
#include "apps/lab/web/backend.hpp"

namespace fourtuple::lab::web {

// One event a line.
[[nodiscard]] Reply json_export(const Session::Branch& branch);
// As the server's side saw it, with comments; the run is repeated for it.
[[nodiscard]] Reply pcapng_export(const Session::Branch& branch);
// The same as text.
[[nodiscard]] Reply ladder_export(const Session::Branch& branch);

}  // namespace fourtuple::lab::web
