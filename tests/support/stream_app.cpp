#include "tests/support/stream_app.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

namespace fourtuple::test {

StreamApp::StreamApp(Stack& stack, tcp::ConnectionId id, Direction writes, std::uint64_t stream_base,
                     const StreamPlan& plan, std::uint64_t seed)
    : stack_(stack),
      id_(id),
      writes_(writes),
      reads_(writes == Direction::kOurs ? Direction::kPeers : Direction::kOurs),
      stream_base_(stream_base),
      plan_(plan),
      random_(RandomSource::from_seed(seed)) {}

void StreamApp::fail(std::string what) {
  if (problem_.empty()) problem_ = std::move(what) + " (" + progress() + ")";
}

std::string StreamApp::progress() const {
  return fmt::format("wrote {} of {}, read {} of {}{}{}", written_, plan_.octets_to_write, read_, plan_.octets_to_read,
                     shut_ ? ", shut" : "", end_seen_ ? ", end seen" : "");
}

bool StreamApp::pauses(Instant now) {
  if (plan_.stall_chance <= 0 || static_cast<double>(random_.below(1'000'000)) >= plan_.stall_chance * 1e6)
    return false;
  paused_until_ =
      now + Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(plan_.max_stall.count()) + 1)));
  return paused_until_ > now;
}

Instant StreamApp::act(Instant now) {
  if (closed_ || !problem_.empty()) return kNever;
  if (paused_until_ > now) return paused_until_;
  bool moved = true;
  while (moved && problem_.empty()) {
    moved = write_some(now);
    if (pauses(now)) return paused_until_;
    moved = read_some(now) || moved;
    if (pauses(now)) return paused_until_;
  }
  finish(now);
  return kNever;
}

bool StreamApp::write_some(Instant now) {
  if (written_ == plan_.octets_to_write) return false;
  const auto most = std::min<std::uint64_t>(plan_.octets_to_write - written_, 1 + random_.below(plan_.max_write));
  scratch_ = pattern(writes_, stream_base_ + written_, static_cast<std::size_t>(most));
  const ByteView piece(scratch_);
  const auto result = stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(id_, {&piece, 1}, {}, context);
  });
  if (!result) {
    if (result.error() != std::errc::operation_would_block) {
      fail("send: " + std::make_error_code(result.error()).message());
    }
    return false;
  }
  if (*result == 0 || *result > most) fail(fmt::format("send answered {} of {}", *result, most));
  written_ += *result;
  return true;
}

bool StreamApp::read_some(Instant now) {
  if (end_seen_) return false;
  scratch_.resize(1 + static_cast<std::size_t>(random_.below(plan_.max_read)));
  const ByteSpan piece(scratch_);
  const auto result = stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.receive_data(id_, {&piece, 1}, {}, context);
  });
  if (!result) {
    if (result.error() != std::errc::operation_would_block) {
      fail("receive: " + std::make_error_code(result.error()).message());
    }
    return false;
  }
  if (*result == 0) {
    end_seen_ = true;
    if (read_ != plan_.octets_to_read) fail("the stream ended early");
    return false;
  }
  if (!is_pattern(ByteView(scratch_).first(*result), reads_, stream_base_ + read_)) fail("the octets read are wrong");
  read_ += *result;
  if (read_ > plan_.octets_to_read) fail("more octets were read than were written");
  return true;
}

void StreamApp::finish(Instant now) {
  const bool may_shut = !plan_.shutdown_after_reading || end_seen_;
  if (!shut_ && written_ == plan_.octets_to_write && may_shut) {
    const auto result = stack_.with_tcp(
        now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.shutdown_send(id_, context); });
    if (!result && result.error() != std::errc::not_connected) {
      fail("shutdown: " + std::make_error_code(result.error()).message());
    }
    shut_ = result.has_value();
  }
  if (!shut_ || !end_seen_ || !problem_.empty()) return;
  stack_.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    layer.close(id_, context);
    return 0;
  });
  closed_ = true;
}

}  // namespace fourtuple::test
