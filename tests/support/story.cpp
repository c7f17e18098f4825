#include "tests/support/story.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fourtuple::test {
namespace {

double milliseconds(Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

// One line for the events that explain a failure; nothing for those that the script shows anyway.
struct Describe {
  Instant now;
  bool segments;

  std::string operator()(const trace::SegmentSent& event) const {
    if (!segments) return {};
    std::string text = fmt::format("> {} {}:{}({}) ack {} win {} ({})", to_string(event.segment.flags),
                                   event.relative_seq, event.relative_seq + event.payload_bytes, event.payload_bytes,
                                   event.relative_ack, event.window_bytes, name(event.cause));
    for (std::size_t i = 0; i < event.segment.options.sack_count; ++i) {
      const auto& block = event.segment.options.sack[i];
      text += fmt::format(" sack +{}:+{}", distance(event.segment.ack, block.left),
                          distance(event.segment.ack, block.right));
    }
    return text;
  }

  std::string operator()(const trace::SegmentDropped& event) const {
    return fmt::format("dropped: {} ({})", name(event.reason), clause(event.reason));
  }
  std::string operator()(const trace::FrameDropped& event) const {
    return fmt::format("frame of {} octets dropped: {} ({})", event.bytes.size(), name(event.reason),
                       clause(event.reason));
  }
  std::string operator()(const trace::StateChanged& event) const {
    return fmt::format("{} -> {}", name(event.from), name(event.to));
  }
  std::string operator()(const trace::ConnectionClosed& event) const {
    return fmt::format("closed, error {}", event.error);
  }
  std::string operator()(const trace::WindowChanged& event) const {
    return fmt::format("SND.WND {} -> {}", event.from_bytes, event.to_bytes);
  }
  std::string operator()(const trace::CongestionChanged& event) const {
    return fmt::format("cwnd {} ssthresh {} in flight {} ({})", event.window_bytes, event.threshold_bytes,
                       event.in_flight_bytes, event.phase);
  }
  std::string operator()(const trace::OptionsAgreed& event) const {
    return fmt::format("agreed: {} octets a segment, sack {}, timestamps {}", event.segment_bytes, event.sack,
                       event.timestamps);
  }
  std::string operator()(const trace::UserCalled& event) const {
    return fmt::format("application: {} {}", trace::name(event.call), event.bytes);
  }
  std::string operator()(const trace::LossDetected& event) const {
    return fmt::format("{} octets believed lost, from {} on ({})", event.lost_bytes, event.relative_begin, event.sign);
  }
  std::string operator()(const trace::ReductionUndone& event) const {
    return fmt::format("nothing was lost: cwnd {}", event.window_bytes);
  }
  std::string operator()(const trace::PathChanged& event) const {
    return fmt::format("the path takes {} octets a segment", event.segment_bytes);
  }
  std::string operator()(const trace::BufferTuned& event) const {
    return fmt::format("{} buffer {} -> {}", event.receive ? "receive" : "send", event.from_bytes, event.to_bytes);
  }
  std::string operator()(const trace::RttMeasured& event) const {
    return fmt::format("rtt {} ms, srtt {} ms, rto {} ms", milliseconds(event.sample), milliseconds(event.smoothed),
                       milliseconds(event.retransmission_timeout));
  }
  std::string operator()(const trace::BytesDelivered& event) const {
    return fmt::format("delivered {} octets, {} readable", event.bytes, event.readable_bytes);
  }
  std::string operator()(const trace::TimerArmed& event) const {
    return fmt::format("timer {} in {} ms", trace::name(event.timer), milliseconds(event.deadline - now));
  }
  std::string operator()(const trace::TimerCancelled& event) const {
    return fmt::format("timer {} cancelled", trace::name(event.timer));
  }
  std::string operator()(const trace::TimerFired& event) const {
    return fmt::format("timer {} fired", trace::name(event.timer));
  }
  template <class Other>
  std::string operator()(const Other& /*event*/) const {
    return {};
  }
};

}  // namespace

std::string describe(const trace::Event& event, bool segments) {
  auto line = std::visit(Describe{event.time, segments}, event.body);
  return line.empty() ? line : fmt::format("[{}] {}", event.connection, line);
}

void Narrator::on_event(const trace::Event& event) {
  auto line = describe(event, true);
  if (!line.empty()) story_.tell(event.time, name_ + " " + line);
}

void Story::on_event(const trace::Event& event) {
  if (const auto* dropped = std::get_if<trace::SegmentDropped>(&event.body)) drops_.push_back(dropped->reason);
  auto line = describe(event, false);
  if (!line.empty()) tell(event.time, "      " + line);
}

void Story::tell(Instant now, std::string line) {
  constexpr std::size_t kEnough = 20'000;  // a long simulation keeps its end, not its beginning
  if (lines_.size() >= kEnough) lines_.erase(lines_.begin(), lines_.begin() + kEnough / 2);
  lines_.push_back(fmt::format("{:12.3f}  {}", milliseconds(now - begin_), std::move(line)));
}

std::string Story::text(std::size_t limit) const {
  const std::size_t first = lines_.size() - std::min(limit, lines_.size());
  std::string text = first == 0 ? "" : fmt::format("  ... {} lines before\n", first);
  for (std::size_t i = first; i < lines_.size(); ++i) text += lines_[i] + "\n";
  return text;
}

std::vector<DropReason> Story::take_drops() { return std::exchange(drops_, {}); }

}  // namespace fourtuple::test
