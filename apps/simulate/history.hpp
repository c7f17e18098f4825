// What both applications of a connection have done so far: what explains the errors that they see.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <system_error>

#include "apps/simulate/plan.hpp"

namespace fourtuple::simulate {

struct EndHistory {
  bool is_there = false;   // it holds, or held, the connection
  bool is_closed = false;  // it gave its handle back
  bool broke_off = false;  // by a reset, or by closing before all was said and read
  bool is_gone = false;    // its host has forgotten everything
  bool sent_end = false;   // asked for its FIN
  bool saw_end = false;    // of the other's stream
  std::uint64_t written = 0;
  std::uint64_t read = 0;
  std::optional<std::errc> error;
};

struct TalkHistory {
  std::array<EndHistory, 2> ends;  // by host
  bool was_refused = false;        // nobody listened, or the listener went away
};

// What the plan says about all connections.
struct Climate {
  bool has_outages = false;    // the cable is out for a while
  bool gives_up_soon = false;  // user timeouts, keep-alives, or few repetitions
  bool has_shortages = false;
  bool has_reboots = false;
  bool asks_for_addresses = false;
  bool evicts = false;  // half-open connections make room for others
};

[[nodiscard]] Climate climate_of(const Plan& plan);

// May the application at host `me` see this error?
[[nodiscard]] bool is_explained(std::errc error, const TalkHistory& talk, std::size_t me, const Climate& climate);

}  // namespace fourtuple::simulate
