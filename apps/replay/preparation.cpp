#include "apps/replay/preparation.hpp"

#include <algorithm>

#include "stack/wire/ipv4.hpp"

namespace fourtuple::replay {
namespace {

constexpr std::size_t kHeaders = wire::kIpv4HeaderSize + wire::kTcpHeaderSize;
constexpr std::uint16_t kMssWithoutOption = 536;  // [RFC9293 MUST-15]
constexpr std::size_t kSmallestMtu = 88;
constexpr std::size_t kSmallestBuffer = 256;
constexpr std::size_t kLargestBuffer = std::size_t{64} << 20;
// A window moves in steps of up to a segment [RFC9293 MUST-39] and of its scale: with so much more than the recorded
// host had, ours is never behind the recorded one.
constexpr std::size_t kBufferSlack = 2048;
constexpr std::size_t kSmallestSendBuffer = std::size_t{64} << 10;

[[nodiscard]] const capture::TcpFrame* first_syn(const capture::Conversation& conversation, capture::Host from) {
  for (const capture::TcpFrame& frame : conversation.frames) {
    if (frame.from == from && frame.segment.flags.syn() && !frame.checksum_is_wrong) return &frame;
  }
  return nullptr;
}

// Window fields of a host are to be shifted by so much.
[[nodiscard]] unsigned shift_of(const capture::TcpFrame* own_syn, const capture::TcpFrame* other_syn) {
  if (own_syn == nullptr || other_syn == nullptr || !other_syn->segment.options.window_scale) return 0;
  return std::min<unsigned>(own_syn->segment.options.window_scale.value_or(0), 14);
}

// Follows the recorded host's windows and the octets that came to it.
class BufferEstimate {
 public:
  BufferEstimate(const capture::Conversation& conversation, const ApplicationPlan& plan)
      : conversation_(conversation),
        plan_(plan),
        theirs_(first_syn(conversation, capture::other(plan.host))),
        shift_(shift_of(first_syn(conversation, plan.host), theirs_)) {}

  [[nodiscard]] std::size_t octets() {
    if (theirs_ == nullptr) return largest_window();
    for (const capture::TcpFrame& frame : conversation_.frames) {
      frame.from == plan_.host ? take_own(frame) : take_theirs(frame);
    }
    return static_cast<std::size_t>(std::clamp<StreamOffset>(most_, kSmallestBuffer, kLargestBuffer));
  }

 private:
  // Nobody answered: all that is known is what was offered.
  [[nodiscard]] std::size_t largest_window() const {
    std::size_t largest = kSmallestBuffer;
    for (const capture::TcpFrame& frame : conversation_.frames) {
      if (frame.from == plan_.host) largest = std::max<std::size_t>(largest, frame.segment.window);
    }
    return largest;
  }
  // Up to where the application has read: what came in order, where it reads at once.
  [[nodiscard]] StreamOffset read_end() const { return plan_.reads_by_plan ? 1 : acked_; }

  void take_own(const capture::TcpFrame& frame) {
    if (!frame.segment.flags.ack() || frame.segment.flags.rst()) return;
    const StreamOffset ack = unwrap(frame.segment.ack, theirs_->segment.seq, end_);
    if (ack <= end_) acked_ = std::max(acked_, ack);
    const unsigned shift = frame.segment.flags.syn() ? 0 : shift_;
    const StreamOffset edge = acked_ + (StreamOffset{frame.segment.window} << shift);
    most_ = std::max(most_, edge - std::min(read_end(), acked_));
  }
  void take_theirs(const capture::TcpFrame& frame) {
    const bool takes_room = frame.segment.length() != 0 && !frame.segment.flags.rst();
    if (frame.checksum_is_wrong || !takes_room) return;
    const StreamOffset begin = unwrap(frame.segment.seq, theirs_->segment.seq, end_);
    const StreamOffset end = begin + frame.segment.length();
    if (begin < 0 || begin > end_ + static_cast<StreamOffset>(kLargestBuffer)) return;
    end_ = std::max(end_, end);
    most_ = std::max(most_, end_ - std::min(read_end(), acked_));
  }

  const capture::Conversation& conversation_;
  const ApplicationPlan& plan_;
  const capture::TcpFrame* theirs_;
  unsigned shift_;
  StreamOffset acked_ = 1;
  StreamOffset end_ = 1;
  StreamOffset most_ = 0;
};

// The timestamp clock of our stack ticks in milliseconds; it begins at the recorded host's first value, so that both
// traces read alike.
[[nodiscard]] std::uint32_t timestamp_offset(const capture::TcpFrame& syn, const Timeline& timeline) {
  if (!syn.segment.options.timestamps) return 0;
  const auto ticks = timeline.departure(syn.time).time_since_epoch() / std::chrono::milliseconds(1);
  return syn.segment.options.timestamps->value - static_cast<std::uint32_t>(ticks);
}

[[nodiscard]] std::size_t mtu_of(const SegmentOptions& syn) {
  return std::clamp(syn.mss.value_or(kMssWithoutOption) + kHeaders, kSmallestMtu, wire::kIpv4MaxPacketSize);
}

// [RFC3168 6.1.1]
[[nodiscard]] tcp::EcnUse ecn_of(const capture::TcpFrame& own, const capture::TcpFrame* other) {
  const TcpFlags flags = own.segment.flags;
  if (!flags.ack()) return flags.ece() && flags.cwr() ? tcp::EcnUse::kAsk : tcp::EcnUse::kWhenAsked;
  const bool was_asked = other != nullptr && other->segment.flags.ece() && other->segment.flags.cwr();
  return was_asked && !flags.ece() ? tcp::EcnUse::kOff : tcp::EcnUse::kWhenAsked;
}

}  // namespace

std::size_t receive_buffer_needed(const capture::Conversation& conversation, const ApplicationPlan& plan) {
  if (plan.reads_by_plan && plan.receive_buffer != 0) {
    const auto buffer = static_cast<std::size_t>(std::min<std::uint64_t>(plan.receive_buffer, kLargestBuffer));
    const capture::TcpFrame* const syn = first_syn(conversation, plan.host);
    const std::size_t mss = syn != nullptr ? syn->segment.options.mss.value_or(kMssWithoutOption) : 0;
    return buffer + std::max(kBufferSlack, std::min(mss, buffer / 2));
  }
  return BufferEstimate(conversation, plan).octets();
}

StandInSetup prepare(const capture::Conversation& conversation, const ApplicationPlan& plan, const Timeline& timeline) {
  StandInSetup setup;
  setup.our_port = conversation.host(plan.host).port;
  setup.their_port = conversation.host(capture::other(plan.host)).port;
  setup.receive_buffer = std::max(receive_buffer_needed(conversation, plan), kSmallestBuffer);
  setup.send_buffer = std::clamp(plan.stream.size(), kSmallestSendBuffer, kLargestBuffer);
  const capture::TcpFrame* const syn = first_syn(conversation, plan.host);
  if (syn == nullptr) return setup;
  const SegmentOptions& offered = syn->segment.options;
  setup.initial_sequence = syn->segment.seq.value;
  setup.timestamp_offset = timestamp_offset(*syn, timeline);
  setup.timestamps = offered.timestamps.has_value();
  setup.sack = offered.sack_permitted;
  setup.window_scaling = offered.window_scale.has_value();
  setup.mtu = mtu_of(offered);
  setup.ecn = ecn_of(*syn, first_syn(conversation, capture::other(plan.host)));
  return setup;
}

}  // namespace fourtuple::replay
