// The words that an echo server's control port understands, one command a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stack/wire/address.hpp"

namespace fourtuple::apps {

struct ControlCommand {
  enum class Kind : std::uint8_t { kBye, kShut, kConnect, kStat };
  Kind kind{};
  Endpoint remote;  // kConnect
};

// "CONNECT 10.0.0.5 80", without the newline; a carriage return at the end is forgiven.
[[nodiscard]] std::optional<ControlCommand> parse_control_command(std::string_view line);

// "ECONNREFUSED"
[[nodiscard]] std::string errno_name(int error);

}  // namespace fourtuple::apps
