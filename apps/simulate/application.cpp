#include "apps/simulate/application.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

namespace fourtuple::simulate {
namespace {

constexpr int kStepsAtOnce = 64;
constexpr Duration kMemoryPause = 10ms;

std::string text_of(std::errc error) { return std::make_error_code(error).message(); }

}  // namespace

Application::Application(const Birth& birth)
    : host_(birth.host),
      life_(birth.host.life()),
      id_(birth.id),
      plan_(birth.plan),
      me_(static_cast<std::size_t>(birth.host.index())),
      writes_(birth.streams[me_]),
      reads_(birth.streams[1 - me_]),
      history_(birth.history),
      climate_(birth.climate),
      dice_(birth.dice),
      reads_from_(birth.now + birth.plan.reads_after),
      spoilt_(birth.spoilt) {
  mine().is_there = true;
}

void Application::fail(std::string what) {
  if (problem_.empty()) problem_ = fmt::format("the application at {} {} ({})", host_.letter(), what, progress());
}

std::string Application::progress() const {
  return fmt::format("wrote {} of {}, read {}{}{}{}", mine().written, plan_.write, mine().read,
                     mine().sent_end ? ", sent its end" : "", mine().saw_end ? ", saw the end" : "",
                     is_done_ ? ", done" : "");
}

void Application::on_notice(Readiness changed) {
  if ((changed.bits & (Readiness::kReadable | Readiness::kError | Readiness::kHangUp)) != 0) may_read_ = true;
  if ((changed.bits & (Readiness::kWritable | Readiness::kError | Readiness::kHangUp)) != 0) may_write_ = true;
}

bool Application::pauses(Instant now) {
  if (is_calm_ || !dice_.happens(plan_.stalls)) return false;
  paused_until_ = now + dice_.up_to(plan_.stall);
  return paused_until_ > now;
}

Instant Application::act(Instant now) {
  if (is_done_ || !problem_.empty()) return kNever;
  if (paused_until_ > now && !is_calm_) return paused_until_;
  for (int i = 0; i < kStepsAtOnce; ++i) {
    const bool moved = step(now);
    if (is_done_ || !problem_.empty()) return kNever;
    if (paused_until_ > now) return paused_until_;
    if (!moved) return now < reads_from_ && !is_calm_ ? reads_from_ : kNever;
  }
  return now;
}

// One write and one read, and what follows. Answers whether anything moved.
bool Application::step(Instant now) {
  if (wants_to_break_off()) return break_off(now), false;
  bool moved = may_write_ && wants_to_write() && write_some(now);
  if (is_done_ || paused_until_ > now || (moved && pauses(now))) return moved;
  const bool reads = may_read_ && !mine().saw_end && (now >= reads_from_ || is_calm_);
  moved = (reads && read_some(now)) || moved;
  if (is_done_ || paused_until_ > now) return moved;
  if (moved && !is_calm_ && dice_.happens(plan_.toggles)) toggle(now);
  finish(now);
  if (moved) static_cast<void>(pauses(now));
  return moved;
}

bool Application::wants_to_write() const { return !mine().sent_end && mine().written < plan_.write; }

bool Application::wants_to_break_off() const {
  if (plan_.ending != Ending::kClose && plan_.ending != Ending::kAbort) return false;
  const bool all_said = mine().written == plan_.write && mine().saw_end;
  return mine().written + mine().read >= plan_.ends_after || all_said;
}

bool Application::write_some(Instant now) {
  const auto most = std::min(plan_.write - mine().written, dice_.between(1, plan_.write_size));
  scratch_.resize(most);
  writes_.fill(scratch_, mine().written);
  const ByteView piece(scratch_);
  const auto result = host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(id_, {&piece, 1}, {}, context);
  });
  if (!result && result.error() == std::errc::operation_would_block) return may_write_ = false;
  if (!result) return take_error(result.error(), "send", now), true;
  if (*result == 0 || *result > most) fail(fmt::format("was told that {} of {} octets were taken", *result, most));
  mine().written += *result;
  return true;
}

bool Application::read_some(Instant now) {
  const auto before = host_.tcp().status(id_);
  if (!before) return fail("has lost its connection's handle"), false;
  scratch_.resize(dice_.between(1, plan_.read_size));
  const ByteSpan piece(scratch_);
  const auto result = host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.receive_data(id_, {&piece, 1}, {}, context);
  });
  const bool has_octets = result && *result > 0;
  if (has_octets != (before->readable_bytes > 0)) fail("was told something else by status() than by a read");
  if (!result && result.error() == std::errc::operation_would_block) {
    if (before->end_of_stream || before->error != std::errc{}) fail("cannot read what status() says is there");
    return may_read_ = false;
  }
  if (!result) return take_error(result.error(), "receive", now), true;
  if (*result == 0) return take_end(), true;
  take_octets(*result);
  return true;
}

