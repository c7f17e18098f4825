// A random world: hosts, wire and applications that follow from one seed (swarm testing: each seed switches some
// faults and features off altogether, so that rare combinations come up).
#pragma once

#include <string>

#include "tests/support/story.hpp"
#include "tests/support/stream_app.hpp"
#include "tests/support/two_hosts.hpp"

namespace fourtuple::test {

struct World {
  TwoHostsSetup hosts;
  std::size_t connections = 1;
  std::array<tcp::ConnectionOptions, 2> options;
  std::array<StreamPlan, 2> plans;  // what each host's applications do
  Duration cable_pulled_after{};    // zero: never
  Duration cable_pulled_for{};

  // One line for a failure report.
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] World world_of(std::uint64_t seed);

struct Outcome {
  std::string problem;  // empty: all went well
  std::uint64_t hash = 0;
  std::uint64_t frames = 0;
  Duration took{};
};

// Runs a world until all streams have been delivered and both hosts are back at nothing. A second run of a failed world
// is the same, and may be told as a story.
[[nodiscard]] Outcome live_through(const World& world, Story* story = nullptr);

}  // namespace fourtuple::test
