#include "apps/replay/host_view.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "apps/replay/host_distance.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;

constexpr std::uint32_t kDefaultMss = 536;      // [RFC9293 MUST-15]
constexpr std::uint8_t kMaxScale = 14;          // [RFC7323 2.3]
constexpr std::uint32_t kTimestampOctets = 12;  // with the two NOPs that everybody puts before them

// What is agreed on for one direction's numbers.
struct Origin {
  std::optional<SeqNum> initial;
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> scale;
  bool timestamps = false;
  StreamOffset last = 0;  // the offset that new numbers are near to
};
using Origins = std::array<Origin, 2>;

void learn_syn(Origin& origin, const Segment& syn) {
  origin.initial = syn.seq;
  origin.mss = syn.options.mss;
  origin.scale = syn.options.window_scale;
  origin.timestamps = syn.options.timestamps.has_value();
}

Origins origins_of(const Conversation& conversation) {
  Origins origins;
  for (const TcpFrame& frame : conversation.frames) {
    Origin& origin = origins[index_of(frame.from)];
    if (!origin.initial && frame.segment.flags.syn() && !frame.checksum_is_wrong) learn_syn(origin, frame.segment);
    if (origins[0].initial && origins[1].initial) return origins;
  }
  for (const TcpFrame& frame : conversation.frames) {  // the capture began in the middle, or somebody never answered
    Origin& own = origins[index_of(frame.from)];
    if (!own.initial) own.initial = frame.segment.seq - 1;
    Origin& peer = origins[index_of(other(frame.from))];
    if (!peer.initial && frame.segment.flags.ack() && !frame.segment.flags.rst()) peer.initial = frame.segment.ack - 1;
  }
  return origins;
}

StreamOffset offset_in(const Origin& origin, SeqNum seq) {
  return origin.initial ? unwrap(seq, *origin.initial, origin.last) : 0;
}

std::uint64_t window_of(const Segment& segment, const Origins& origins, Host from) {
  const bool scaled = origins[0].scale && origins[1].scale && !segment.flags.syn();
  return std::uint64_t{segment.window} << (scaled ? std::min(*origins[index_of(from)].scale, kMaxScale) : 0);
}

// Numbers of hostile frames must not lead the unwrapping astray: it follows what is within a window of the last.
void follow(Origin& origin, StreamOffset offset) {
  constexpr StreamOffset kLargestWindow = StreamOffset{1} << 30;
  if (offset > origin.last && offset - origin.last <= kLargestWindow) origin.last = offset;
}

LivedFrame lived(const TcpFrame& frame, std::size_t index, Host host, Origins& origins) {
  const Segment& segment = frame.segment;
  LivedFrame lived;
  lived.index = index;
  lived.sent = frame.from == host;
  lived.flags = segment.flags;
  lived.octets = frame.octets_on_the_wire();
  Origin& own = origins[index_of(frame.from)];
  lived.seq = offset_in(own, segment.seq) + (segment.flags.syn() ? 1 : 0);
  if (segment.flags.ack()) lived.ack = offset_in(origins[index_of(other(frame.from))], segment.ack);
  lived.window = window_of(segment, origins, frame.from);
  lived.urgent = segment.flags.urg() ? segment.urgent : 0;
  lived.sack_count = segment.options.sack_count;
  follow(own, lived.end_with_fin());
  return lived;
}

// From the first SYN to the segment that completes the handshake, or zero.
Duration handshake_time(const Conversation& conversation) {
  const TcpFrame* syn = nullptr;
  bool is_answered = false;
  for (const TcpFrame& frame : conversation.frames) {
    const TcpFlags flags = frame.segment.flags;
    if (flags.syn() && !flags.ack() && frame.from == Host::kClient && !is_answered) {
      syn = &frame;
    } else if (flags.syn() && flags.ack()) {
      is_answered = true;
    } else if (syn != nullptr && is_answered && frame.from == Host::kClient && flags.ack()) {
      return frame.time - syn->time;
    }
  }
  return {};
}

// Both directions in one order, times moved to the host. Where jitter would let the host answer what has not come, the
// answer waits: a capture's order is an order of causes.
class Merger {
 public:
  Merger(const Conversation& conversation, Host host, Duration away, Duration prompt)
      : frames_(conversation.frames),
        host_(host),
        earlier_(away),
        // Half a prompt less than all the way, so that what the host did at once stands shortly behind its cause even
        // where the way is not always equally long.
        later_(away - std::min(away, prompt / 2)),
        origins_(origins_of(conversation)) {}

