// Rounds, medians and ratios.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace fourtuple::bench {

enum class Unit : unsigned char { kBits, kMicroseconds, kRate };

// One thing measured of several subjects in turn, the first of which is us.
struct Measurement {
  struct Case {
    std::string subject;
    std::function<double()> run;
  };
  std::string name;
  Unit unit{};
  std::vector<Case> cases;
};

// values[i][round] of cases[i].
using Values = std::vector<std::vector<double>>;

// The cases take turns in every round, so that what else the machine does hits all of them alike.
[[nodiscard]] Values measure(const Measurement& measurement, int rounds);
[[nodiscard]] double median(std::vector<double> values);
void print_heading();
// Medians, and the medians of the rounds' ratios: ours to each other; above 1 is better, for latency too.
void print(const Measurement& measurement, const Values& values);

}  // namespace fourtuple::bench
