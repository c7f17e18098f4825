// The last events of every connection, so that a busy one does not push out what a quiet one did: what is looked at
// when something impossible has happened. Memory is bounded whatever the traffic is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "stack/observe/recorder.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::observe {

struct FlightRecorderOptions {
  RecorderOptions connection{.max_events = 256, .max_bytes = 64U << 10};  // of each
  RecorderOptions frames{.max_events = 4096, .max_bytes = 2U << 20};      // frames, and what belongs to no connection
  std::size_t max_connections = 256;                                      // then the one that was silent longest goes
};

class FlightRecorder final : public trace::Sink {
 public:
  explicit FlightRecorder(const FlightRecorderOptions& options = {}) : options_(options) {}

  void on_event(const trace::Event& event) override;

  // Whether the engine has let a connection go because it caught itself in the impossible, since the last question.
  [[nodiscard]] bool take_broken();
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t connections() const { return rings_.size() - rings_.count(0); }
  // Tells all of it again, in the order in which it happened.
  void replay(trace::Sink& sink) const;

 private:
  struct Ring {
    Recorder recorder;
    std::deque<std::uint64_t> order;  // of its events among all
  };
  Ring& ring_of(trace::ConnectionNumber connection);
  void forget_the_most_silent();

  FlightRecorderOptions options_;
  std::map<trace::ConnectionNumber, Ring> rings_;  // 0: of no connection
  std::uint64_t told_ = 0;
  bool broken_ = false;
};

}  // namespace fourtuple::observe
