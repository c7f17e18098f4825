// What our stack offers to a command that is recorded against it: echo, discard, source and HTTP, their calls written
// down.
#pragma once

#include <memory>
#include <string>

#include "apps/record/recorded_socket.hpp"
#include "apps/station/program.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::record {

inline constexpr Port kEchoPort = 7;
inline constexpr Port kDiscardPort = 9;
inline constexpr Port kSourcePort = 19;
inline constexpr Port kHttpPort = 80;

// Starts all of them; the holding ends them and closes their connections.
[[nodiscard]] SetupResult<apps::Program::Holding> start_services(apps::Program& program,
                                                                 const std::shared_ptr<OwnSockets>& sockets);

// "echo on port 7, ..." for people.
[[nodiscard]] std::string describe_services();

}  // namespace fourtuple::record
