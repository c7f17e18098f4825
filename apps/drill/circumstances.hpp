// What a script says about the host that it runs on, before anything happens: settings, and commands for a shell, which
// never sees them. Those that we understand become our configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/drill/flows.hpp"
#include "apps/laboratory/laboratory.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::drill {

// Set on every socket that the script opens: switches that a host has and our configuration has per connection.
struct SocketDefault {
  int level = 0;
  int name = 0;
  int value = 0;
};

struct Circumstances {
  StackConfig stack;
  Names names;
  std::size_t mtu = 1500;
  Duration tolerance = std::chrono::milliseconds(4);
  std::optional<Duration> timestamp_tick;  // values of the timestamp option are checked where it is given
  std::vector<SocketDefault> socket_defaults;
  std::vector<std::string> ignored;  // what means nothing to us, in the script's words
  std::optional<std::string> skip;   // why this script is not for us
};

// `bench` is what holds where the script says nothing. Also takes the commands among the first events: those before any
// call or packet. Throws ScriptFailure for a setting whose value makes no sense.
[[nodiscard]] Circumstances circumstances_of(const packet_script::Script& script, const laboratory::Setup& bench = {});

// One command line, or several with `;`, `&&` and ends of lines between them.
void apply_commands(std::string_view text, Circumstances& to);

}  // namespace fourtuple::drill
