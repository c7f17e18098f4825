// From words to a program that runs.
#pragma once

namespace fourtuple::apps {

// Runs the program that the command line names; answers the exit code of the process.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace fourtuple::apps
