#include "drivers/impair/bottleneck.hpp"

#include <cmath>
#include <utility>

#include "drivers/impair/damage.hpp"

namespace fourtuple::impair {
namespace {

// A queue of no more than one full packet is no standing queue (RFC 8289, 4.4).
constexpr std::size_t kOnePacket = 1514;

}  // namespace

void Bottleneck::set(const Profile& profile, Instant start) {
  link_.set(profile, start);
  limit_frames_ = profile.queue;
  limit_bytes_ = profile.queue_bytes;
  mark_above_ = profile.mark_above;
  codel_ = profile.codel;
}

void Bottleneck::take(Passenger passenger, Instant now) {
  const bool is_sending = link_.free_at() > now;
  const std::size_t frames = waiting_.size() + (is_sending ? 1 : 0);
  const std::uint64_t octets = waiting_bytes_ + (is_sending ? sending_bytes_ : 0) + passenger.frame.size();
  const bool is_full = (limit_frames_ != 0 && frames >= limit_frames_) || (limit_bytes_ != 0 && octets > limit_bytes_);
  if (is_full) {
    ++counters_.dropped_queue_full;
    return;
  }
  const bool marks = mark_above_ != 0 && frames >= mark_above_;
  if (marks && mark_congestion(passenger.frame.bytes())) ++counters_.marked;
  passenger.since = now;
  waiting_bytes_ += passenger.frame.size();
  waiting_.push_back(std::move(passenger));
}

Instant Bottleneck::next_begin() const { return waiting_.empty() ? kNever : link_.begin(waiting_.front().since); }

std::optional<Passenger> Bottleneck::next(Instant until) {
  const Instant now = next_begin();
  if (now == kNever || now > until) return std::nullopt;
  auto passenger = codel_.is_on ? pop_after_codel(now) : pop();
  if (!passenger) return std::nullopt;
  sending_bytes_ = passenger->frame.size();
  passenger->since = link_.send(sending_bytes_, now);
  return passenger;
}

std::optional<Passenger> Bottleneck::pop() {
  if (waiting_.empty()) return std::nullopt;
  Passenger passenger = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= passenger.frame.size();
  return passenger;
}

// Whether frames have waited too long for a whole interval (RFC 8289, 5.5).
bool Bottleneck::is_standing(const Passenger& passenger, Instant now) {
  if (now - passenger.since < codel_.target || waiting_bytes_ <= kOnePacket) {
    first_above_time_ = kNever;
    return false;
  }
  if (first_above_time_ != kNever) return now >= first_above_time_;
  first_above_time_ = now + codel_.interval;
  return false;
}

// With ECN the sender is told by a mark, and the frame lives.
bool Bottleneck::is_spared(Passenger& passenger) {
  if (codel_.marks && mark_congestion(passenger.frame.bytes())) return ++counters_.marked, true;
  return ++counters_.dropped_by_codel, false;
}

// As RFC 8289, 5.6, draws it.
std::optional<Passenger> Bottleneck::pop_after_codel(Instant now) {
  auto passenger = pop();
  if (!passenger) return dropping_ = false, std::nullopt;
  const bool standing = is_standing(*passenger, now);
  if (dropping_) return go_on_dropping(std::move(*passenger), standing, now);
  return standing ? begin_dropping(std::move(*passenger), now) : std::move(passenger);
}

std::optional<Passenger> Bottleneck::go_on_dropping(Passenger passenger, bool standing, Instant now) {
  dropping_ = standing;
  while (dropping_ && now >= drop_next_) {
    ++count_;
    const bool spared = is_spared(passenger);
    if (spared) {
      drop_next_ = control_law(drop_next_);
      return passenger;
    }
    auto next = pop();
    if (!next) return first_above_time_ = kNever, dropping_ = false, std::nullopt;
    passenger = std::move(*next);
    dropping_ = is_standing(passenger, now);
    if (dropping_) drop_next_ = control_law(drop_next_);
  }
  return passenger;
}

std::optional<Passenger> Bottleneck::begin_dropping(Passenger passenger, Instant now) {
  std::optional<Passenger> survivor(std::move(passenger));
  if (!is_spared(*survivor)) {
    survivor = pop();
    if (survivor) static_cast<void>(is_standing(*survivor, now));
    if (!survivor) first_above_time_ = kNever;
  }
  dropping_ = true;
  // Where dropping has only just ended, it goes on at the pace that it had.
  const std::uint32_t grown = count_ - last_count_;
  count_ = grown > 1 && now - drop_next_ < 16 * codel_.interval ? grown : 1;
  last_count_ = count_;
  drop_next_ = control_law(now);
  return survivor;
}

Instant Bottleneck::control_law(Instant from) const {
  const double pause = static_cast<double>(codel_.interval.count()) / std::sqrt(static_cast<double>(count_));
  return from + Duration(static_cast<std::int64_t>(pause));
}

}  // namespace fourtuple::impair
