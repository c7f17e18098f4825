#include "apps/replay/graph_events.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace fourtuple::replay {
namespace {

std::optional<ShownSegment> shown_at(const PagePart& part, const PageRow& row, Party party) {
  const Numbering& numbers = part.rows.numbers();
  if (party == Party::kRecorded) {
    if (row.frame == kNothing || part.outcome.conversation->frames.at(row.frame).checksum_is_wrong) return std::nullopt;
    return numbers.recorded(row.frame);
  }
  if (row.segment != kNothing) return numbers.ours(row.segment);
  if (row.delivery == kNothing) return std::nullopt;
  const Delivery& delivery = part.outcome.performance.deliveries.at(row.delivery);
  if (delivery.is_icmp || delivery.checksum_is_wrong) return std::nullopt;
  return numbers.delivered(row.delivery);
}

// A segment of this direction, or an acknowledgment that can be about it: forged numbers would flatten the picture.
bool belongs(const GraphEvents& events, const ShownSegment& shown, bool is_data) {
  constexpr std::int64_t kPlausible = std::int64_t{1} << 30;
  if (is_data) return shown.begin() >= 0 && shown.begin() <= events.highest + kPlausible;
  return shown.line.flags.ack() && shown.line.relative_ack >= 0 &&
         shown.line.relative_ack <= events.highest + (std::int64_t{1} << 20);
}

void add_graph_event(GraphEvents& events, GraphEvent event, std::int64_t& last_ack) {
  const ShownSegment& shown = event.shown;
  if (event.is_data) {
    if (shown.end() == shown.begin() && !shown.line.flags.rst()) return;
    events.highest = std::max(events.highest, shown.end());
  } else {
    event.is_duplicate_ack = shown.line.relative_ack == last_ack && shown.end() == shown.begin();
    last_ack = shown.line.relative_ack;
    events.highest = std::max(events.highest, last_ack);
    events.highest_edge = std::max(events.highest_edge, last_ack + static_cast<std::int64_t>(shown.line.window_bytes));
  }
  events.last_time = std::max(events.last_time, shown.time);
  events.all.push_back(std::move(event));
}

// Events that share a point of 4 pixels with the one before them.
std::size_t crowded(const GraphEvents& events, Duration last_time) {
  const double points = 140.0 / std::max(1.0, std::chrono::duration<double>(last_time).count() * 1e9);
  std::set<std::int64_t> taken;
  for (const GraphEvent& event : events.all) {
    taken.insert(static_cast<std::int64_t>(static_cast<double>(event.shown.time.count()) * points));
  }
  return events.all.size() - taken.size();
}

}  // namespace

GraphEvents graph_events(const PagePart& part, Party party, capture::Host sender, std::size_t most) {
  GraphEvents events;
  std::int64_t last_ack = -1;
  const auto count = static_cast<std::uint32_t>(part.rows.all().size());
  for (std::uint32_t row = 0; row < count; ++row) {
    if (events.all.size() == most) {
      events.rows_left_out = count - row;
      break;
    }
    const auto shown = shown_at(part, part.rows.all()[row], party);
    if (!shown) continue;
    const bool is_data = shown->from == sender;
    if (belongs(events, *shown, is_data)) add_graph_event(events, {row, *shown, is_data, false}, last_ack);
  }
  return events;
}

GraphView graph_view(const GraphEvents& recorded, const GraphEvents& ours) {
  const Duration last_time = std::max({recorded.last_time, ours.last_time, Duration{1us}});
  const auto highest = static_cast<double>(std::max({recorded.highest, ours.highest, std::int64_t{1}}));
  const auto edge = static_cast<double>(std::max(recorded.highest_edge, ours.highest_edge));
  GraphView view;
  const std::size_t events = recorded.all.size() + ours.all.size();
  view.by_event = (crowded(recorded, last_time) + crowded(ours, last_time)) * 3 > events;
  view.last_time = std::chrono::duration<double, std::micro>(last_time).count() * 1.03;
  for (const GraphEvents* one : {&recorded, &ours}) {
    if (!one->all.empty()) view.last_event = std::max(view.last_event, static_cast<double>(one->all.back().row) + 1);
  }
  view.first_time = view.last_time * -0.025;
  view.first_event = view.last_event * -0.025;
  // A wide window would press the octets against the ground; it may leave the picture.
  view.highest = std::max(highest * 1.12, std::min(edge * 1.05, highest * 1.6));
  view.lowest = view.highest * -0.02;
  view.window_leaves = edge > view.highest;
  return view;
}

std::vector<double> graph_ticks(double low, double high, std::size_t most) {
  const double least = std::max(high - low, 1e-9) / static_cast<double>(std::max<std::size_t>(most, 1));
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  double step = power * 10;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (power * factor >= least) step = power * factor;
  }
  std::vector<double> ticks;
  for (double at = std::ceil(low / step) * step; at <= high && ticks.size() <= most; at += step) ticks.push_back(at);
  return ticks;
}

}  // namespace fourtuple::replay
