#include "apps/simulate/shrink.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <type_traits>
#include <vector>

#include "apps/simulate/fields.hpp"

namespace fourtuple::simulate {
namespace {

using Change = std::function<void(Plan&)>;

class Shrinker {
 public:
  Shrinker(const Failure& failure, const ShrinkLimits& limits, const std::function<Outcome(const Plan&)>& run)
      : best_(failure), limits_(limits), run_(run), begin_(std::chrono::steady_clock::now()) {}

  Shrunk run() {
    simplify();
    name_the_faults();
    reduce_faults();
    simplify();
    return {std::move(best_), runs_};
  }

 private:
  [[nodiscard]] bool is_time_up() const {
    return runs_ >= limits_.runs || std::chrono::steady_clock::now() - begin_ >= limits_.patience;
  }

  // Keeps the plan if it fails in the same way.
  bool keep_if_same(Plan plan) {
    if (is_time_up()) return false;
    ++runs_;
    Outcome outcome = run_(plan);
    if (outcome.invariant != best_.outcome.invariant) return false;
    best_ = {std::move(plan), std::move(outcome)};
    return true;
  }
  bool attempt(const Change& change) {
    Plan plan = best_.plan;
    change(plan);
    return print(plan) != print(best_.plan) && keep_if_same(std::move(plan));
  }

  // Change after change, as long as one of them helps.
  void simplify() {
    for (bool helped = true; helped && !is_time_up();) {
      helped = false;
      for (const Change& change : changes()) helped = attempt(change) || helped;
    }
  }

  [[nodiscard]] std::vector<Change> changes() const {
    std::vector<Change> all;
    drop_talks(all);
    drop_classes(all);
    drop_settings(all);
    make_usual(all);
    make_smaller(all);
    make_faults_round(all);
    return all;
  }

  void drop_talks(std::vector<Change>& all) const {
    for (std::size_t i = best_.plan.talks.size(); i-- > 0;) {
      all.push_back([i](Plan& plan) {
        if (plan.talks.size() > 1 && i < plan.talks.size()) plan.talks.erase(plan.talks.begin() + static_cast<long>(i));
      });
    }
  }

  // Whole classes of faults; dice of their own make them independent.
  static void drop_classes(std::vector<Change>& all) {
    all.push_back([](Plan& plan) { plan.incidents.clear(); });
    all.push_back([](Plan& plan) { plan.wire.changes.clear(); });
    all.push_back([](Plan& plan) { plan.wire.rules.clear(); });
    for (const bool out : {true, false}) {
      const auto way = [out](Plan& plan) -> impair::Profile& { return out ? plan.wire.outbound : plan.wire.inbound; };
      all.push_back([way](Plan& plan) { way(plan).loss = 0; });
      all.push_back([way](Plan& plan) { way(plan).gilbert = {}; });
      all.push_back([way](Plan& plan) { way(plan).duplicate = 0; });
      all.push_back([way](Plan& plan) { way(plan).corrupt = 0; });
      all.push_back([way](Plan& plan) { way(plan).jitter = {}; });
      all.push_back([way](Plan& plan) { copy_setting(impair::Setting::kReorder, {}, way(plan)); });
      all.push_back([way](Plan& plan) { copy_setting(impair::Setting::kRate, {}, way(plan)); });
      all.push_back([way](Plan& plan) { copy_setting(impair::Setting::kQueue, {}, way(plan)); });
      all.push_back([way](Plan& plan) { way(plan).delay = 1ms; });
    }
    all.push_back([](Plan& plan) { plan.late_copies = {}; });
    all.push_back([](Plan& plan) { plan.offload = plan.arp = false; });
    all.push_back([](Plan& plan) { plan.mtu = 1500; });
  }

  // One by one what is left of them.
  void drop_settings(std::vector<Change>& all) const {
    const auto drop_from = [&all](auto member, std::size_t count) {
      for (std::size_t i = count; i-- > 0;) {
        all.push_back([member, i](Plan& plan) {
          auto& items = member(plan);
          if (i < items.size()) items.erase(items.begin() + static_cast<long>(i));
        });
      }
    };
    drop_from(
        [](Plan & plan) -> auto& { return plan.incidents; }, best_.plan.incidents.size());
    drop_from(
        [](Plan & plan) -> auto& { return plan.wire.changes; }, best_.plan.wire.changes.size());
    drop_from(
        [](Plan & plan) -> auto& { return plan.wire.rules; }, best_.plan.wire.rules.size());
  }

  // Each field of a part as it is in the standard.
  template <class Get, class Fields>
  static void reset_each(std::vector<Change>& all, Get get, Fields fields) {
    std::size_t count = 0;
    Plan usual;
    usual.talks.resize(1);
    fields(get(usual), [&count](std::string_view, const auto&) { ++count; });
    for (std::size_t field = 0; field < count; ++field) {
      all.push_back([get, fields, field](Plan& plan) {
        auto standard = std::remove_cvref_t<decltype(get(plan))>{};
        std::size_t at = 0;
        // Both walks meet the fields in the same order; the copy hands its value over through the variant of all types.
        fields(get(plan), [&](std::string_view, auto& value) {
          if (at++ != field) return;
          std::size_t there = 0;
          fields(standard, [&](std::string_view, auto& usual_value) {
            if constexpr (std::is_same_v<decltype(value), decltype(usual_value)>) {
              if (there == field) value = usual_value;
            }
            ++there;
          });
        });
      });
    }
  }

