#include "stack/tcp/receive/window_tuning.hpp"

#include <algorithm>

namespace fourtuple::tcp {
namespace {

// What was read in `elapsed` as octets a round trip. An application that sleeps longer than that reads much at once.
std::uint64_t per_round_trip(std::uint64_t bytes, Duration round_trip, Duration elapsed) {
  const auto part = static_cast<double>(round_trip.count()) / static_cast<double>(elapsed.count());
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * part);
}

}  // namespace

void WindowTuning::take_sample(Duration round_trip) {
  if (round_trip <= Duration::zero()) return;
  const bool is_better = round_trip_ == Duration::zero() || round_trip < round_trip_;
  round_trip_ = is_better ? round_trip : round_trip_ + (round_trip - round_trip_) / 8;
}

void WindowTuning::note_arrival(StreamOffset next, StreamOffset edge, Instant now) {
  if (next < window_end_) return;
  const Duration elapsed = now - window_began_;
  if (window_end_ != 0 && (round_trip_ == Duration::zero() || elapsed < round_trip_)) take_sample(elapsed);
  window_end_ = edge;
  window_began_ = now;
}

std::size_t WindowTuning::wanted_after_read(StreamOffset read, std::size_t segment_bytes, Instant now) {
  if (round_trip_ == Duration::zero()) return 0;
  const Duration elapsed = now - reading_began_;
  if (reading_ && elapsed < round_trip_) return 0;
  const auto bytes = static_cast<std::uint64_t>(read - read_before_);
  const std::uint64_t taken = reading_ ? per_round_trip(bytes, round_trip_, elapsed) : 0;
  reading_ = true;
  reading_began_ = now;
  read_before_ = read;
  // The rate rises: by as much again it may have risen when the next window is due.
  const std::uint64_t rise = taken > most_read_ ? std::min(taken - most_read_, 2 * most_read_) : 0;
  most_read_ = std::max(most_read_, taken);
  return 2 * (taken + rise) + kSlackSegments * segment_bytes;
}

}  // namespace fourtuple::tcp
