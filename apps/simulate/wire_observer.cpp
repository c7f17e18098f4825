#include "apps/simulate/wire_observer.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "apps/simulate/frames.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::simulate {
namespace {

constexpr std::uint64_t kHashStep = 1099511628211U;

std::int64_t or_absolute(const std::optional<SeqNum>& initial, SeqNum number) {
  return initial ? distance(*initial, number) : std::int64_t{number.value};
}

}  // namespace

void WireObserver::require(bool condition, const char* what, const Seen* seen) {
  if (condition || !violation_.empty()) return;
  violation_ = what;
  if (seen == nullptr) return;
  const Segment& segment = *seen->segment;
  violation_ += fmt::format(": host {} port {} sent {} seq {} ack {} win {} ({} octets)", seen->from == 0 ? 'a' : 'b',
                            segment.source_port, to_string(segment.flags), segment.seq.value, segment.ack.value,
                            segment.window, segment.payload.size());
}

void WireObserver::note(ByteView frame, Instant now) {
  const auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * kHashStep; };
  mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  for (std::size_t i = 0; i < frame.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, frame.data() + i, std::min<std::size_t>(8, frame.size() - i));
    mix(word);
    hash_ ^= hash_ >> 29U;
  }
}

void WireObserver::expect(Ports ports, const std::array<Stream, 2>& streams) {
  Talk& talk = talks_[ports];
  talk.streams = streams;
  talk.is_known = true;
}

void WireObserver::on_fate(int /*from*/, std::uint32_t frame, const Fate& fate, ByteView /*packet*/) {
  log_.add_fate(frame, fate);
}

void WireObserver::on_frame(int from, ByteView frame, const OffloadInfo& offload, Instant now) {
  note(frame, now);
  const auto ethernet = wire::EthernetHeader::parse(frame);
  require(ethernet.has_value(), "a frame is shorter than its header", nullptr);
  log_.begin(now, from, frame.size());
  if (!ethernet || ethernet->type != wire::ether_type::kIpv4) return;
  const ByteView packet = frame.subspan(wire::kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet);
  require(ip.has_value(), "an IPv4 header is malformed", nullptr);
  if (!ip || ip->protocol != wire::ip_protocol::kTcp || ip->is_fragment()) return;
  require(ip->ttl > 0, "the TTL is zero", nullptr);
  const auto view = wire::TcpView::parse(packet.subspan(ip->header_size, ip->payload_size()));
  require(view.has_value(), "a TCP header is malformed", nullptr);
  if (!view) return;
  const Segment segment = view->to_segment();
  const bool by_us = from == 0;
  const Seen seen{.from = static_cast<std::size_t>(from),
                  .segment = &segment,
                  .offload = &offload,
                  .now = now,
                  .ports = {by_us ? segment.source_port : segment.destination_port,
                            by_us ? segment.destination_port : segment.source_port}};
  require(wire::parse_tcp_options(view->options()).has_value(), "a TCP option is malformed", &seen);
  require(offload.gso_size != 0 || packet.size() <= mtu_, "a packet exceeds the MTU", &seen);
  require(offload.checksum == ChecksumState::kPartial || is_sound(frame), "a checksum is wrong [RFC9293 MUST-2]",
          &seen);
  judge(seen);
}

void WireObserver::count(const Seen& seen) {
  const Segment& segment = *seen.segment;
  ++segments_;
  const bool bare = segment.payload.empty() && !segment.flags.syn() && !segment.flags.fin() && !segment.flags.rst();
  if (bare) ++bare_acks_[seen.from];
}

void WireObserver::log(const Seen& seen, const Talk& talk) {
  const Segment& segment = *seen.segment;
  const auto& mine = talk.sides[seen.from].initial;
  const auto& other = talk.sides[1 - seen.from].initial;
  LoggedFrame& frame = log_.last();
  frame.is_tcp = true;
  frame.ports = seen.ports;
  frame.flags = segment.flags;
  frame.seq = or_absolute(mine, segment.seq);
  frame.ack = or_absolute(other, segment.ack);
  frame.length = static_cast<std::uint32_t>(segment.payload.size());
  frame.window = segment.window;
  frame.sack_count = static_cast<std::uint8_t>(segment.options.sack_count);
  for (std::size_t i = 0; i < segment.options.sack_count; ++i) {
    frame.sack[i] = {or_absolute(other, segment.options.sack[i].left),
                     or_absolute(other, segment.options.sack[i].right)};
  }
}

