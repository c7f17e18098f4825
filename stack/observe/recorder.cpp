#include "stack/observe/recorder.hpp"

#include <type_traits>
#include <variant>

namespace fourtuple::observe {
namespace {

// The view that an event has, or nullptr.
ByteView* view_in(trace::Body& body) {
  return std::visit(
      [](auto& event) -> ByteView* {
        using Event = std::decay_t<decltype(event)>;
        if constexpr (requires { event.bytes.data(); }) {
          return &event.bytes;
        } else if constexpr (requires { event.headers.data(); }) {
          return &event.headers;
        } else if constexpr (std::is_same_v<Event, trace::SegmentReceived> ||
                             std::is_same_v<Event, trace::SegmentSent> ||
                             std::is_same_v<Event, trace::SegmentDropped>) {
          return &event.segment.payload;
        } else {
          return nullptr;
        }
      },
      body);
}

}  // namespace

void Recorder::on_event(const trace::Event& event) {
  Kept& kept = kept_.emplace_back(Kept{event, {}});
  if (ByteView* view = view_in(kept.event.body); view != nullptr && !view->empty()) {
    kept.bytes.assign(view->begin(), view->end());
    *view = kept.bytes;
    bytes_ += kept.bytes.size();
  }
  make_room();
}

void Recorder::make_room() {
  while (kept_.size() > 1 && (kept_.size() > options_.max_events || bytes_ > options_.max_bytes)) {
    bytes_ -= kept_.front().bytes.size();
    kept_.pop_front();
    ++forgotten_;
  }
}

void Recorder::replay(trace::Sink& sink) const {
  for (const Kept& kept : kept_) sink.on_event(kept.event);
}

void Recorder::clear() {
  kept_.clear();
  bytes_ = 0;
}

}  // namespace fourtuple::observe
