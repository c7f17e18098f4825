// What a learner works in: one scenario, and the runs of it that branched off each other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/lab/experiment.hpp"
#include "apps/lab/scenario.hpp"

namespace fourtuple::lab {

enum class StepUnit : std::uint8_t { kEvent, kSegment, kRoundTrip, kMillisecond };

class Session {
 public:
  static constexpr std::size_t kMaxBranches = 16;
  // Of virtual time, by one call; and what "until nothing happens" is bounded by.
  static constexpr Duration kLongestRun = std::chrono::minutes(10);
  static constexpr int kMostSteps = 10'000;

  struct Branch {
    std::size_t id = 0;
    std::optional<std::size_t> parent = {};
    std::size_t at_event = 0;  // of the parent: up to there both are the same
    Duration at{};
    std::string label;
    std::string rules, settings;  // as said
    Setup setup;
    std::unique_ptr<Experiment> experiment;
  };

  // The first scenario that comes with the program, or an empty one.
  Session();

  // All branches are gone. The error is a sentence.
  Result<void, std::string> open_scenario(std::string_view id);
  void open_document(Scenario scenario);
  Result<void, std::string> open_permalink(std::string_view lines);

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const std::vector<Branch>& branches() const { return branches_; }
  [[nodiscard]] Branch* branch(std::size_t id) { return id < branches_.size() ? &branches_[id] : nullptr; }

  static void step(Branch& branch, StepUnit unit, int count);
  static void run_until(Branch& branch, Duration moment);
  static void run_until_idle(Branch& branch);
  static Result<void, std::string> act(Branch& branch, std::string_view action);
  // A new one that is `from` up to its event number `at_event`.
  Result<Branch*, std::string> branch_off(std::size_t from, std::size_t at_event, std::string_view label);

  // The set-up with all that was done by hand: an experiment that makes the same run again.
  [[nodiscard]] static Setup as_done(const Branch& branch);
  // The same as lines for open_permalink().
  [[nodiscard]] static std::string permalink(const Branch& branch);

 private:
  void begin(Setup setup, std::string rules, std::string settings);

  Scenario scenario_;
  std::vector<Branch> branches_;
};

}  // namespace fourtuple::lab
