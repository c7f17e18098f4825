// Does the simulation find what it is there to find? The engine in here can be broken in ways that mutants.tsv names.
//
//   simulate_broken --break list                     the names
//   simulate_broken --break NAME [--seed N] [--runs M]   simulates until the mutant is found
//   simulate_broken --find [--runs M]                every mutant from seed 1: "NAME SEED", to bring the table up to
//   date simulate_broken --check                          each mutant from its own seed on, and the sound engine the
//   same
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "apps/simulate/farm.hpp"

int fourtuple_mutant = 0;  // 0: none; from 1 on, in the order of the table

namespace {

using namespace fourtuple::simulate;

struct Mutant {
  const char* name;
  std::uint64_t seed;  // the first that found it
};
constexpr std::array kMutants = std::to_array<Mutant>({
#include "mutants.inc"
});

constexpr std::uint64_t kGoal = 2'000;  // seeds within which each is to be found
constexpr std::uint64_t kNearby = 40;   // seeds from its own on, where a changed engine may have moved it
constexpr std::chrono::seconds kPatience(60);

Harvest simulate(std::size_t number, std::uint64_t seed, std::uint64_t runs) {
  fourtuple_mutant = static_cast<int>(number);
  Harvest harvest = run_farm({.first_seed = seed, .runs = runs, .patience = kPatience, .has_unsure_rules = true});
  fourtuple_mutant = 0;
  return harvest;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int list() {
  for (const Mutant& mutant : kMutants) std::printf("%s\n", mutant.name);
  return 0;
}

int find_all(std::uint64_t runs) {
  int missed = 0;
  for (std::size_t i = 0; i < kMutants.size(); ++i) {
    const Harvest harvest = simulate(i + 1, 1, runs);
    if (!harvest.failure) ++missed;
    std::printf("%s %llu %s\n", kMutants[i].name,
                harvest.failure ? static_cast<unsigned long long>(harvest.failure->plan.seed) : 0ULL,
                harvest.failure ? first_line(harvest.failure->outcome.problem).c_str() : "not found");
    std::fflush(stdout);
  }
  return missed == 0 ? 0 : 1;
}

bool check(std::size_t i) {
  const auto [name, seed] = kMutants[i];
  const Harvest harvest = simulate(i + 1, seed, kNearby);
  if (!harvest.failure) {
    std::printf("NOT FOUND: %s in seeds %llu to %llu\n", name, static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(seed + harvest.seeds - 1));
    return false;
  }
  const Plan& plan = harvest.failure->plan;
  std::printf("found: %s by seed %llu: %s\n", name, static_cast<unsigned long long>(plan.seed),
              first_line(harvest.failure->outcome.problem).c_str());
  const Outcome sound = live_through(plan);
  if (!sound.problem.empty())
    std::printf("BUT: the sound engine fails there, too: %s\n", first_line(sound.problem).c_str());
  return sound.problem.empty();
}

int check_all() {
  int failed = 0;
  for (std::size_t i = 0; i < kMutants.size(); ++i) failed += check(i) ? 0 : 1;
  std::printf("%zu of %zu mutants are found\n", kMutants.size() - static_cast<std::size_t>(failed), kMutants.size());
  return failed == 0 ? 0 : 1;
}

int break_one(std::string_view name, std::uint64_t seed, std::uint64_t runs) {
  for (std::size_t i = 0; i < kMutants.size(); ++i) {
    if (kMutants[i].name != name) continue;
    const Harvest harvest = simulate(i + 1, seed, runs);
    std::printf("%s\n", summary(harvest).c_str());
    if (harvest.failure) std::printf("%s\n", report(*harvest.failure).c_str());
    return harvest.failure ? 1 : 0;
  }
  std::fprintf(stderr, "there is no mutant of that name; --break list shows them\n");
  return 2;
}

struct Words {
  std::optional<std::string_view> broken;
  std::uint64_t seed = 1;
  std::uint64_t runs = kGoal;
  bool finds = false;
  bool checks = false;
};

Words words_of(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const char* const value = i + 1 < argc ? argv[i + 1] : nullptr;
    const bool takes_value = word == "--break" || word == "--seed" || word == "--runs";
    if (word == "--find") words.finds = true;
    if (word == "--check") words.checks = true;
    if (takes_value && word == "--break" && value != nullptr) words.broken = value;
    if (takes_value && word == "--seed" && value != nullptr) words.seed = std::strtoull(value, nullptr, 10);
    if (takes_value && word == "--runs" && value != nullptr) words.runs = std::strtoull(value, nullptr, 10);
    if (takes_value) ++i;
  }
  return words;
}

}  // namespace

int main(int argc, char** argv) {
  const Words words = words_of(argc, argv);
  if (words.checks) return check_all();
  if (words.finds) return find_all(words.runs);
  if (words.broken == "list") return list();
  if (words.broken) return break_one(*words.broken, words.seed, words.runs);
  std::fprintf(stderr, "simulate_broken --break NAME|list [--seed N] [--runs M] | --find [--runs M] | --check\n");
  return 2;
}
