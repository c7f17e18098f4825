// How a program ends, and how it says why: one line, cause and cure.
#pragma once

#include <string>
#include <string_view>

#include "stack/base/result.hpp"

namespace fourtuple::apps {

enum ExitCode : int {
  kSuccess = 0,
  kFailed = 1,       // it was tried and did not work
  kUsage = 2,        // the command line asks for something that cannot be
  kCannotHere = 77,  // this machine or container lacks what it takes; CTest calls that skipped
};

// "CAUSE; CURE", without a final newline.
[[nodiscard]] std::string one_line(const SetupError& error);

// Writes "fourtuple: CAUSE; CURE" to standard error and answers kFailed, or kCannotHere.
[[nodiscard]] int report(const SetupError& error);

// The same for a wrong command line: answers kUsage.
[[nodiscard]] int report_usage(std::string_view message);

// "Address already in use", for errno values and what system calls left in errno.
[[nodiscard]] std::string error_text(int error);

// A line of the program's own talk, to standard error, so that standard output stays clean for data.
void remark(std::string_view text);

}  // namespace fourtuple::apps
