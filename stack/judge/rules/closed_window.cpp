#include "stack/judge/rules/closed_window.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kAtOnceAfterOpening = 5ms;
constexpr Duration kOnItsWayOut = 100ms;

}  // namespace

void ClosedWindow::take(const Endpoint& endpoint, const TracedSegment& segment, const Report& report) {
  if (!is_synchronized(endpoint)) return;
  if (!segment.sent) return take_heard(endpoint, segment, report);
  if (is_probe(endpoint, segment)) take_probe(segment, report);
  if (!now_ && extent_of(endpoint, segment).end > endpoint.snd_nxt()) ended_.reset();
}

void ClosedWindow::take_heard(const Endpoint& endpoint, const TracedSegment& segment, const Report& report) {
  if (segment.payload_octets() > 0) ended_.reset();  // what is sent now may answer that
  if (!is_heard(endpoint, segment) || !is_fresh(endpoint, segment) || segment.segment.flags.syn()) return;
  if (!is_acceptable(endpoint, segment)) return;
  const StreamOffset ack = endpoint.ack_of(segment);
  if (ack < endpoint.snd_una() || ack > endpoint.snd_nxt()) return;
  const bool is_zero = endpoint.window_of(segment) == 0;
  if (is_zero && now_) now_->is_answered = true;
  if (is_zero && now_ && ack > endpoint.snd_una()) now_->probes.clear();  // the octet was taken: it goes on, if slowly
  if (is_zero && !now_ && ack == endpoint.snd_nxt()) {
    now_ = Episode{.closed = report.place(), .opened = {}, .first_probe = {}, .empty_probe = {}, .probes = {}};
    ended_.reset();
  }
  if (is_zero || !now_) return;
  if (segment.payload_octets() == 0) ended_ = std::move(now_);
  now_.reset();
  if (ended_) ended_->opened = segment.time;
}

void ClosedWindow::take_probe(const TracedSegment& segment, const Report& report) {
  now_->probes.add(segment.time);
  now_->is_answered = false;
  if (!now_->first_probe) now_->first_probe = report.place();
  if (!now_->empty_probe && segment.length() == 0) now_->empty_probe = report.place();
}

bool ClosedWindow::is_probe(const Endpoint& endpoint, const TracedSegment& segment) const {
  if (!now_ || !segment.sent || segment.segment.flags.rst() || segment.segment.flags.syn()) return false;
  const Extent extent = extent_of(endpoint, segment);
  if (extent.begin < endpoint.snd_una()) return true;
  // What an earlier window had allowed may just have been on its way out.
  const bool was_allowed = extent.end <= endpoint.own().right_edge && segment.time - now_->closed.time < kOnItsWayOut;
  return extent.end > extent.begin && !was_allowed;
}

const ClosedWindow::Episode* ClosedWindow::waited_for(const Endpoint& endpoint, const TracedSegment& segment) const {
  if (!ended_ || !segment.sent || segment.payload_octets() == 0) return nullptr;
  const bool is_new = extent_of(endpoint, segment).end > endpoint.snd_nxt();
  return is_new && segment.time - *ended_->opened <= kAtOnceAfterOpening ? &*ended_ : nullptr;
}

bool ClosedWindow::has_waiting_octets(const Endpoint& endpoint) {
  return endpoint.circumstances().calls_are_known &&
         static_cast<StreamOffset>(endpoint.written()) + 1 > endpoint.snd_nxt();
}

}  // namespace fourtuple::judge