void Application::take_octets(std::size_t count) {
  EndHistory& me = mine();
  if (spoilt_ >= me.read && spoilt_ < me.read + count) scratch_[spoilt_ - me.read] ^= 1U;
  if (const auto wrong = reads_.first_wrong(ByteView(scratch_).first(count), me.read)) {
    fail(fmt::format("read a wrong octet, number {}", me.read + *wrong));
  }
  me.read += count;
  if (me.read > peers().written) fail("read more octets than were written");
}

void Application::take_end() {
  mine().saw_end = true;
  if (!peers().sent_end && !peers().is_closed) fail("read the end of a stream that was not ended");
  if (mine().read != peers().written && !peers().broke_off) fail("read the end of the stream early");
}

// Memory is short for a moment, or the connection is over.
void Application::take_error(std::errc error, const char* call, Instant now) {
  if (error == std::errc::no_buffer_space && climate_.has_shortages) {
    paused_until_ = now + kMemoryPause;
    return;
  }
  if (mine().error) return fail(fmt::format("got a second error, '{}', from {}", text_of(error), call));
  mine().error = error;
  if (!is_explained(error, history_, me_, climate_)) {
    return fail(fmt::format("got '{}' from {}, and nothing explains it", text_of(error), call));
  }
  check_after_error(now);
  if (problem_.empty()) close(now);
}

// An error is told once. What had come may still be read; then there is an end, or no connection.
void Application::check_after_error(Instant now) {
  for (int i = 0; i < kStepsAtOnce && problem_.empty(); ++i) {
    scratch_.resize(plan_.read_size);
    const ByteSpan piece(scratch_);
    const auto result = host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.receive_data(id_, {&piece, 1}, {}, context);
    });
    if (!result && result.error() != std::errc::not_connected) {
      fail(fmt::format("got a second error, '{}', from receive", text_of(result.error())));
    }
    if (!result || *result == 0) break;
    take_octets(*result);
  }
  const ByteView piece(scratch_);
  const auto result = host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(id_, {&piece, 1}, {}, context);
  });
  if (result || result.error() != std::errc::broken_pipe) fail("could send after an error");
}

void Application::finish(Instant now) {
  EndHistory& me = mine();
  if (me.error) return;
  const bool waits_for_end = plan_.ending == Ending::kFinWhenRead && !me.saw_end;
  const bool never = plan_.ending == Ending::kNever && !me.saw_end;
  if (!me.sent_end && me.written == plan_.write && !waits_for_end && !never && may_write_) {
    const auto result =
        host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.shutdown_send(id_, context); });
    me.sent_end = result.has_value();
    if (!result) may_write_ = false;  // not connected yet, or not any more
    if (!result && result.error() != std::errc::not_connected) fail("cannot shut down: " + text_of(result.error()));
  }
  if (me.sent_end && me.saw_end) close(now);
}

void Application::close(Instant now) {
  EndHistory& me = mine();
  const bool all_said = me.sent_end && me.saw_end;
  if (!all_said) me.broke_off = true;
  me.is_closed = true;
  is_done_ = true;
  host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.close(id_, context), 0; });
}

void Application::break_off(Instant now) {
  if (is_done_) return;
  mine().broke_off = true;
  if (plan_.ending == Ending::kClose) return close(now);
  mine().is_closed = true;
  is_done_ = true;
  host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.abort(id_, context), 0; });
}

void Application::vanish() {
  mine().is_gone = true;
  is_done_ = true;
}

// Options change while the connection is used.
void Application::toggle(Instant now) {
  const tcp::ConnectionOptions* const current = host_.tcp().options(id_);
  if (current == nullptr) return;
  tcp::ConnectionOptions options = *current;
  switch (dice_.below(6)) {
    case 0:
      options.no_delay = !options.no_delay;
      break;
    case 1:
      options.cork = !options.cork;
      break;
    case 2:
      options.receive_buffer_bytes = 256 + dice_.magnitude(200'000);
      break;
    case 3:
      options.send_buffer_bytes = 256 + dice_.magnitude(200'000);
      break;
    case 4:
      options.window_clamp = dice_.one_in(2) ? 0 : static_cast<std::uint32_t>(1000 + dice_.magnitude(60'000));
      break;
    default:
      host_.call(now, [&](tcp::Layer& layer, tcp::Context& context) {
        return layer.set_quick_ack(id_, dice_.one_in(2), context), 0;
      });
      return;
  }
  host_.call(now,
             [&](tcp::Layer& layer, tcp::Context& context) { return layer.set_options(id_, options, context), 0; });
}

std::string Application::missed_notice() const {
  if (is_done_ || !problem_.empty()) return {};
  const auto status = host_.tcp().status(id_);
  if (!status) return {};
  const bool readable = status->readable_bytes > 0 || status->end_of_stream || status->error != std::errc{};
  if (!may_read_ && !mine().saw_end && readable) return "something can be read, and nobody was told";
  if (!may_write_ && wants_to_write() && status->is_writable) return "something can be written, and nobody was told";
  return {};
}

}  // namespace fourtuple::simulate
