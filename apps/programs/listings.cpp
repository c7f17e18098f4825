// netstat, ss, stat, ip and dump: each running program is asked, and the tables become one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <thread>
#include <vector>

#include "apps/control/control_client.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "stack/observe/ss_filter.hpp"

namespace fourtuple::apps {
namespace {

// Lines above the rows, which one table needs once: netstat has a title and column names, ss column names.
std::size_t head_lines(ListingStyle style) {
  switch (style) {
    case ListingStyle::kNetstat:
    case ListingStyle::kRoutes:
    case ListingStyle::kInterfaces:
      return 2;
    case ListingStyle::kSs:
      return 1;
    case ListingStyle::kWho:
    case ListingStyle::kStatistics:
    case ListingStyle::kStat:
    case ListingStyle::kAddresses:
    case ListingStyle::kIpRoutes:
    case ListingStyle::kNeighbours:
    case ListingStyle::kRecordedLadder:
    case ListingStyle::kRecordedCapture:
      break;
  }
  return 0;
}

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
    const bool keeps_head = answers == 0 || options.json;
    fmt::print("{}", without_lines(*text, keeps_head ? 0 : head_lines(style)));
    ++answers;
  }
  return answers == 0 ? nobody_answers(options.pid) : kSuccess;
}

ListingStyle style_of(const NetstatViews& views) {
  if (views.routes) return ListingStyle::kRoutes;
  if (views.interfaces) return ListingStyle::kInterfaces;
  return views.statistics ? ListingStyle::kStatistics : ListingStyle::kNetstat;
}

SetupResult<pid_t> only_program(pid_t wanted) {
  std::vector<pid_t> pids;
  for (const pid_t pid : running_programs())
    if ((wanted == 0 || pid == wanted) && ask_program(pid, {.style = ListingStyle::kWho, .options = {}}))
      pids.push_back(pid);
  if (pids.size() == 1) return pids.front();
  if (pids.empty()) {
    return failure(
        SetupError{.cause = "no fourtuple program of yours answers",
                   .cure = "start one in another terminal, for example: fourtuple serve . --recorder crash"});
  }
  return failure(SetupError{.cause = fmt::format("{} fourtuple programs are running", pids.size()),
                            .cure = fmt::format("say which with --pid: {}", fmt::join(pids, ", "))});
}

SetupResult<bool> write_dump(const std::string& path, const std::string& octets) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << octets;
  file.close();
  if (file) return true;
  return failure(SetupError{.cause = fmt::format("cannot write {}", path),
                            .cure = "choose a name in a folder that you may write to, with --out"});
}

}  // namespace

int run_netstat(const ListingOptions& options, const NetstatViews& views) {
  const ListingStyle style = style_of(views);
  int code = print_tables(style, options);
  while (views.continuous && code == kSuccess) {
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    code = print_tables(style, options);
  }
  return code;
}

int run_ss(const ListingOptions& options) {
  const auto filter = observe::SsFilter::parse(options.filter);
  if (!filter) return report_usage(filter.error() + "; `fourtuple ss --help` shows how");
  return print_tables(ListingStyle::kSs, options);
}

int run_stat(const ListingOptions& options) { return print_tables(ListingStyle::kStat, options); }

int run_ip(const std::string& object, const ListingOptions& options) {
  if (object == "route") return print_tables(ListingStyle::kIpRoutes, options);
  return print_tables(object == "neigh" ? ListingStyle::kNeighbours : ListingStyle::kAddresses, options);
}

int run_dump(const DumpOptions& options) {
  const auto pid = only_program(options.pid);
  if (!pid) return report(pid.error());
  const auto ladder = ask_program(*pid, {.style = ListingStyle::kRecordedLadder, .options = {}});
  const auto capture = ask_program(*pid, {.style = ListingStyle::kRecordedCapture, .options = {}});
  if (!ladder || !capture || capture->empty()) {
    return report(
        {.cause = fmt::format("process {} keeps no flight recorder", *pid), .cure = "start it with --recorder NAME"});
  }
  if (const auto written = write_dump(options.out + ".txt", *ladder); !written) return report(written.error());
  if (const auto written = write_dump(options.out + ".pcapng", *capture); !written) return report(written.error());
  remark(fmt::format("{0}.txt and {0}.pcapng have what process {1} did last", options.out, *pid));
  return kSuccess;
}

}  // namespace fourtuple::apps
