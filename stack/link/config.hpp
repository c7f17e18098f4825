// The switches of the neighbour table.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple {

struct NeighbourConfig {
  std::size_t max_entries = 1024;           // full: the stalest makes room, never one that is being resolved for us
  std::size_t max_queued_per_entry = 64;    // packets that wait for one address; full: the oldest is dropped
  std::size_t max_queued_bytes = 1U << 20;  // all waiting packets together
  Duration request_interval = std::chrono::seconds(1);  // RFC 1122 2.3.2.1
  std::uint32_t max_requests = 3;  // then the queue is dropped with kArpFailed and EHOSTUNREACH reported
  Duration reachable_time = std::chrono::seconds(30);  // REACHABLE -> STALE [RFC1122 2.3.2.1(a)]
  Duration probe_delay = std::chrono::seconds(5);      // STALE, used: -> PROBE (unicast requests)
  Duration stale_timeout = std::chrono::minutes(10);   // unused STALE entries go
};

}  // namespace fourtuple
