#include "apps/echo/control_command.hpp"

#include <cstring>
#include <sstream>

namespace fourtuple::apps {

std::optional<ControlCommand> parse_control_command(std::string_view line) {
  using Kind = ControlCommand::Kind;
  std::istringstream words{std::string(line)};
  std::string verb;
  std::string address;
  std::string port;
  std::string more;
  words >> verb >> address >> port >> more;
  if (verb == "CONNECT") {
    const auto remote = Endpoint::parse(address + ":" + port);
    if (!remote || remote->port == 0 || !more.empty()) return std::nullopt;
    return ControlCommand{Kind::kConnect, *remote};
  }
  if (!address.empty()) return std::nullopt;
  if (verb == "BYE") return ControlCommand{Kind::kBye, {}};
  if (verb == "SHUT") return ControlCommand{Kind::kShut, {}};
  if (verb == "STAT") return ControlCommand{Kind::kStat, {}};
  return std::nullopt;
}

std::string errno_name(int error) {
  const char* name = ::strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

}  // namespace fourtuple::apps