void WireObserver::judge(const Seen& seen) {
  count(seen);
  const Segment& segment = *seen.segment;
  Talk& talk = talks_[seen.ports];
  if (segment.flags.syn()) judge_syn(talk, seen);
  log(seen, talk);
  if (segment.flags.syn()) return;
  if (segment.flags.rst()) return judge_reset(talk, seen);
  Side& me = talk.sides[seen.from];
  const Side& peer = talk.sides[1 - seen.from];
  require(me.initial.has_value(), "a segment before the SYN", &seen);
  if (!me.initial || !peer.initial || talk.is_doubtful) return;
  require(segment.flags.ack(), "a segment without ACK after the SYN", &seen);
  const std::size_t largest = seen.offload->gso_size != 0 ? seen.offload->gso_size : segment.payload.size();
  require(largest + segment.options.encoded_size() <= std::max<std::size_t>(peer.mss, 48),
          "a segment exceeds the peer's MSS [RFC9293 MUST-16]", &seen);
  judge_numbers(me, peer, seen);
  judge_offer(me, peer, seen);
  judge_options(me, peer, seen);
  judge_octets(talk, seen);
  talk.is_over = talk.is_over || (me.fin && peer.fin);
}

// What applications did may explain it: who knows of that is asked.
void WireObserver::judge_reset(Talk& talk, const Seen& seen) {
  const bool is_explained = all_resets_allowed_ || talk.is_over || talk.is_doubtful || !talk.sides[seen.from].initial;
  if (!is_explained) resets_.push_back({seen.ports, static_cast<int>(seen.from)});
}

void WireObserver::judge_syn(Talk& talk, const Seen& seen) {
  const Segment& segment = *seen.segment;
  const bool answers = segment.flags.ack();
  if (const auto& known = talk.sides[seen.from].initial; known && *known != segment.seq) {
    const bool begins_anew = !answers;
    if (begins_anew) {
      talk.sides = {};
      talk.is_over = talk.is_doubtful = false;
    } else if (talk.is_over || talk.sides[seen.from].sent_end <= 1 || all_resets_allowed_) {
      talk.sides[seen.from] = {};
      talk.is_doubtful = true;
    }
  }
  Side& me = talk.sides[seen.from];
  const Side& peer = talk.sides[1 - seen.from];
  require(!me.initial || *me.initial == segment.seq, "a repeated SYN has another number", &seen);
  me.initial = segment.seq;
  me.sent_end = std::max<std::int64_t>(me.sent_end, 1);
  me.mss = segment.options.mss.value_or(536);
  me.scale = std::min<std::uint8_t>(segment.options.window_scale.value_or(0), 14);
  me.offers_scale = segment.options.window_scale.has_value();
  me.offers_timestamps = segment.options.timestamps.has_value();
  me.offers_sack = segment.options.sack_permitted;
  if (me.offers_timestamps) me.last_timestamp = segment.options.timestamps->value;
  // The window of a SYN counts from the other's SYN on, as nothing of it has been acknowledged yet.
  me.offered_end = std::max<std::int64_t>(me.offered_end, segment.window + (answers ? 1 : 0));
  if (!answers || !peer.initial) return;
  require(!me.offers_scale || peer.offers_scale, "a SYN-ACK scales though the SYN did not [RFC7323 2.2]", &seen);
  require(!me.offers_timestamps || peer.offers_timestamps, "a SYN-ACK has timestamps though the SYN had none", &seen);
  require(!me.offers_sack || peer.offers_sack, "a SYN-ACK permits SACK though the SYN did not", &seen);
}

