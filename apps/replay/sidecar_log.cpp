#include "apps/replay/sidecar_log.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fmt/format.h>
#include <fstream>

namespace fourtuple::replay {
namespace {

namespace json = boost::json;

constexpr std::streamoff kLargestLog = std::streamoff{256} << 20;
constexpr double kFarthest = 9e9;  // seconds; what nanoseconds of 64 bits can count

tl::unexpected<SetupError> unusable(std::string cause) {
  return failure(SetupError{std::move(cause), "give a log of socket calls as `fourtuple record` writes it", false});
}

SetupResult<std::string> file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    return failure(SetupError{fmt::format("cannot read {}", path), "check the path and its permissions", false});
  }
  const std::streamoff size = file.tellg();
  if (size < 0 || size > kLargestLog) return unusable(fmt::format("{} is no file of at most 256 MB", path));
  std::string text(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  if (file.gcount() != size) return unusable(fmt::format("{} could not be read to its end", path));
  return text;
}

std::optional<double> number_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->to_number<double>();
  return std::isfinite(number) && std::abs(number) < kFarthest ? std::optional(number) : std::nullopt;
}

std::string word_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<std::uint64_t> count_in(const json::object& object, std::string_view name) {
  const auto number = number_in(object, name);
  return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

// Seconds in two parts: a double alone has no nanoseconds left since 1970.
std::chrono::nanoseconds nanoseconds_of(double seconds) {
  const double whole = std::floor(seconds);
  return std::chrono::seconds(static_cast<std::int64_t>(whole)) +
         std::chrono::nanoseconds(std::llround((seconds - whole) * 1e9));
}

LoggedCall logged_call(const json::object& object, std::chrono::nanoseconds begin) {
  LoggedCall call;
  call.time = begin + nanoseconds_of(number_in(object, "t").value_or(0));
  call.duration = nanoseconds_of(number_in(object, "dt").value_or(0));
  call.who = word_in(object, "who");
  call.fd = static_cast<std::int64_t>(number_in(object, "fd").value_or(-1));
  call.name = word_in(object, "call");
  call.argument = word_in(object, "arg");
  call.result = word_in(object, "res");
  call.result_octets = count_in(object, "res");
  const json::value* argument = object.if_contains("arg");
  if (argument != nullptr && argument->is_object()) {
    call.length = count_in(argument->as_object(), "len");
    call.flags = count_in(argument->as_object(), "flags").value_or(0);
  }
  return call;
}

}  // namespace

SetupResult<std::vector<LoggedCall>> read_call_log(const std::string& path) {
  const auto text = file_text(path);
  if (!text) return failure(text.error());
  boost::system::error_code error;
  const json::value document = json::parse(*text, error);
  if (error || !document.is_object()) return unusable(fmt::format("{} is no JSON object", path));
  const json::value* calls = document.as_object().if_contains("calls");
  if (calls == nullptr || !calls->is_array()) return unusable(fmt::format("{} has no list of calls", path));
  const auto begin = nanoseconds_of(number_in(document.as_object(), "t0_epoch").value_or(0));
  std::vector<LoggedCall> log;
  for (const json::value& call : calls->as_array())
    if (call.is_object()) log.push_back(logged_call(call.as_object(), begin));
  std::stable_sort(log.begin(), log.end(), [](const LoggedCall& a, const LoggedCall& b) { return a.time < b.time; });
  return log;
}

}  // namespace fourtuple::replay
