#include "apps/lab/scenario.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

#include "apps/lab/embedded_labs.hpp"
#include "apps/lab/text.hpp"
#include "apps/laboratory/settings.hpp"

namespace fourtuple::lab {
namespace {

// One line at a time; `rest` moves on.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool takes_prefix(std::string_view& line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return false;
  line = trimmed(line.substr(prefix.size()));
  return true;
}

// Reads the block of a lab, line by line.
class BlockReader {
 public:
  Result<void, std::string> take(std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') return {};
    if (std::isdigit(static_cast<unsigned char>(line.front())) != 0 || line.front() == '+') return take_action(line);
    if (takes_prefix(line, "wire:")) return take_rules(line);
    if (takes_prefix(line, "client:")) return take_settings(kClient, line);
    if (takes_prefix(line, "server:")) return take_settings(kServer, line);
    if (takes_prefix(line, "check ")) return take_check(line);
    if (takes_prefix(line, "until ")) return take_until(line);
    if (takes_prefix(line, "seed ")) return take(line, named_.setup.seed, std::uint64_t{0}, UINT64_MAX);
    if (takes_prefix(line, "mtu ")) return take(line, named_.setup.mtu, std::size_t{68}, std::size_t{65535});
    return failure(std::string("expected wire:, client:, server:, seed, mtu, a time with an action, until or check"));
  }
  NamedSetup finish() {
    for (std::size_t i = 0; i < 2; ++i) named_.setup.hosts[i] = hosts_[i].stack;
    return std::move(named_);
  }

 private:
  Result<void, std::string> take_action(std::string_view line) {
    auto timed = parse_timed_action(line, previous_);
    if (!timed) return failure(timed.error());
    if (!timed->position) previous_ = timed->at;
    named_.setup.script.push_back(std::move(*timed));
    return {};
  }
  Result<void, std::string> take_rules(std::string_view line) {
    const auto rules = impair::parse_rules(line);
    if (!rules) return failure(rules.error().to_string());
    named_.setup.rules = *rules;
    named_.rules = line;
    return {};
  }
  Result<void, std::string> take_settings(int host, std::string_view line) {
    const auto complaints = laboratory::apply_settings(line, hosts_[static_cast<std::size_t>(host)]);
    if (!complaints.empty()) return failure(complaints.front());
    named_.settings += fmt::format("{}: {}\n", host == kClient ? "client" : "server", line);
    return {};
  }
  Result<void, std::string> take_check(std::string_view line) {
    auto check = parse_check(line);
    if (!check) return failure(check.error());
    named_.checks.push_back(std::move(*check));
    return {};
  }
  Result<void, std::string> take_until(std::string_view line) {
    const auto time = duration_of(line);
    if (!time) return failure(std::string("expected a time, as in: until 5s"));
    named_.until = *time;
    return {};
  }
  template <class Number>
  Result<void, std::string> take(std::string_view line, Number& number, Number least, Number most) {
    if (take_number<Number>(line, least, most, number)) return {};
    return failure(fmt::format("'{}' is no number from {} to {}", line, least, most));
  }

  NamedSetup named_;
  std::array<laboratory::Setup, 2> hosts_;
  Duration previous_{};
};

std::string* section_of(Scenario& scenario, std::string_view heading) {
  struct Section {
    std::string_view heading;
    std::string Scenario::*text;
  };
  static constexpr std::array kSections{
      Section{"Question", &Scenario::question}, Section{"Predict", &Scenario::predict},
      Section{"Run", &Scenario::run},           Section{"See", &Scenario::see},
      Section{"Explain", &Scenario::explain},   Section{"Exercise", &Scenario::exercise}};
  for (const Section& section : kSections) {
    if (section.heading == heading) return &(scenario.*section.text);
  }
  return nullptr;
}

// "# Lab 5: Drop the third data segment"
bool take_title(std::string_view line, Scenario& scenario) {
  if (!takes_prefix(line, "# Lab ")) return false;
  const std::size_t colon = line.find(':');
  std::uint32_t number = 0;
  if (colon == std::string_view::npos || !take_number<std::uint32_t>(line.substr(0, colon), 1, 99, number))
    return false;
  scenario.id = fmt::format("{:02}", number);
  scenario.title = trimmed(line.substr(colon + 1));
  return true;
}

}  // namespace

Result<NamedSetup, std::string> parse_setup(std::string_view lines) {
  BlockReader reader;
  for (int number = 1; !lines.empty(); ++number) {
    if (auto taken = reader.take(take_line(lines)); !taken) {
      return failure(fmt::format("line {}: {}", number, taken.error()));
    }
  }
  return reader.finish();
}

Result<Scenario, std::string> parse_scenario(std::string_view document) {
  Scenario scenario;
  BlockReader reader;
  std::string* section = nullptr;
  bool in_block = false;
  for (int number = 1; !document.empty(); ++number) {
    std::string_view line = take_line(document);
    if (line.starts_with("```")) {
      const bool begins = line.substr(3) == "lab";
      if (begins || in_block) {
        in_block = begins;
        continue;
      }
    }
    if (in_block) {
      if (auto taken = reader.take(line); !taken) return failure(fmt::format("line {}: {}", number, taken.error()));
    } else if (line.starts_with("# ")) {
      if (!take_title(line, scenario)) return failure(fmt::format("line {}: expected # Lab NUMBER: TITLE", number));
    } else if (takes_prefix(line, "## ")) {
      section = section_of(scenario, line);
      if (section == nullptr) return failure(fmt::format("line {}: no section is called '{}'", number, line));
    } else if (section != nullptr) {
      *section += fmt::format("{}\n", line);
    }
  }
  if (scenario.id.empty()) return failure(std::string("expected # Lab NUMBER: TITLE"));
  NamedSetup named = reader.finish();
  scenario.setup = std::move(named.setup);
  scenario.rules = std::move(named.rules);
  scenario.settings = std::move(named.settings);
  scenario.until = named.until;
  scenario.checks = std::move(named.checks);
  return scenario;
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kAll = [] {
    std::vector<Scenario> all;
    for (const std::string_view document : embedded_labs()) {
      if (auto scenario = parse_scenario(document)) all.push_back(std::move(*scenario));
    }
    std::ranges::sort(all, {}, &Scenario::id);
    return all;
  }();
  return kAll;
}

const Scenario* find_scenario(std::string_view id) {
  const auto same = [id](const Scenario& scenario) {
    return scenario.id == id || (scenario.id.front() == '0' && std::string_view(scenario.id).substr(1) == id);
  };
  const auto found = std::ranges::find_if(scenarios(), same);
  return found == scenarios().end() ? nullptr : &*found;
}

}  // namespace fourtuple::lab
