// A running stack as a lab's log: what one stack sees of its conversations. The other host's side is not seen, and what
// arrives here was sent, as far as anybody can tell, in the same moment.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/lab/event_log.hpp"

namespace fourtuple::lab {

class LiveLog final : public trace::Sink {
 public:
  // Host 1 of the log is ours, whose events come here; host 0 is whoever it talks to.
  static constexpr int kOurs = 1;

  // Called inside the stack.
  void on_event(const trace::Event& event) override;

  // From any thread: events from number `from` on, at most `most`.
  [[nodiscard]] std::vector<std::string> events(std::size_t from, std::size_t most) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] bool is_full() const;
  // Since the first event; of the newest one.
  [[nodiscard]] Duration now() const;

 private:
  void on_frame(int from, ByteView bytes, Instant now);

  mutable std::mutex mutex_;
  std::optional<EventLog> log_;  // begins with the first event
  Instant begin_{}, newest_{};
  FrameNumber frames_ = 0;
  std::vector<std::uint8_t> whole_;  // of a frame whose payload is not seen
};

}  // namespace fourtuple::lab
