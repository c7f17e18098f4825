#include "apps/drill/calls.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "apps/drill/outcome.hpp"
#include "apps/drill/symbols.hpp"

namespace fourtuple::drill {
namespace {

// What a script may ask for and we cannot do, and why.
constexpr std::pair<std::string_view, std::string_view> kMissing[] = {
    {"sendfile", "there are no files behind our descriptors"},
    {"open", "there are no files behind our descriptors"},
    {"mmap", "received data cannot be mapped"},
};

Position position_of(const Call& call) { return call.arguments.empty() ? Position{} : call.arguments.front().position; }

std::string value_text(const Answer& answer) {
  if (answer.value != -1) return std::to_string(answer.value);
  return fmt::format("-1 {} ({})", errno_name(answer.error), std::strerror(answer.error));
}

std::string wanted_text(std::int64_t value, const std::string& error) {
  return fmt::format("{}{}{}", value, error.empty() ? "" : " ", error);
}

// "flags O_RDWR|O_NONBLOCK": the numbers differ between systems, the names do not.
bool note_says(const std::string& note, std::int64_t value) {
  static constexpr std::string_view kFlags = "flags ";
  if (!note.starts_with(kFlags)) return false;
  std::string_view names = std::string_view(note).substr(kFlags.size());
  std::int64_t bits = 0;
  while (!names.empty()) {
    const auto end = std::min(names.find('|'), names.size());
    const auto bit = symbol(names.substr(0, end));
    if (!bit) return false;
    bits |= *bit;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return bits == value;
}

bool has_error(const Call& call, const Answer& answer) {
  return call.error.empty() || symbol(call.error) == answer.error;
}

}  // namespace

Answer carry_out(Desk& desk, const Call& call) {
  if (const auto given = carry_out_on_pipe(desk, call)) return *given;
  for (const auto table : {opening_calls(), data_calls(), option_calls(), readiness_calls(), pipe_calls()}) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const CallName& one) { return one.name == call.name; });
    if (found != table.end()) return found->handler(desk, call);
  }
  for (const auto& [name, reason] : kMissing) {
    if (name == call.name)
      throw ScriptFailure(position_of(call), fmt::format("{}() is not supported: {}", name, reason));
  }
  throw ScriptFailure(position_of(call), fmt::format("there is no call {}() here", call.name));
}

std::vector<std::string> check_result(Desk& desk, const Call& call, const Answer& answer) {
  std::vector<std::string> phrases = answer.differences;
  const bool opens = answer.is_descriptor && answer.value >= 0;
  if (!call.result || call.result->is_ellipsis()) {
    if (opens) desk.open(answer.value, static_cast<int>(answer.value), answer.type);
    return phrases;
  }
  const std::int64_t wanted = number(*call.result);
  if (opens && wanted >= 0) {
    desk.open(wanted, static_cast<int>(answer.value), answer.type);
    return phrases;
  }
  const bool is_right = wanted == answer.value && (wanted != -1 || has_error(call, answer));
  if (!is_right && !note_says(call.note, answer.value))
    phrases.push_back(fmt::format("result {} instead of {}", value_text(answer), wanted_text(wanted, call.error)));
  return phrases;
}

}  // namespace fourtuple::drill
