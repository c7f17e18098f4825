#include "apps/lab/session.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace fourtuple::lab {
namespace {

// What a round trip takes where none was measured yet.
constexpr Duration kUsualRoundTrip = std::chrono::milliseconds(100);

Duration round_trip(const Experiment& experiment) {
  Duration longest{};
  for (int host = 0; host < 2; ++host) {
    const Stack& stack = experiment.host(host).stack();
    stack.tcp().for_each([&](const tcp::SocketRow& row) {
      const auto info = stack.tcp().info(row.id, Instant{});
      if (info) longest = std::max(longest, info->smoothed_rtt);
    });
  }
  return longest == Duration{} ? kUsualRoundTrip : longest;
}

}  // namespace

Session::Session() {
  if (!scenarios().empty()) {
    static_cast<void>(open_scenario(scenarios().front().id));
  } else {
    begin({}, "", "");
  }
}

void Session::begin(Setup setup, std::string rules, std::string settings) {
  branches_.clear();
  auto experiment = std::make_unique<Experiment>(setup);
  branches_.push_back({.label = "as written",
                       .rules = std::move(rules),
                       .settings = std::move(settings),
                       .setup = std::move(setup),
                       .experiment = std::move(experiment)});
}

Result<void, std::string> Session::open_scenario(std::string_view id) {
  const Scenario* const found = find_scenario(id);
  if (found == nullptr) return failure(fmt::format("there is no lab {}", id));
  open_document(*found);
  return {};
}

void Session::open_document(Scenario scenario) {
  scenario_ = std::move(scenario);
  begin(scenario_.setup, scenario_.rules, scenario_.settings);
}

Result<void, std::string> Session::open_permalink(std::string_view lines) {
  auto named = parse_setup(lines);
  if (!named) return failure(named.error());
  scenario_ = {};
  scenario_.title = "Of one's own";
  scenario_.until = named->until;
  begin(std::move(named->setup), std::move(named->rules), std::move(named->settings));
  return {};
}

void Session::step(Branch& branch, StepUnit unit, int count) {
  Experiment& experiment = *branch.experiment;
  for (int i = 0; i < std::min(count, kMostSteps); ++i) {
    switch (unit) {
      case StepUnit::kEvent:
        static_cast<void>(experiment.step(experiment.now() + kLongestRun));
        break;
      case StepUnit::kSegment:
        static_cast<void>(experiment.step_to_segment(kLongestRun));
        break;
      case StepUnit::kRoundTrip:
        experiment.run_until(experiment.now() + round_trip(experiment));
        break;
      case StepUnit::kMillisecond:
        experiment.run_until(experiment.now() + std::chrono::milliseconds(1));
        break;
    }
  }
}

void Session::run_until(Branch& branch, Duration moment) {
  branch.experiment->run_until(std::min(moment, branch.experiment->now() + kLongestRun));
}

void Session::run_until_idle(Branch& branch) {
  Experiment& experiment = *branch.experiment;
  const Duration limit = experiment.now() + kLongestRun;
  while (!experiment.is_idle() && experiment.step(limit)) {
  }
}

Result<void, std::string> Session::act(Branch& branch, std::string_view action) {
  const auto parsed = parse_action(action);
  if (!parsed) return failure(parsed.error());
  return branch.experiment->act(*parsed);
}

Result<Session::Branch*, std::string> Session::branch_off(std::size_t from, std::size_t at_event,
                                                          std::string_view label) {
  if (from >= branches_.size()) return failure(std::string("there is no such branch"));
  if (branches_.size() == kMaxBranches) return failure(fmt::format("there are {} branches already", kMaxBranches));
  const Branch& parent = branches_[from];
  Setup setup = parent.setup;
  for (const TimedAction& timed : parent.experiment->actions()) {
    if (timed.position && *timed.position <= at_event) setup.script.push_back(timed);
  }
  auto experiment = std::make_unique<Experiment>(setup);
  while (experiment->log().events().size() <= at_event && experiment->step()) {
  }
  const Duration at = experiment->now();
  branches_.push_back({.id = branches_.size(),
                       .parent = from,
                       .at_event = at_event,
                       .at = at,
                       .label = std::string(label.substr(0, 80)),
                       .rules = parent.rules,
                       .settings = parent.settings,
                       .setup = std::move(setup),
                       .experiment = std::move(experiment)});
  return &branches_.back();
}

Setup Session::as_done(const Branch& branch) {
  Setup setup = branch.setup;
  for (const TimedAction& timed : branch.experiment->actions()) {
    // A branch has what its parent did in its script.
    const auto same = [&](const TimedAction& other) { return other.position == timed.position; };
    if (std::ranges::none_of(branch.setup.script, same)) setup.script.push_back(timed);
  }
  return setup;
}

std::string Session::permalink(const Branch& branch) {
  std::string lines;
  if (!branch.rules.empty()) lines += fmt::format("wire: {}\n", branch.rules);
  lines += branch.settings;
  lines += fmt::format("seed {}\n", branch.setup.seed);
  if (branch.setup.mtu != 1500) lines += fmt::format("mtu {}\n", branch.setup.mtu);
  for (const TimedAction& timed : as_done(branch).script) lines += to_string(timed) + "\n";
  return lines;
}

}  // namespace fourtuple::lab
