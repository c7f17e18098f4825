#include "drivers/impair/counters.hpp"

#include <array>

namespace fourtuple::impair {
namespace {

struct CounterWords {
  std::uint64_t LaneCounters::*counter;
  const char* words;
};

constexpr std::array<CounterWords, 16> kCounterWords{{{&LaneCounters::passed, "delivered"},
                                                      {&LaneCounters::lost_by_chance, "lost by chance"},
                                                      {&LaneCounters::lost_in_burst, "lost in a burst"},
                                                      {&LaneCounters::lost_while_down, "lost while down"},
                                                      {&LaneCounters::dropped_by_rule, "dropped by rule"},
                                                      {&LaneCounters::dropped_too_long, "too long"},
                                                      {&LaneCounters::dropped_queue_full, "dropped at a full queue"},
                                                      {&LaneCounters::dropped_by_codel, "dropped by CoDel"},
                                                      {&LaneCounters::dropped_no_buffer, "dropped for want of memory"},
                                                      {&LaneCounters::dropped_unnoticeable, "corrupted beyond notice"},
                                                      {&LaneCounters::duplicated, "duplicated"},
                                                      {&LaneCounters::corrupted, "corrupted"},
                                                      {&LaneCounters::marked, "marked"},
                                                      {&LaneCounters::reordered, "reordered"},
                                                      {&LaneCounters::delayed_by_rule, "delayed by rule"},
                                                      {&LaneCounters::reports, "MTU reports"}}};

}  // namespace

std::string to_string(const LaneCounters& counters) {
  std::string text = std::to_string(counters.entered) + " frames";
  for (const auto& [counter, words] : kCounterWords) {
    if (counters.*counter != 0) text += ", " + std::to_string(counters.*counter) + " " + words;
  }
  return text;
}

}  // namespace fourtuple::impair
