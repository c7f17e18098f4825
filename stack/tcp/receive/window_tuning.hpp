// How large the receive buffer should be: twice what the application takes in a round trip (dynamic right-sizing).
//
// A sender can have one window in flight a round trip, so a window as large as what is read in that time is just not
// the limit; twice that lets a sender that doubles (slow start) go on doubling. An application that reads slowly,
// however much waits for it, is measured at its own rate and never makes its buffer grow.
//
// The round trip is measured on the receiving side, where most segments are not answered with data: by timestamps that
// the peer echoes, or by how long it takes until one offered window has come, which is at least a round trip.
#pragma once

#include <cstdint>

#include "stack/base/time.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

class WindowTuning {
 public:
  // A round trip was timed from here (handshake, timestamps). Senders pause, so samples err upwards: a shorter one is
  // believed at once, a longer one by an eighth.
  void take_sample(Duration round_trip);
  // Octets before `next` are here and octets before `edge` were allowed to come.
  void note_arrival(StreamOffset next, StreamOffset edge, Instant now);
  // The application has read everything before `read`. Answers the buffer it deserves, or 0 where nothing new is known:
  // a round trip is not over.
  [[nodiscard]] std::size_t wanted_after_read(StreamOffset read, std::size_t segment_bytes, Instant now);

  [[nodiscard]] Duration round_trip() const { return round_trip_; }
  // Most octets ever read in a round trip.
  [[nodiscard]] std::uint64_t bytes_per_round_trip() const { return most_read_; }

 private:
  static constexpr std::size_t kSlackSegments = 16;

  Duration round_trip_{};  // zero: not known
  StreamOffset window_end_ = 0;
  Instant window_began_{};
  bool reading_ = false;
  StreamOffset read_before_ = 1;  // when this measurement began
  Instant reading_began_{};
  std::uint64_t most_read_ = 0;
};

}  // namespace fourtuple::tcp
