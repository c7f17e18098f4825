#include "tests/golden/table/table.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::golden {
namespace {

// Each row of the text holds the round trips of one loss, rate and reordering.
constexpr std::size_t kRowCount = kCellCount / kRoundTrips.size();
constexpr std::string_view kGap = " | ";

std::string_view reorder_rule(std::string_view reordering) {
  if (reordering == "mild") return "; out: reorder 1% depth 3 by 10ms";
  if (reordering == "strong") return "; out: reorder 30% depth 5 by 10ms";
  return "";
}

// What the path holds, and at least what keeps a link busy that somebody sends bursts to.
unsigned queue_frames(const Cell& cell) {
  constexpr unsigned kFrameBits = 1514 * 8;
  return std::max(30U, cell.megabits * 1000 * cell.rtt_ms / kFrameBits);
}

// Two significant digits: what differs by less is the same.
std::string rounded(double value) {
  if (value >= 100) return fmt::format("{:.0f}", std::round(value / 10) * 10);
  if (value >= 10) return fmt::format("{:.0f}", value);
  return value >= 1 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string heading(const Cell& cell) {
  return fmt::format("\nreordering {}, {} Mbit/s\n", cell.reordering, cell.megabits);
}

bool begins_section(std::size_t row) { return row % kLosses.size() == 0; }

}  // namespace

std::string Cell::name() const {
  return fmt::format("reordering {}, {} Mbit/s, RTT {} ms, loss {}", reordering, megabits, rtt_ms, loss);
}

Cell cell(std::size_t index) {
  const std::size_t row = index / kRoundTrips.size();
  const std::size_t section = row / kLosses.size();
  return {.reordering = kReorderings[section / kRates.size()],
          .megabits = kRates[section % kRates.size()],
          .rtt_ms = kRoundTrips[index % kRoundTrips.size()],
          .loss = kLosses[row % kLosses.size()]};
}

// Losses strike data and ACKs alike; only data is put out of order. The sender that listens to marks gets some: from a
// fifth of the queue on.
Circumstances circumstances(const Cell& cell, std::string_view controller) {
  const unsigned queue = queue_frames(cell);
  const bool marks = controller == "dctcp";
  Circumstances result;
  result.rules = fmt::format("rate {}mbit; queue {}{}; delay {}us; loss {}{}", cell.megabits, queue,
                             marks ? fmt::format(" mark {}", queue / 5) : "", cell.rtt_ms * 500, cell.loss,
                             reorder_rule(cell.reordering));
  result.congestion = controller;
  result.asks_for_ecn = marks;
  result.octets = std::min<std::uint64_t>(std::uint64_t{cell.megabits} * 1'000'000, 16'000'000);
  result.limit = std::chrono::seconds(20);
  result.buffer_bytes = std::size_t{48} << 20;
  return result;
}

std::string text(const Outcome& outcome) {
  return fmt::format("{:>4} {:>5} {:>5} {:>3}", rounded(outcome.megabits_per_second), rounded(outcome.repeated_percent),
                     rounded(outcome.in_vain_percent), outcome.timeouts);
}

std::string table_text(std::string_view controller, const std::vector<std::string>& cells) {
  std::string text = fmt::format(
      "# {}: goodput between two of our stacks, in virtual time. Written by scripts/golden; docs/golden.md explains "
      "it.\n"
      "# A cell: Mbit/s, % of the octets sent again, % sent in vain, retransmission timeouts.\n",
      controller);
  for (std::size_t row = 0; row < kRowCount; ++row) {
    const std::size_t first = row * kRoundTrips.size();
    const Cell begin = cell(first);
    if (begins_section(row)) {
      text += heading(begin);
      text += "  loss";
      for (const unsigned rtt : kRoundTrips) text += fmt::format("{}{:<20}", kGap, fmt::format("RTT {} ms", rtt));
      while (text.back() == ' ') text.pop_back();
      text += '\n';
    }
    text += fmt::format("{:>6}", begin.loss);
    for (std::size_t i = 0; i < kRoundTrips.size(); ++i) text += fmt::format("{}{}", kGap, cells[first + i]);
    text += '\n';
  }
  return text;
}

std::vector<std::string> cells_of(std::string_view table) {
  std::vector<std::string> cells;
  while (!table.empty()) {
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    const bool is_row = line.find('%') < 6;
    if (!is_row) continue;
    for (std::size_t gap = line.find(kGap); gap != line.npos; gap = line.find(kGap)) {
      line.remove_prefix(gap + kGap.size());
      cells.emplace_back(line.substr(0, line.find(kGap)));
    }
  }
  return cells;
}

std::vector<std::string_view> controllers() {
  std::vector<std::string_view> names;
  for (const std::string_view name : tcp::controller_names())
    if (name != "none") names.push_back(name);
  return names;
}

std::string file_name(std::string_view controller) { return fmt::format("goodput-{}.txt", controller); }

}  // namespace fourtuple::golden
