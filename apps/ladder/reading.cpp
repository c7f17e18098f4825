#include "apps/ladder/reading.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "apps/ladder/direction.hpp"
#include "apps/replay/lost_beyond.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::ladder {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;
using Octets = DirectionRead::Octets;

constexpr std::uint8_t kLargestScale = 14;  // [RFC7323 2.3]
constexpr std::uint32_t kFastRetransmitAcks = 3;

class Reader {
 public:
  explicit Reader(const Conversation& conversation) : conversation_(conversation) {
    find_beginnings();
    find_scales();
    for (const Host host : {Host::kClient, Host::kServer})
      lost_[index_of(host)] = replay::lost_beyond(conversation, host, replay::Timeline(conversation, host));
  }

  std::vector<ReadFrame> read() {
    std::vector<ReadFrame> frames;
    frames.reserve(conversation_.frames.size());
    for (std::size_t i = 0; i < conversation_.frames.size(); ++i) frames.push_back(read_frame(i));
    return frames;
  }

 private:
  [[nodiscard]] DirectionRead& of(Host host) { return directions_[index_of(host)]; }

  // A capture that began in the middle: what is acknowledged first is as good a beginning as any.
  void find_beginnings() {
    std::array<bool, 2> seen{};
    for (const TcpFrame& frame : conversation_.frames) {
      if (frame.checksum_is_wrong || frame.odd.from_a_stranger) continue;
      if (std::exchange(seen[index_of(frame.from)], true)) continue;
      const Host peer = other(frame.from);
      if (frame.segment.flags.ack() && !seen[index_of(peer)]) of(peer).begin_at(frame.segment.ack);
      if (seen[0] && seen[1]) return;
    }
  }

  // Windows are scaled where both SYNs were seen and both said so. [RFC7323 2.2]
  void find_scales() {
    std::array<std::optional<std::uint8_t>, 2> scales;
    for (const TcpFrame& frame : conversation_.frames)
      if (frame.segment.flags.syn()) scales[index_of(frame.from)] = frame.segment.options.window_scale;
    if (!scales[0] || !scales[1]) return;
    for (std::size_t i = 0; i < 2; ++i) directions_[i].window_scale = std::min(*scales[i], kLargestScale);
  }

  ReadFrame read_frame(std::size_t index) {
    const TcpFrame& frame = conversation_.frames[index];
    ReadFrame read;
    read.frame = &frame;
    const bool counts = !frame.checksum_is_wrong && !frame.odd.from_a_stranger;
    if (lost_[index_of(other(frame.from))][index]) read.signs.push_back(Sign::kLost);
    if (frame.checksum_is_wrong) read.signs.push_back(Sign::kDamaged);
    if (frame.odd.from_a_stranger) read.signs.push_back(Sign::kFromAStranger);
    if (frame.odd.exact_duplicate) read.signs.push_back(Sign::kRecordedTwice);
    if (counts) note_octets(read);
    read.line = line_of_frame(frame);
    if (counts) note_acknowledgment(read);
    if (frame.ecn_marked) read.signs.push_back(Sign::kCongestionMark);
    return read;
  }

  [[nodiscard]] observe::SegmentLine line_of_frame(const TcpFrame& frame) {
    const Segment& segment = frame.segment;
    observe::SegmentLine line;
    line.flags = segment.flags;
    line.relative_seq = of(frame.from).is_known() ? of(frame.from).offset_of(segment.seq) : 0;
    if (of(other(frame.from)).is_known()) line.relative_ack = of(other(frame.from)).offset_of(segment.ack);
    line.payload_bytes = static_cast<std::uint32_t>(segment.payload.size()) + frame.cut_octets;
    line.urgent = segment.urgent;
    line.window_bytes = window_of(frame);
    return line;
  }

  [[nodiscard]] std::uint64_t window_of(const TcpFrame& frame) {
    const unsigned scale = frame.segment.flags.syn() ? 0U : of(frame.from).window_scale;
    return std::uint64_t{frame.segment.window} << scale;
  }

