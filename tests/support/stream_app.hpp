// An application at one end of a connection: writes a pattern of so many octets, reads the other end's, with sizes,
// pauses and an order of closing that follow from a seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/core/stack.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {

struct StreamPlan {
  std::uint64_t octets_to_write = 0;
  std::uint64_t octets_to_read = 0;
  std::size_t max_write = 4096;  // each call takes 1 to this many octets
  std::size_t max_read = 4096;
  double stall_chance = 0;  // of a pause after a call
  Duration max_stall{};
  bool shutdown_after_reading = false;  // else as soon as all is written
};

class StreamApp {
 public:
  StreamApp(Stack& stack, tcp::ConnectionId id, Direction writes, std::uint64_t stream_base, const StreamPlan& plan,
            std::uint64_t seed);

  // Does what can be done now; answers when it wants to act again although nothing happened (kNever: it does not).
  Instant act(Instant now);

  // All is written and closed, all is read up to the end of the stream, and the handle is given back.
  [[nodiscard]] bool is_done() const { return closed_; }
  // What went wrong as the application sees it; empty: nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::uint64_t octets_read() const { return read_; }
  [[nodiscard]] std::string progress() const;

 private:
  bool write_some(Instant now);
  bool read_some(Instant now);
  void finish(Instant now);
  bool pauses(Instant now);
  void fail(std::string what);

  Stack& stack_;
  tcp::ConnectionId id_;
  Direction writes_;
  Direction reads_;
  std::uint64_t stream_base_;
  StreamPlan plan_;
  RandomSource random_;
  std::vector<std::uint8_t> scratch_;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
  bool shut_ = false;
  bool end_seen_ = false;
  bool closed_ = false;
  Instant paused_until_{};
  std::string problem_;
};

}  // namespace fourtuple::test
