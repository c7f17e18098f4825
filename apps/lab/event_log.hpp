// Everything that happened in a lab, in order, each as one JSON object: what the page draws, and what checks look at.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "apps/lab/wire.hpp"
#include "stack/observe/json.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::lab {

// Fields of an object that are not in another one: {"n":7,"time_ns":20000000,"host":0,"event":"...", ...}. Names and
// fields of the stacks' events are those of stack/observe/json_lines.hpp; docs/lab.md has the rest.
class EventLog {
 public:
  // More are not kept: the experiment stands still.
  static constexpr std::size_t kMaxEvents = 400'000;

  explicit EventLog(Instant begin) : begin_(begin) {}

  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
  [[nodiscard]] bool is_full() const { return events_.size() >= kMaxEvents; }

  // A stack's event. Frames are told by the wire.
  void add(int host, const trace::Event& event);
  void add_sent(int from, FrameNumber frame, ByteView bytes, std::string_view fate, Instant now);
  void add_arrived(int to, const Wire::Arrival& arrival, Instant now);
  void add_arrived(int to, FrameNumber frame, Instant now);
  void add_action(int who, std::string_view action, Instant now);
  // Why an action could not be done.
  void add_problem(int who, std::string_view problem, Instant now);

 private:
  // A segment that has left its connection and not the host yet (ARP may hold it), or not with all its frames: a
  // super-segment makes several.
  struct Leaving {
    std::size_t index;
    FourTuple name;
    SeqNum seq;
    std::uint32_t octets;
    std::int64_t relative_seq;
    std::int64_t relative_ack;
  };

  void push(int host, Instant now, std::string_view rest);
  void note_segment(int host, const trace::SegmentSent& sent);
  // Adds what TCP says in the frame, and which segment it belongs to.
  void describe_segment(int from, ByteView bytes, observe::JsonObject& json);

  Instant begin_;
  std::vector<std::string> events_;
  std::array<std::deque<Leaving>, 2> leaving_;
  std::array<std::deque<Cause>, 2> causes_;  // of frames that were handed to the driver and not told yet
  FrameNumber arriving_ = 0;                 // of the frame that a stack is looking at
};

}  // namespace fourtuple::lab
