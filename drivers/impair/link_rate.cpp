#include "drivers/impair/link_rate.hpp"

#include <algorithm>

#include "stack/wire/ethernet.hpp"

namespace fourtuple::impair {

void LinkRate::set(const Profile& profile, Instant start) {
  rate_ = profile.rate;
  trace_ = profile.trace;
  start_ = start;
  next_moment_ = 0;
  octets_at_hand_ = 0;
}

Instant LinkRate::moment(std::uint64_t number) const {
  const std::uint64_t count = trace_.milliseconds.size();
  const std::uint64_t length = trace_.milliseconds.back();
  const std::uint64_t since_start = number / count * length + trace_.milliseconds[number % count];
  return start_ + std::chrono::milliseconds(static_cast<std::int64_t>(since_start));
}

std::uint64_t LinkRate::first_moment_from(Instant when) const {
  const auto since_start = std::chrono::ceil<std::chrono::milliseconds>(std::max(Duration{}, when - start_)).count();
  const std::uint64_t wanted = static_cast<std::uint64_t>(since_start);
  const std::uint64_t length = trace_.milliseconds.back();
  // The last moment of a round and the first of the next may be the same time: look a round back too.
  std::uint64_t round = wanted / length;
  if (round != 0 && wanted % length == 0) --round;
  const auto found = std::ranges::lower_bound(trace_.milliseconds, wanted - round * length);
  const auto index = static_cast<std::uint64_t>(found - trace_.milliseconds.begin());
  return std::max(next_moment_, round * trace_.milliseconds.size() + index);
}

Instant LinkRate::begin(Instant ready) const {
  const Instant earliest = std::max(ready, free_at_);
  if (trace_.milliseconds.empty()) return earliest;
  if (octets_at_hand_ != 0 && earliest == free_at_) return earliest;
  return moment(first_moment_from(earliest));
}

Instant LinkRate::send(std::size_t frame_bytes, Instant now) {
  if (!trace_.milliseconds.empty()) {
    const std::size_t header = std::min(frame_bytes, wire::kEthernetHeaderSize);
    return free_at_ = send_at_moments(std::max<std::size_t>(1, frame_bytes - header), now);
  }
  constexpr std::uint64_t kBitNanoseconds = 8'000'000'000;  // of one octet at 1 bit/s
  const std::uint64_t on_the_wire = rate_ == 0 ? 0 : frame_bytes * kBitNanoseconds / rate_;
  return free_at_ = now + Duration(static_cast<std::int64_t>(on_the_wire));
}

// Octets, not packets, are counted: small packets share a moment, and a large one takes several.
Instant LinkRate::send_at_moments(std::size_t packet_bytes, Instant now) {
  if (now != free_at_ || octets_at_hand_ == 0) {
    next_moment_ = first_moment_from(now) + 1;
    octets_at_hand_ = RateTrace::kOpportunityBytes;
  }
  while (octets_at_hand_ < packet_bytes) {
    ++next_moment_;
    octets_at_hand_ += RateTrace::kOpportunityBytes;
  }
  octets_at_hand_ -= packet_bytes;
  return std::max(now, moment(next_moment_ - 1));
}

}  // namespace fourtuple::impair