// Nothing is sent beyond what the peer ever offered, but for the octet of a probe; nothing behind the FIN.
void WireObserver::judge_numbers(Side& me, const Side& peer, const Seen& seen) {
  const Segment& segment = *seen.segment;
  const std::int64_t begin = distance(*me.initial, segment.seq);
  const std::int64_t text_end = begin + static_cast<std::int64_t>(segment.payload.size());
  const std::int64_t end = text_end + (segment.flags.fin() ? 1 : 0);
  require(begin >= 0, "a segment begins before the SYN", &seen);
  require(begin <= me.sent_end, "a segment leaves a gap in what was sent", &seen);
  require(text_end <= peer.offered_end + 1, "octets beyond the right edge that the peer offered", &seen);
  require(!segment.flags.fin() || !me.fin || *me.fin == text_end, "the FIN has moved", &seen);
  if (segment.flags.fin()) me.fin = text_end;
  require(!me.fin || segment.payload.empty() || text_end <= *me.fin, "octets behind the FIN", &seen);
  me.sent_end = std::max(me.sent_end, end);
  const std::int64_t ack = distance(*peer.initial, segment.ack);
  require(ack <= peer.sent_end, "an ACK of octets that were never sent", &seen);
  require(ack >= me.acked, "an ACK goes back", &seen);
  me.acked = std::max(me.acked, ack);
}

void WireObserver::judge_offer(Side& me, const Side& peer, const Seen& seen) {
  const Segment& segment = *seen.segment;
  const unsigned scale = me.offers_scale && peer.offers_scale ? me.scale : 0;
  const std::int64_t edge = distance(*peer.initial, segment.ack) + (std::int64_t{segment.window} << scale);
  const std::int64_t grain = (std::int64_t{1} << scale) - 1;  // what a scaled field cannot say [RFC7323 2.4]
  require(edge + grain >= me.offered_end, "the right edge moves left [RFC9293 SHLD-14]", &seen);
  me.offered_end = std::max(me.offered_end, edge);
}

void WireObserver::judge_options(Side& me, const Side& peer, const Seen& seen) {
  const SegmentOptions& options = seen.segment->options;
  require(!options.mss && !options.window_scale && !options.sack_permitted, "a SYN's option without SYN", &seen);
  const bool timestamps = me.offers_timestamps && peer.offers_timestamps;
  require(options.timestamps.has_value() == timestamps, "timestamps on every segment or on none [RFC7323 3.2]", &seen);
  if (timestamps && options.timestamps) {
    require(static_cast<std::int32_t>(options.timestamps->value - *me.last_timestamp) >= 0, "TSval goes back", &seen);
    me.last_timestamp = options.timestamps->value;
    require(static_cast<std::int32_t>(*peer.last_timestamp - options.timestamps->echo_reply) >= 0,
            "TSecr echoes what was never sent", &seen);
  }
  require(options.sack_count == 0 || (me.offers_sack && peer.offers_sack), "SACK blocks that were not agreed on",
          &seen);
  for (std::size_t i = 0; i < options.sack_count; ++i) {
    const std::int64_t left = distance(*peer.initial, options.sack[i].left);
    const std::int64_t right = distance(*peer.initial, options.sack[i].right);
    require(left < right && left > 0, "a SACK block is empty", &seen);
    const bool tells_of_duplicate = i == 0 && right <= me.acked;  // [RFC2883 4]
    require(tells_of_duplicate || left > me.acked, "a SACK block is not above the ACK [RFC2018 4]", &seen);
    require(right <= peer.sent_end && right <= me.offered_end, "a SACK block names what was never sent", &seen);
  }
}

// Every octet is the one that belongs there, repeated or not.
void WireObserver::judge_octets(const Talk& talk, const Seen& seen) {
  const Segment& segment = *seen.segment;
  const std::int64_t begin = distance(*talk.sides[seen.from].initial, segment.seq);
  if (segment.payload.empty() || begin < 1 || !talk.is_known) return;
  const auto wrong = talk.streams[seen.from].first_wrong(segment.payload, static_cast<std::uint64_t>(begin - 1));
  require(!wrong, "octets that do not belong there", &seen);
}

}  // namespace fourtuple::simulate
