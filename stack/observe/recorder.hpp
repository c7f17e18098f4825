// Keeps the last events, bytes and all: a flight recorder for failing tests and for "what happened before that?".
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

struct RecorderOptions {
  std::size_t max_events = 10000;    // more: the oldest goes
  std::size_t max_bytes = 8U << 20;  // copied octets, together; more: the oldest goes
};

class Recorder final : public trace::Sink {
 public:
  explicit Recorder(const RecorderOptions& options = {}) : options_(options) {}

  void on_event(const trace::Event& event) override;

  // Oldest first. Views in the events point into the recorder's own copies and live as long as the event is kept.
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  [[nodiscard]] const trace::Event& at(std::size_t index) const { return kept_.at(index).event; }
  // Events that made room for newer ones.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
  // Tells all of it again, in order, for example to a Ladder.
  void replay(trace::Sink& sink) const;
  void clear();

 private:
  struct Kept {
    trace::Event event;
    std::vector<std::uint8_t> bytes;  // moving a vector keeps its octets where they are
  };
  void make_room();

  RecorderOptions options_;
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace fourtuple::observe
