// One event stream, several watchers.
#pragma once

#include <algorithm>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

// Hands every event to all its sinks, in the order they were added. The sinks must outlive it or be removed.
class Fanout final : public trace::Sink {
 public:
  void add(trace::Sink& sink) { sinks_.push_back(&sink); }
  void remove(trace::Sink& sink) { std::erase(sinks_, &sink); }
  [[nodiscard]] bool empty() const { return sinks_.empty(); }

  void on_event(const trace::Event& event) override {
    for (trace::Sink* sink : sinks_) sink->on_event(event);
  }

 private:
  std::vector<trace::Sink*> sinks_;
};

}  // namespace fourtuple::observe
