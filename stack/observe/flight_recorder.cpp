#include "stack/observe/flight_recorder.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::observe {

void FlightRecorder::on_event(const trace::Event& event) {
  const auto* sent = std::get_if<trace::SegmentSent>(&event.body);
  if (sent != nullptr && sent->cause == Cause::kInvariant) broken_ = true;
  Ring& ring = ring_of(event.connection);
  ring.recorder.on_event(event);
  ring.order.push_back(told_++);
  while (ring.order.size() > ring.recorder.size()) ring.order.pop_front();
}

bool FlightRecorder::take_broken() { return std::exchange(broken_, false); }

FlightRecorder::Ring& FlightRecorder::ring_of(trace::ConnectionNumber connection) {
  const auto found = rings_.find(connection);
  if (found != rings_.end()) return found->second;
  if (connections() >= options_.max_connections) forget_the_most_silent();
  const RecorderOptions& limits = connection == 0 ? options_.frames : options_.connection;
  return rings_.emplace(connection, Ring{Recorder(limits), {}}).first->second;
}

void FlightRecorder::forget_the_most_silent() {
  auto silent = rings_.end();
  for (auto at = rings_.begin(); at != rings_.end(); ++at) {
    if (at->first == 0) continue;
    if (silent == rings_.end() || at->second.order.back() < silent->second.order.back()) silent = at;
  }
  if (silent != rings_.end()) rings_.erase(silent);
}

std::size_t FlightRecorder::size() const {
  std::size_t size = 0;
  for (const auto& [connection, ring] : rings_) size += ring.recorder.size();
  return size;
}

void FlightRecorder::replay(trace::Sink& sink) const {
  std::vector<std::pair<std::uint64_t, const trace::Event*>> events;
  events.reserve(size());
  for (const auto& [connection, ring] : rings_)
    for (std::size_t i = 0; i < ring.recorder.size(); ++i) events.emplace_back(ring.order[i], &ring.recorder.at(i));
  std::ranges::sort(events, {}, &std::pair<std::uint64_t, const trace::Event*>::first);
  for (const auto& [order, event] : events) sink.on_event(*event);
}

}  // namespace fourtuple::observe
