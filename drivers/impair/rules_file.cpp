#include "drivers/impair/rules_file.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "drivers/impair/rule_words.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::uintmax_t kLargestFile = 64 << 20;

SetupResult<std::string> contents(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) > kLargestFile)
    return failure(SetupError{.cause = path + " is larger than 64 MiB", .cure = "name a file of wire rules"});
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (file) return std::move(text).str();
  return failure(SetupError{.cause = "cannot read " + path, .cure = "name a file that exists and that you may read"});
}

SetupError trace_error(const std::string& path, std::size_t line, const std::string& text) {
  return {.cause = path + ", line " + std::to_string(line) + ": '" + text.substr(0, 40) + "' is not a moment",
          .cure = "a trace has one whole number of milliseconds a line, rising, the last above 0 and below a day"};
}

SetupResult<std::vector<std::uint32_t>> read_moments(const std::string& path) {
  const auto text = contents(path);
  if (!text) return failure(text.error());
  std::vector<std::uint32_t> moments;
  std::istringstream lines(*text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const auto moment = parse_number(line, RateTrace::kMaxMilliseconds);
    const bool rises = moment && (moments.empty() || *moment >= moments.back());
    if (!rises || moments.size() == RateTrace::kMaxOpportunities) return failure(trace_error(path, number, line));
    moments.push_back(static_cast<std::uint32_t>(*moment));
  }
  if (moments.empty() || moments.back() == 0) return failure(trace_error(path, number, "the end of the file"));
  return moments;
}

SetupResult<Done> load_trace(RateTrace& trace, const std::string& folder) {
  if (trace.file.empty() || !trace.milliseconds.empty()) return Done{};
  auto moments = read_moments((std::filesystem::path(folder) / trace.file).string());
  if (!moments) return failure(moments.error());
  trace = {.file = {}, .milliseconds = std::move(*moments)};
  return Done{};
}

}  // namespace

SetupResult<Done> load_traces(WireRules& rules, const std::string& folder) {
  if (auto done = load_trace(rules.outbound.trace, folder); !done) return done;
  if (auto done = load_trace(rules.inbound.trace, folder); !done) return done;
  for (Change& change : rules.changes) {
    if (auto done = load_trace(change.value.trace, folder); !done) return done;
  }
  return Done{};
}

SetupResult<WireRules> rules_from(const std::string& file_or_text) {
  std::error_code error;  // a text that is too long for a path is no path
  const bool is_file =
      std::filesystem::exists(file_or_text, error) && !std::filesystem::is_directory(file_or_text, error);
  const auto text = is_file ? contents(file_or_text) : SetupResult<std::string>(file_or_text);
  if (!text) return failure(text.error());
  auto rules = parse_rules_or_explain(*text);
  if (!rules) {
    SetupError wrong = rules.error();
    if (is_file) wrong.cause = file_or_text + ": " + wrong.cause;
    return failure(wrong);
  }
  const auto folder = is_file ? std::filesystem::path(file_or_text).parent_path().string() : std::string();
  if (auto done = load_traces(*rules, folder); !done) return failure(done.error());
  return rules;
}

}  // namespace fourtuple::impair
