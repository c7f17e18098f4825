// The loop that carries frames between the two ends until it is told to stop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "drivers/impair/impair.hpp"
#include "drivers/relay.hpp"

namespace fourtuple::apps {

class Patch {
 public:
  struct Ways {
    std::unique_ptr<Driver> a;        // a wrapper around the first end, or the end itself
    std::unique_ptr<ImpairDriver> b;  // the bad wire, with the second end behind it
  };

  // Blocks the signals that it waits for: call it before children start (they get theirs back) and before threads.
  [[nodiscard]] static SetupResult<Patch> open(Ways ways);

  // Until `until`, SIGINT, SIGTERM or SIGHUP, the descriptor `ended` polls readable (-1: none), or an end dies; in this
  // last case the error says so. SIGUSR1 has the statistics said.
  [[nodiscard]] SetupResult<bool> run(Instant until, int ended);
  // What happened so far, two lines for people.
  [[nodiscard]] std::string statistics() const;

 private:
  Patch(Ways ways, Descriptor signals);
  [[nodiscard]] bool carry(Instant now);
  void wait(Instant deadline, Instant now, int ended);
  [[nodiscard]] bool take_signal();
  [[nodiscard]] std::string failure_text() const;

  Ways ways_;
  Descriptor signals_;
  std::unique_ptr<Relay> forth_;
  std::unique_ptr<Relay> back_;
};

// The time that drivers are told.
[[nodiscard]] Instant steady_now();

}  // namespace fourtuple::apps
