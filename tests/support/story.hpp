// The story of a test: script lines and the engine's own events in the order in which they happened.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stack/trace/events.hpp"

namespace fourtuple::test {

// An event in words; empty for those that need none. With `segments` those that are sent are told, too.
[[nodiscard]] std::string describe(const trace::Event& event, bool segments);

class Story : public trace::Sink {
 public:
  explicit Story(Instant begin) : begin_(begin) {}

  void on_event(const trace::Event& event) override;
  // A line of the script or a call of the application.
  void tell(Instant now, std::string line);
  // All of it, or the last `limit` lines.
  [[nodiscard]] std::string text(std::size_t limit = 120) const;
  // The drop reasons seen since the last call.
  [[nodiscard]] std::vector<DropReason> take_drops();

 private:
  Instant begin_;
  std::vector<std::string> lines_;
  std::vector<DropReason> drops_;
};

// One of several stacks that tell the same story.
class Narrator : public trace::Sink {
 public:
  Narrator(std::string name, Story& story) : name_(std::move(name)), story_(story) {}
  void on_event(const trace::Event& event) override;

 private:
  std::string name_;
  Story& story_;
};

}  // namespace fourtuple::test
