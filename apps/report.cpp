#include "apps/report.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <system_error>

namespace fourtuple::apps {

std::string one_line(const SetupError& error) {
  return error.cure.empty() ? error.cause : error.cause + "; " + error.cure;
}

int report(const SetupError& error) {
  remark(one_line(error));
  return error.environment ? kCannotHere : kFailed;
}

int report_usage(std::string_view message) {
  remark(message);
  return kUsage;
}

std::string error_text(int error) { return std::generic_category().message(error); }

void remark(std::string_view text) { fmt::print(stderr, "fourtuple: {}\n", text); }

}  // namespace fourtuple::apps
