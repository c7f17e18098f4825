// Settings of a laboratory as one line of text: "rcvbuf=65536,delack_ms=40,syn_options=freebsd". The packetdrill
// adapter takes it from --so_flags, `fourtuple drill` from --stack.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/laboratory/laboratory.hpp"

namespace fourtuple::laboratory {

// Applies NAME=VALUE, separated by commas, to `setup`. Answers a sentence about each that could not be applied: an
// unknown name, a value that is none, an entry without '='. The others are applied all the same.
[[nodiscard]] std::vector<std::string> apply_settings(std::string_view text, Setup& setup);

// All settings, for messages and help: one line each, "rcvbuf=OCTETS  receive buffer".
[[nodiscard]] std::vector<std::string> known_settings();

}  // namespace fourtuple::laboratory