  std::vector<LivedFrame> merged() {
    std::vector<LivedFrame> sent;
    std::vector<LivedFrame> came;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      if (frames_[i].checksum_is_wrong || frames_[i].odd.exact_duplicate) continue;
      LivedFrame frame = lived(frames_[i], i, host_, origins_);
      latest_ = std::max(latest_, frames_[i].time);  // clocks may step back; a host's order does not
      frame.time = frame.sent ? latest_ - earlier_ : latest_ + later_;
      (frame.sent ? sent : came).push_back(frame);
    }
    return merge(sent, came);
  }

 private:
  std::vector<LivedFrame> merge(const std::vector<LivedFrame>& sent, const std::vector<LivedFrame>& came) {
    const std::vector<StreamOffset> later_acks = lowest_later_acks(sent);
    std::vector<LivedFrame> merged;
    merged.reserve(sent.size() + came.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      for (; next < came.size() && is_before(came[next], sent[i]); ++next) take(merged, came[next]);
      const bool goes_back = sent[i].ack > received_ && later_acks[i] < sent[i].ack;
      if (!goes_back) take(merged, sent[i]);
    }
    for (; next < came.size(); ++next) take(merged, came[next]);
    return merged;
  }

  // Who acknowledges what was never sent, and then less, is not one: somebody else put that frame there, and the other
  // host dropped it. [RFC5961 5.2]
  static std::vector<StreamOffset> lowest_later_acks(const std::vector<LivedFrame>& sent) {
    std::vector<StreamOffset> lowest(sent.size(), std::numeric_limits<StreamOffset>::max());
    for (std::size_t i = sent.size(); i > 1; --i) {
      const LivedFrame& later = sent[i - 1];
      const bool counts = later.flags.ack() && !later.flags.rst();
      lowest[i - 2] = counts ? std::min(lowest[i - 1], later.ack) : lowest[i - 1];
    }
    return lowest;
  }

  bool is_before(const LivedFrame& came, const LivedFrame& sent) const {
    if (came.time < sent.time || (came.time == sent.time && came.index < sent.index)) return true;
    return came.index < sent.index && ((sent.flags.ack() && sent.ack > received_) || is_echoed(came, sent));
  }

  bool is_echoed(const LivedFrame& came, const LivedFrame& sent) const {
    const auto& theirs = frames_[came.index].segment.options.timestamps;
    const auto& ours = frames_[sent.index].segment.options.timestamps;
    return theirs && ours && sent.flags.ack() && distance(SeqNum{theirs->value}, SeqNum{ours->echo_reply}) >= 0;
  }

  void take(std::vector<LivedFrame>& merged, LivedFrame frame) {
    if (!merged.empty()) frame.time = std::max(frame.time, merged.back().time);
    frame.after = last_came_;
    if (!frame.sent) {
      received_ = std::max(received_, frame.end_with_fin());
      last_came_ = frame.index;
    }
    merged.push_back(frame);
  }

  const std::vector<TcpFrame>& frames_;
  Host host_;
  Duration earlier_;
  Duration later_;
  Origins origins_;
  capture::CaptureTime latest_ = capture::CaptureTime::min();
  StreamOffset received_ = 0;
  std::optional<std::size_t> last_came_;
};

std::uint32_t full_size_of(const Origins& origins, Host host) {
  const std::uint32_t allowed = origins[index_of(other(host))].mss.value_or(kDefaultMss);
  const std::uint32_t own = origins[index_of(host)].mss.value_or(allowed);  // what its own link carries
  const std::uint32_t options = origins[0].timestamps && origins[1].timestamps ? kTimestampOctets : 0;
  return std::max(std::min(allowed, own), options + 1) - options;
}

}  // namespace

HostView view_of(const Conversation& conversation, Host host) {
  HostView view;
  view.full_size = full_size_of(origins_of(conversation), host);
  view.prompt = std::clamp<Duration>(handshake_time(conversation) / 10, 800us, 4ms);
  view.distance = distance_of(conversation, host);
  view.frames = Merger(conversation, host, view.distance, view.prompt).merged();
  return view;
}

}  // namespace fourtuple::replay