  void make_usual(std::vector<Change>& all) const {
    for (const std::size_t host : {0U, 1U}) {
      const auto of_host = [](auto& part, auto&& visit) { fields_of_host(part, visit); };
      all.push_back([host](Plan& plan) { plan.hosts[host] = {}; });
      reset_each(
          all, [host](Plan& plan) -> HostPlan& { return plan.hosts[host]; }, of_host);
    }
    for (std::size_t talk = 0; talk < best_.plan.talks.size(); ++talk) {
      const auto of_talk = [](auto& part, auto&& visit) { fields_of_talk(part, visit); };
      const auto of_app = [](auto& part, auto&& visit) { fields_of_app(part, visit); };
      reset_each(
          all, [talk](Plan& plan) -> TalkPlan& { return plan.talks[std::min(talk, plan.talks.size() - 1)]; }, of_talk);
      for (const std::size_t host : {0U, 1U}) {
        reset_each(
            all,
            [talk, host](Plan& plan) -> AppPlan& {
              return plan.talks[std::min(talk, plan.talks.size() - 1)].apps[host];
            },
            of_app);
      }
    }
  }

  void make_smaller(std::vector<Change>& all) const {
    all.push_back([](Plan& plan) { plan.heals = Duration(plan.heals / 2s * 1s); });
    for (std::size_t talk = 0; talk < best_.plan.talks.size(); ++talk) {
      for (const std::size_t host : {0U, 1U}) {
        const auto shrink_field = [&all, talk, host](auto member, int divisor) {
          all.push_back([=](Plan& plan) {
            if (talk >= plan.talks.size()) return;
            auto& value = plan.talks[talk].apps[host].*member;
            value = static_cast<std::remove_cvref_t<decltype(value)>>(value / static_cast<unsigned>(divisor));
          });
        };
        for (const int divisor : {10, 2}) shrink_field(&AppPlan::write, divisor);
        shrink_field(&AppPlan::ends_after, 2);
        shrink_field(&AppPlan::stall, 2);
      }
    }
  }

  // Times that a person can read.
  void make_faults_round(std::vector<Change>& all) const {
    for (std::size_t i = 0; i < best_.plan.faults.size(); ++i) {
      const FaultKind kind = best_.plan.faults[i].kind;
      if (kind != FaultKind::kDelay && kind != FaultKind::kCopy) continue;
      constexpr std::uint64_t kMillisecond = 1'000'000;
      all.push_back([i](Plan& plan) { plan.faults[i].value = 0; });
      all.push_back([i](Plan& plan) { plan.faults[i].value = plan.faults[i].value / kMillisecond * kMillisecond; });
    }
  }

  // From now on no dice: what befell each frame is a list.
  void name_the_faults() {
    if (best_.plan.by_faults) return;
    attempt([this](Plan& plan) {
      plan.by_faults = true;
      plan.faults = best_.outcome.faults;
      for (impair::Profile* way : {&plan.wire.outbound, &plan.wire.inbound}) {
        way->loss = way->duplicate = way->corrupt = way->reorder = 0;
        way->gilbert = {};
        way->jitter = {};
      }
      plan.late_copies = {};
    });
  }

  // Zeller and Hildebrandt 2002: tries to do without each of `pieces` equal parts of the list.
  void reduce_faults() {
    for (std::size_t pieces = 2; !best_.plan.faults.empty() && !is_time_up();) {
      const std::size_t size = best_.plan.faults.size();
      pieces = std::min(pieces, size);
      if (do_without_one_of(pieces)) {
        pieces = std::max<std::size_t>(pieces - 1, 2);
      } else if (pieces == size) {
        return;
      } else {
        pieces *= 2;
      }
    }
  }
  bool do_without_one_of(std::size_t pieces) {
    const std::size_t size = best_.plan.faults.size();
    for (std::size_t i = 0; i < pieces; ++i) {
      Plan plan = best_.plan;
      const auto begin = plan.faults.begin();
      plan.faults.erase(begin + static_cast<long>(i * size / pieces),
                        begin + static_cast<long>((i + 1) * size / pieces));
      if (keep_if_same(std::move(plan))) return true;
    }
    return false;
  }

  Failure best_;
  const ShrinkLimits& limits_;
  const std::function<Outcome(const Plan&)>& run_;
  std::chrono::steady_clock::time_point begin_;
  std::uint64_t runs_ = 0;
};

}  // namespace

Shrunk shrink(const Failure& failure, const ShrinkLimits& limits, const std::function<Outcome(const Plan&)>& run) {
  return Shrinker(failure, limits, run).run();
}

std::string test_of(const Failure& failure) {
  return fmt::format(
      "#include <gtest/gtest.h>\n\n#include \"apps/simulate/world.hpp\"\n\nnamespace fourtuple::simulate {{\nnamespace "
      "{{\n\n"
      "// {}\n"
      "TEST(Regression, Seed{}) {{\n  const auto plan = parse(R\"plan(\n{})plan\");\n  ASSERT_TRUE(plan.has_value()) "
      "<< plan.error();\n"
      "  const Outcome outcome = live_through(*plan);\n  EXPECT_EQ(outcome.problem, \"\") << "
      "outcome.last_frames;\n}}\n\n"
      "}}  // namespace\n}}  // namespace fourtuple::simulate\n",
      failure.outcome.problem.substr(0, failure.outcome.problem.find('\n')), failure.plan.seed, print(failure.plan));
}

}  // namespace fourtuple::simulate
