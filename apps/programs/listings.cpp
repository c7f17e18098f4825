// netstat and ss: each running program is asked, and the tables become one.
#include <cstdio>
#include <fmt/format.h>

#include "apps/control/control_client.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

// Lines above the rows: netstat has a title and column names, ss column names.
std::size_t head_lines(ListingStyle style) { return style == ListingStyle::kNetstat ? 2 : 1; }

std::string_view without_lines(std::string_view text, std::size_t count) {
  for (; count > 0 && !text.empty(); --count) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  return text;
}

int nobody_answers(pid_t wanted) {
  if (wanted != 0) {
    return report({.cause = fmt::format("process {} is no fourtuple program of yours that answers", wanted),
                   .cure = "`fourtuple netstat -tan` without --pid shows all there are"});
  }
  return report({.cause = "no fourtuple program of yours is running in this network",
                 .cure = "start one in another terminal, for example: fourtuple serve ."});
}

int print_tables(ListingStyle style, const ListingOptions& options) {
  const std::vector<pid_t> pids = options.pid != 0 ? std::vector<pid_t>{options.pid} : running_programs();
  std::size_t answers = 0;
  for (const pid_t pid : pids) {
    const auto text = ask_program(pid, {.style = style, .options = options});
    if (!text || text->empty()) continue;
    fmt::print("{}", without_lines(*text, answers == 0 ? 0 : head_lines(style)));
    ++answers;
  }
  return answers == 0 ? nobody_answers(options.pid) : kSuccess;
}

}  // namespace

int run_netstat(const ListingOptions& options) { return print_tables(ListingStyle::kNetstat, options); }
int run_ss(const ListingOptions& options) { return print_tables(ListingStyle::kSs, options); }

}  // namespace fourtuple::apps
