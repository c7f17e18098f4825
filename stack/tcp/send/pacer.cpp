#include "stack/tcp/send/pacer.hpp"

namespace fourtuple::tcp {
namespace {

constexpr double kSlowStartPace = 2.0;  // the window doubles in a round trip
constexpr double kUsualPace = 1.25;
constexpr double kFastestPace = 1e15;                          // octets a second; far more than any wire
constexpr Duration kLongestWait = std::chrono::seconds(3600);  // of one quantum, whatever the rate
constexpr Duration kLeastRoundTrip = std::chrono::microseconds(1);

double seconds_at_pace(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::uint64_t Pacer::rate_of(std::uint64_t window, Duration smoothed_rtt, bool is_slow_start) {
  const double gain = is_slow_start ? kSlowStartPace : kUsualPace;
  const double rate = gain * static_cast<double>(window) / seconds_at_pace(std::max(smoothed_rtt, kLeastRoundTrip));
  return static_cast<std::uint64_t>(std::clamp(rate, 1.0, kFastestPace));
}

Duration Pacer::quantum_time(Duration min_rtt) {
  return min_rtt <= Duration::zero() ? kQuantumTime : std::clamp(min_rtt / 4, kLeastQuantumTime, kQuantumTime);
}

Duration Pacer::time_of(std::uint64_t bytes) const {
  const double nanoseconds = static_cast<double>(bytes) * 1e9 / static_cast<double>(rate_);
  return std::min(Duration(static_cast<Duration::rep>(std::min(nanoseconds, 1e18))), kLongestWait);
}

void Pacer::set_rate(std::uint64_t rate, std::uint64_t least, Instant now, Duration quantum_time) {
  if (rate != rate_ && rate != 0 && rate_ != 0 && through_at_ > now) {
    // What has left is a debt in octets: it is paid at the new rate.
    const double left = static_cast<double>((through_at_ - now).count());
    const double wait = left * static_cast<double>(rate_) / static_cast<double>(rate);
    through_at_ = now + std::min(Duration(static_cast<Duration::rep>(std::min(wait, 1e18))), kLongestWait);
  }
  rate_ = rate;
  if (rate_ == 0) return;
  const auto worth = static_cast<std::uint64_t>(static_cast<double>(rate_) * seconds_at_pace(quantum_time));
  quantum_ = std::max(std::min(worth, kMaxQuantum), least);
}

void Pacer::note_sent(std::uint64_t bytes, std::uint64_t initial_burst, Instant now) {
  if (rate_ == 0) return;
  if (through_at_ <= now) {  // a new burst
    const Duration late = std::max(time_of(quantum_), kQuantumTime);
    const Duration earned = time_of(initial_burst - std::min(initial_burst, quantum_));
    through_at_ = std::max(through_at_, now - std::max({late, earned, credit_}));
    left_of_burst_ = quantum_;
  }
  through_at_ += time_of(bytes);
  credit_ = std::max(now - through_at_, Duration::zero());
  left_of_burst_ -= std::min(left_of_burst_, bytes);
}

}  // namespace fourtuple::tcp
