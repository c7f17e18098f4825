#include "tests/bench/link/scoreboard.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace fourtuple::bench {
namespace {

std::string text(double value, Unit unit) {
  switch (unit) {
    case Unit::kBits:
      return fmt::format("{:.2f} Gbit/s", value * 8 / 1e9);
    case Unit::kMicroseconds:
      return fmt::format("{:.2f} us", value * 1e6);
    case Unit::kRate:
      return fmt::format("{:.0f} /s", value);
  }
  return {};
}

double ratio(double ours, double theirs, Unit unit) {
  if (ours == 0 || theirs == 0) return 0;
  return unit == Unit::kMicroseconds ? theirs / ours : ours / theirs;
}

double median_ratio(const std::vector<double>& ours, const std::vector<double>& theirs, Unit unit) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ratio(ours[i], theirs[i], unit));
  return median(std::move(ratios));
}

}  // namespace

Values measure(const Measurement& measurement, int rounds) {
  Values values(measurement.cases.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < measurement.cases.size(); ++i) values[i].push_back(measurement.cases[i].run());
  }
  return values;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print_heading() { fmt::print("{:26} {:>16}   ratios (above 1: we are better)\n", "", "ours"); }

void print(const Measurement& measurement, const Values& values) {
  fmt::print("{:26} {:>16}  ", measurement.name, text(median(values[0]), measurement.unit));
  for (std::size_t i = 1; i < values.size(); ++i) {
    fmt::print(" {:.2f} of {} ({})", median_ratio(values[0], values[i], measurement.unit), measurement.cases[i].subject,
               text(median(values[i]), measurement.unit));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace fourtuple::bench