  void note_octets(ReadFrame& read) {
    const TcpFrame& frame = *read.frame;
    const StreamOffset end_before = of(frame.from).is_known() ? of(frame.from).end() : 0;
    const DirectionRead::Taken taken = of(frame.from).take(frame);
    switch (taken.octets) {
      case Octets::kNone:
      case Octets::kNew:
        break;
      case Octets::kNewBehindGap:
        add(read, Sign::kGap,
            fmt::format("{} octets missing", observe::grouped(static_cast<std::uint64_t>(taken.missing))));
        break;
      case Octets::kFillGap:
        add(read, Sign::kOutOfOrder, "late, or lost ahead of here");
        break;
      case Octets::kAgain:
        note_repeat(read, taken, end_before);
        break;
    }
    // An ACK of one octet less than everything, with that octet or without it, asks whether the peer is there.
    const Segment& segment = frame.segment;
    const bool is_bare = taken.octets == Octets::kNone && !segment.flags.syn() && !segment.flags.rst();
    if (is_bare && segment.flags.ack() && end_before > 0 && taken.begin == end_before - 1)
      add(read, peer_window_is_closed(frame.from) ? Sign::kWindowProbe : Sign::kKeepAlive, "");
  }

  [[nodiscard]] bool peer_window_is_closed(Host from) {
    const DirectionRead& peer = of(other(from));
    return peer.acknowledged && peer.window == 0;
  }

  void note_repeat(ReadFrame& read, const DirectionRead::Taken& taken, StreamOffset end_before) {
    const TcpFrame& frame = *read.frame;
    if (frame.odd.exact_duplicate) return;
    const bool is_one_octet =
        read.frame->segment.length() <= 1 && !frame.segment.flags.syn() && !frame.segment.flags.fin();
    if (is_one_octet && peer_window_is_closed(frame.from)) return add(read, Sign::kWindowProbe, "");
    if (is_one_octet && taken.begin == end_before - 1 && of(other(frame.from)).acknowledged == end_before)
      return add(read, Sign::kKeepAlive, "");
    const bool is_fast = of(other(frame.from)).duplicate_acks >= kFastRetransmitAcks;
    std::string detail = is_fast ? "fast" : "";
    if (taken.earlier)
      detail += fmt::format("{}of {}, {} later", is_fast ? ", " : "", taken.earlier->number,
                            observe::rounded(frame.time - taken.earlier->time));
    add(read, Sign::kRetransmission, std::move(detail));
  }

  void note_acknowledgment(ReadFrame& read) {
    const TcpFrame& frame = *read.frame;
    const Segment& segment = frame.segment;
    if (!segment.flags.ack() || segment.flags.rst()) return;
    DirectionRead& host = of(frame.from);
    const StreamOffset ack = read.line.relative_ack;
    const std::uint64_t window = window_of(frame);
    note_window(read, host, window);
    note_duplicate(read, host, ack, window);
    if (frame.odd.acks_unseen) add(read, Sign::kAckOfUnseen, "");
    host.acknowledged = std::max(host.acknowledged.value_or(ack), ack);
    host.window = window;
  }

  static void note_window(ReadFrame& read, const DirectionRead& host, std::uint64_t window) {
    if (read.frame->segment.flags.syn()) return;
    if (window == 0) add(read, Sign::kWindowClosed, "");
    if (window != 0 && host.acknowledged && host.window == 0) add(read, Sign::kWindowOpened, "");
  }

  // [RFC5681 2]: nothing but an ACK that says what was said before, while octets are outstanding.
  void note_duplicate(ReadFrame& read, DirectionRead& host, StreamOffset ack, std::uint64_t window) {
    const bool same = host.acknowledged == ack && host.window == window;
    const bool outstanding = of(other(read.frame->from)).end() > ack;
    if (read.frame->segment.length() == 0 && same && outstanding && !read.has(Sign::kKeepAlive)) {
      read.duplicate_acks = ++host.duplicate_acks;
      add(read, Sign::kDuplicateAck, fmt::format("{}", host.duplicate_acks));
    } else if (host.acknowledged != ack) {
      host.duplicate_acks = 0;
    }
  }

  static void add(ReadFrame& read, Sign sign, std::string detail) {
    if (read.signs.empty()) read.detail = std::move(detail);
    read.signs.push_back(sign);
  }

  const Conversation& conversation_;
  std::array<DirectionRead, 2> directions_;
  std::array<std::vector<bool>, 2> lost_;  // by the host that they were sent to
};

}  // namespace

std::string_view name(Sign sign) {
  static constexpr std::array<std::string_view, kSignCount> kNames{
      "retransmission",  "out-of-order",   "gap",           "lost-beyond",    "damaged",
      "duplicate-ack",   "window-closed",  "window-opened", "window-probe",   "keep-alive",
      "congestion-mark", "recorded-twice", "acks-unseen",   "from-a-stranger"};
  return kNames[static_cast<std::size_t>(sign)];
}

bool ReadFrame::has(Sign sign) const { return std::ranges::find(signs, sign) != signs.end(); }

std::vector<ReadFrame> read_conversation(const Conversation& conversation) { return Reader(conversation).read(); }

}  // namespace fourtuple::ladder
