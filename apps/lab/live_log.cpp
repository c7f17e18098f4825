#include "apps/lab/live_log.hpp"

#include <algorithm>

namespace fourtuple::lab {

void LiveLog::on_event(const trace::Event& event) {
  const std::lock_guard lock(mutex_);
  if (!log_) {
    begin_ = event.time;
    log_.emplace(begin_);
  }
  newest_ = event.time;
  if (const auto* received = std::get_if<trace::FrameReceived>(&event.body)) {
    return on_frame(1 - kOurs, received->bytes, event.time);
  }
  log_->add(kOurs, event);
  if (const auto* sent = std::get_if<trace::FrameSent>(&event.body)) {
    // The headers are here, and how much follows.
    whole_.assign(sent->headers.begin(), sent->headers.end());
    whole_.resize(whole_.size() + sent->payload_bytes);
    on_frame(kOurs, whole_, event.time);
  }
}

void LiveLog::on_frame(int from, ByteView bytes, Instant now) {
  const FrameNumber number = ++frames_;
  log_->add_sent(from, number, bytes, "carried", now);
  log_->add_arrived(1 - from, number, now);
}

std::vector<std::string> LiveLog::events(std::size_t from, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  if (!log_ || from >= log_->events().size()) return {};
  const auto first = log_->events().begin() + static_cast<std::ptrdiff_t>(from);
  const std::size_t count = std::min(most, log_->events().size() - from);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

std::size_t LiveLog::count() const {
  const std::lock_guard lock(mutex_);
  return log_ ? log_->events().size() : 0;
}

bool LiveLog::is_full() const {
  const std::lock_guard lock(mutex_);
  return log_ && log_->is_full();
}

Duration LiveLog::now() const {
  const std::lock_guard lock(mutex_);
  return newest_ - begin_;
}

}  // namespace fourtuple::lab
