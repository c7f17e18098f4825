// Plans as text, both ways. A line begins with what it is about and has NAME=VALUE words; "wire:" has the wire's own
// language (docs/wire.md).
#include <algorithm>
#include <charconv>
#include <concepts>
#include <fmt/format.h>

#include "apps/simulate/fields.hpp"
#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::simulate {
namespace {

// --- Words for enumerators.

template <class Enum>
struct Words;
template <>
struct Words<Mode> {
  static constexpr std::array<std::string_view, 4> kWords{"swarm", "lite", "performance", "canary"};
};
template <>
struct Words<Ending> {
  static constexpr std::array<std::string_view, 5> kWords{"fin-when-written", "fin-when-read", "close", "abort",
                                                          "never"};
};
template <>
struct Words<Opening> {
  static constexpr std::array<std::string_view, 3> kWords{"connect", "nobody-there", "simultaneous"};
};
template <>
struct Words<IncidentKind> {
  static constexpr std::array<std::string_view, 3> kWords{"clock-jump", "reboot", "shortage"};
};
template <>
struct Words<FaultKind> {
  static constexpr std::array<std::string_view, 4> kWords{"drop", "corrupt", "delay", "copy"};
};
template <>
struct Words<tcp::EcnUse> {
  static constexpr std::array<std::string_view, 3> kWords{"off", "when-asked", "ask"};
};

template <class Enum>
bool word_to(std::string_view word, Enum& value) {
  const auto& words = Words<Enum>::kWords;
  const auto at = std::ranges::find(words, word);
  if (at == words.end()) return false;
  value = static_cast<Enum>(at - words.begin());
  return true;
}
template <class Enum>
std::string_view word_of(Enum value) {
  return Words<Enum>::kWords[static_cast<std::size_t>(value)];
}

// --- Values.

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 4> kUnits{{{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};

template <class Value>
std::string text_of(const Value& value) {
  if constexpr (std::same_as<Value, bool>) {
    return value ? "on" : "off";
  } else if constexpr (std::is_enum_v<Value>) {
    return std::string(word_of(value));
  } else {
    return fmt::format("{}", value);
  }
}
std::string text_of(Duration span) {
  const auto unit =
      std::ranges::find_if(kUnits, [span](const Unit& each) { return span.count() % each.nanoseconds == 0; });
  return fmt::format("{}{}", span.count() / unit->nanoseconds, unit->name);
}
template <class Value>
std::string text_of(const std::optional<Value>& value) {
  return value ? text_of(*value) : "none";
}

template <std::integral Value>
bool read(std::string_view text, Value& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}
bool read(std::string_view text, bool& value) {
  value = text == "on";
  return value || text == "off";
}
template <class Enum>
requires std::is_enum_v<Enum>
bool read(std::string_view text, Enum& value) { return word_to(text, value); }
bool read(std::string_view text, Duration& span) {
  for (const Unit& unit : {kUnits[1], kUnits[2], kUnits[3], kUnits[0]}) {
    std::int64_t count = 0;
    if (!text.ends_with(unit.name) || !read(text.substr(0, text.size() - unit.name.size()), count)) continue;
    span = Duration(count * unit.nanoseconds);
    return true;
  }
  return false;
}
template <class Value>
bool read(std::string_view text, std::optional<Value>& value) {
  Value inner{};
  if (!read(text, inner)) return text == "none";
  value = inner;
  return true;
}
bool read(std::string_view text, std::string_view& controller) {
  const auto names = tcp::controller_names();
  const auto at = std::ranges::find(names, text);
  if (at != names.end()) controller = *at;
  return at != names.end();
}

// --- Lines.

// "name=value" for each field that is not as in `standard`.
template <class Part, class Fields>
std::string changed(const Part& part, Fields&& fields) {
  std::vector<std::string> usual;
  fields(Part{}, [&](std::string_view, const auto& value) { usual.push_back(text_of(value)); });
  std::string line;
  std::size_t i = 0;
  fields(part, [&](std::string_view name, const auto& value) {
    const std::string text = text_of(value);
    if (text != usual[i++]) line += fmt::format(" {}={}", name, text);
  });
  return line;
}

std::string line_of(const Fault& fault) {
  const bool is_time = fault.kind == FaultKind::kDelay || fault.kind == FaultKind::kCopy;
  std::string line = fmt::format("fault {} {} {}", fault.from == 0 ? 'a' : 'b', fault.frame, word_of(fault.kind));
  if (is_time) line += " " + text_of(Duration(static_cast<std::int64_t>(fault.value)));
  if (fault.kind == FaultKind::kCorrupt) line += fmt::format(" {}", fault.value);
  return line;
}

// The text apart at each `separator`, without empty pieces.
std::vector<std::string_view> pieces(std::string_view text, char separator) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end != 0) all.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

using Words_ = std::span<const std::string_view>;

// Each word sets its field. Answers the word that does not.
template <class Part, class Fields>
std::string_view set(Part& part, Words_ words, Fields&& fields) {
  for (const std::string_view word : words) {
    const std::size_t sign = std::min(word.find('='), word.size());
    bool done = false;
    fields(part, [&](std::string_view name, auto& value) {
      if (name == word.substr(0, sign) && sign < word.size()) done = read(word.substr(sign + 1), value);
    });
    if (!done) return word;
  }
  return {};
}

bool host_of(std::string_view word, std::uint8_t& host) {
  host = word.starts_with('b') ? 1 : 0;
  return word == "a" || word == "b" || word == "a:" || word == "b:";
}

bool read(Words_ words, Fault& fault) {
  if (words.size() < 3 || !host_of(words[0], fault.from) || !read(words[1], fault.frame) || !read(words[2], fault.kind))
    return false;
  Duration span{};
  if (fault.kind == FaultKind::kDrop) return words.size() == 3;
  if (words.size() != 4) return false;
  if (fault.kind == FaultKind::kCorrupt) return read(words[3], fault.value);
  if (!read(words[3], span)) return false;
  fault.value = static_cast<std::uint64_t>(span.count());
  return true;
}

#define FIELDS(of) [](auto&& part, auto&& visit) { of(part, visit); }

// Reads one line into the plan; answers what is wrong with it.
std::string take_line(std::string_view line, Plan& plan) {
  if (line.starts_with("wire:")) {
    auto rules = impair::parse_rules(line.substr(5));
    if (!rules) return rules.error().to_string();
    plan.wire = *rules;
    return {};
  }
  const auto words = pieces(line, ' ');
  const Words_ rest = Words_(words).subspan(1);
  std::string_view wrong;
  std::uint8_t host = 0;
  if (words[0] == "world") {
    wrong = set(plan, rest, FIELDS(fields_of_plan));
  } else if (words[0] == "host" && words.size() > 1 && host_of(words[1], host)) {
    wrong = set(plan.hosts[host], rest.subspan(1), FIELDS(fields_of_host));
  } else if (words[0] == "talk") {
    wrong = set(plan.talks.emplace_back(), rest, FIELDS(fields_of_talk));
  } else if (words[0] == "app" && words.size() > 1 && host_of(words[1], host) && !plan.talks.empty()) {
    wrong = set(plan.talks.back().apps[host], rest.subspan(1), FIELDS(fields_of_app));
  } else if (words[0] == "fault") {
    if (!read(rest, plan.faults.emplace_back())) return fmt::format("'{}' is no fault", line);
  } else if (IncidentKind kind{}; words[0] == "incident" && words.size() > 1 && read(words[1], kind)) {
    plan.incidents.push_back({.kind = kind});
    wrong = set(plan.incidents.back(), rest.subspan(1), FIELDS(fields_of_incident));
  } else {
    return fmt::format("'{}' is not understood", line);
  }
  return wrong.empty() ? "" : fmt::format("'{}' is not understood", wrong);
}

}  // namespace

std::string print(const Plan& plan) {
  std::string text = "world" + changed(plan, FIELDS(fields_of_plan)) + "\n";
  if (const std::string rules = to_string(plan.wire); !rules.empty()) text += "wire: " + rules + "\n";
  for (std::size_t host = 0; host < 2; ++host) {
    const std::string line = changed(plan.hosts[host], FIELDS(fields_of_host));
    if (!line.empty()) text += fmt::format("host {}:{}\n", host == 0 ? 'a' : 'b', line);
  }
  for (const TalkPlan& talk : plan.talks) {
    text += "talk" + changed(talk, FIELDS(fields_of_talk)) + "\n";
    for (std::size_t host = 0; host < 2; ++host) {
      const std::string line = changed(talk.apps[host], FIELDS(fields_of_app));
      if (!line.empty()) text += fmt::format("  app {}:{}\n", host == 0 ? 'a' : 'b', line);
    }
  }
  for (const Incident& incident : plan.incidents) {
    text += fmt::format("incident {}{}\n", word_of(incident.kind), changed(incident, FIELDS(fields_of_incident)));
  }
  for (const Fault& fault : plan.faults) text += line_of(fault) + "\n";
  return text;
}

#undef FIELDS

Result<Plan, std::string> parse(std::string_view text) {
  Plan plan;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (const std::string wrong = take_line(line, plan); !wrong.empty())
      return failure(fmt::format("line {}: {}", number, wrong));
  }
  if (plan.talks.empty()) return failure(std::string("there is no talk in it"));
  const auto names_a_host = [](const auto& part) { return part.host < 2; };
  const auto calls = [](const TalkPlan& talk) { return talk.caller < 2; };
  if (!std::ranges::all_of(plan.incidents, names_a_host) || !std::ranges::all_of(plan.talks, calls)) {
    return failure(std::string("there are two hosts only, 0 and 1"));
  }
  return plan;
}

std::string_view name(Mode mode) { return word_of(mode); }

Result<Mode> mode_of(std::string_view word) {
  Mode mode{};
  if (!word_to(word, mode)) return failure(std::errc::invalid_argument);
  return mode;
}

}  // namespace fourtuple::simulate
