#include <algorithm>

#include "apps/replay/comparison.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;

// The SYN of each host that counts: the first that was not damaged.
struct Syns {
  std::array<const Segment*, 2> first{};

  explicit Syns(const Conversation& conversation) {
    for (const TcpFrame& frame : conversation.frames) {
      const Segment*& syn = first[capture::index_of(frame.from)];
      if (syn == nullptr && frame.segment.flags.syn() && !frame.checksum_is_wrong) syn = &frame.segment;
    }
  }
  [[nodiscard]] SeqNum initial(Host host) const {
    const Segment* syn = first[capture::index_of(host)];
    return syn != nullptr ? syn->seq : SeqNum{};
  }
  [[nodiscard]] bool scale() const {
    return std::all_of(first.begin(), first.end(),
                       [](const Segment* syn) { return syn != nullptr && syn->options.window_scale; });
  }
};

void add_emission(Emissions& to, const Segment& segment, Duration time, std::size_t heard, std::size_t index) {
  const StreamOffset near = to.all.empty() ? 0 : to.all.back().end;
  const StreamOffset near_ack = to.all.empty() ? 0 : to.all.back().ack;
  Emission emission;
  emission.time = time;
  emission.segment = &segment;
  emission.begin = unwrap(segment.seq, to.initial, near);
  emission.end = emission.begin + segment.length();
  emission.ack = segment.flags.ack() ? unwrap(segment.ack, to.other_initial, near_ack) : near_ack;
  emission.window = std::uint64_t{segment.window} << (segment.flags.syn() ? 0U : to.shift);
  emission.heard = heard;
  emission.index = index;
  if (!segment.payload.empty()) {
    const auto data_end = emission.begin + (segment.flags.syn() ? 1 : 0) + std::ssize(segment.payload);
    to.data_end = std::max<StreamOffset>(to.data_end, data_end);
  }
  if (segment.flags.fin() && !to.fin) to.fin = emission.end - 1;
  if (segment.flags.rst() && !to.reset) to.reset = to.all.size();
  to.all.push_back(emission);
}

}  // namespace

Emissions emissions_of(const Conversation& conversation, Host host, const capture::Vantage& vantage) {
  const Syns syns(conversation);
  Emissions emissions;
  emissions.initial = syns.initial(host);
  emissions.other_initial = syns.initial(capture::other(host));
  const Segment* own = syns.first[capture::index_of(host)];
  if (syns.scale()) emissions.shift = std::min<unsigned>(*own->options.window_scale, wire::kTcpMaxWindowShift);
  std::size_t heard = 0;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    if (frame.odd.exact_duplicate) continue;
    if (frame.from != host) {
      ++heard;
      continue;
    }
    const Duration time = frame.time - conversation.frames.front().time - vantage.to(host);
    add_emission(emissions, frame.segment, time, heard, i);
  }
  return emissions;
}

Emissions emissions_of(const Conversation& conversation, const Performance& performance) {
  const Syns syns(conversation);
  Emissions emissions;
  emissions.initial = syns.initial(performance.role);
  emissions.other_initial = syns.initial(capture::other(performance.role));
  const auto& segments = performance.segments;
  const auto own =
      std::find_if(segments.begin(), segments.end(), [](const OurSegment& ours) { return ours.segment.flags.syn(); });
  const Segment* other = syns.first[capture::index_of(capture::other(performance.role))];
  const bool scales =
      own != segments.end() && own->segment.options.window_scale && other != nullptr && other->options.window_scale;
  if (scales) emissions.shift = std::min<unsigned>(*own->segment.options.window_scale, wire::kTcpMaxWindowShift);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    add_emission(emissions, segments[i].segment, segments[i].time - performance.begin, segments[i].deliveries_before,
                 i);
  }
  return emissions;
}

}  // namespace fourtuple::replay
