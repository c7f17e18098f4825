#include "tests/support/wire_observer.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "stack/wire/ethernet.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

constexpr std::uint64_t kHashStep = 1099511628211U;

std::string describe(int side, const Segment& segment, Instant now) {
  return fmt::format("{} ms, host {}: {} seq {} ack {} win {} ({} octets)",
                     std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count(), side,
                     to_string(segment.flags), segment.seq.value, segment.ack.value, segment.window,
                     segment.payload.size());
}

}  // namespace

void WireObserver::require(bool condition, const char* what) {
  if (!condition && violation_.empty()) violation_ = fmt::format("{} at {}", what, context_);
}

void WireObserver::note(ByteView frame, Instant now) {
  ++frames_;
  const auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * kHashStep; };
  mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  for (const std::uint8_t octet : frame) mix(octet);
}

void WireObserver::on_frame(int side, ByteView frame, const OffloadInfo& offload, Instant now) {
  note(frame, now);
  context_ = fmt::format("host {}", side);
  const auto ethernet = wire::EthernetHeader::parse(frame);
  require(ethernet.has_value(), "a frame is shorter than its header");
  if (!ethernet || ethernet->type != wire::ether_type::kIpv4) return;
  const ByteView packet = frame.subspan(wire::kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet);
  require(ip.has_value(), "an IPv4 header is malformed");
  if (!ip || ip->protocol != wire::ip_protocol::kTcp) return;
  const auto view = wire::TcpView::parse(packet.subspan(ip->header_size, ip->payload_size()));
  require(view.has_value(), "a TCP header is malformed");
  if (!view) return;
  require(wire::parse_tcp_options(view->options()).has_value(), "a TCP option is malformed");
  const Segment segment = view->to_segment();
  context_ = describe(side, segment, now);
  require(offload.gso_size != 0 || packet.size() <= mtu_, "a packet exceeds the MTU");
  require(offload.checksum == ChecksumState::kPartial || view->checksum_is_good(ip->source, ip->destination),
          "a TCP checksum is wrong [RFC9293 MUST-2]");
  judge(side, *ip, segment, offload);
}

void WireObserver::judge(int side, const wire::Ipv4Header& ip, const Segment& segment, const OffloadInfo& offload) {
  const bool from_client = side == 0;
  const Port client = from_client ? segment.source_port : segment.destination_port;
  const Port server = from_client ? segment.destination_port : segment.source_port;
  require(ip.ttl > 0, "the TTL is zero");
  Talk& talk = talks_[{client, server}];
  if (segment.flags.syn()) return judge_syn(talk, side, segment);
  if (segment.flags.rst()) return require(resets_allowed_ || talk.is_over, "a RST without a cause");
  Side& me = talk.sides[static_cast<std::size_t>(side)];
  const Side& peer = talk.sides[static_cast<std::size_t>(1 - side)];
  me.finished = me.finished || segment.flags.fin();
  talk.is_over = talk.is_over || (me.finished && peer.finished);
  require(me.initial.has_value(), "a segment before the SYN");
  if (!me.initial || !peer.initial) return;
  require(segment.flags.ack(), "a segment without ACK after the SYN");
  const std::size_t largest = offload.gso_size != 0 ? offload.gso_size : segment.payload.size();
  require(largest + segment.options.encoded_size() <= std::max<std::size_t>(peer.mss, 48),
          "a segment exceeds the peer's MSS [RFC9293 MUST-16]");
  judge_numbers(me, peer, segment);
  judge_offer(me, peer, segment);
  judge_options(me, peer, segment);
  judge_octets(side, me, static_cast<std::size_t>(server - kFirstPort), segment);
}

void WireObserver::judge_syn(Talk& talk, int side, const Segment& segment) {
  Side& me = talk.sides[static_cast<std::size_t>(side)];
  const Side& peer = talk.sides[static_cast<std::size_t>(1 - side)];
  const bool new_incarnation = me.initial && *me.initial != segment.seq;
  if (new_incarnation && !segment.flags.ack()) talk = {};
  if (new_incarnation && talk.is_over) me = {};
  require(!me.initial || *me.initial == segment.seq, "a repeated SYN has another number");
  me.initial = segment.seq;
  me.sent_end = std::max<std::int64_t>(me.sent_end, 1);
  me.mss = segment.options.mss.value_or(536);
  me.scale = std::min<std::uint8_t>(segment.options.window_scale.value_or(0), 14);
  me.offers_scale = segment.options.window_scale.has_value();
  me.offers_timestamps = segment.options.timestamps.has_value();
  me.offers_sack = segment.options.sack_permitted;
  if (me.offers_timestamps) me.last_timestamp = segment.options.timestamps->value;
  // The window of a SYN counts from the other's SYN on, as nothing of it has been acknowledged yet.
  me.offered_end = std::max<std::int64_t>(me.offered_end, segment.window + (segment.flags.ack() ? 1 : 0));
  if (!segment.flags.ack() || !peer.initial) return;
  require(!me.offers_scale || peer.offers_scale, "a SYN-ACK scales though the SYN did not [RFC7323 2.2]");
  require(!me.offers_timestamps || peer.offers_timestamps, "a SYN-ACK has timestamps though the SYN had none");
  require(!me.offers_sack || peer.offers_sack, "a SYN-ACK permits SACK though the SYN did not");
}

// Nothing is sent beyond what the peer ever offered, but for the octet of a probe.
void WireObserver::judge_numbers(Side& me, const Side& peer, const Segment& segment) {
  const std::int64_t begin = distance(*me.initial, segment.seq);
  const std::int64_t text_end = begin + static_cast<std::int64_t>(segment.payload.size());
  const std::int64_t end = text_end + (segment.flags.fin() ? 1 : 0);
  require(begin >= 0, "a segment begins before the SYN");
  require(begin <= me.sent_end, "a segment leaves a gap in what was sent");
  require(text_end <= peer.offered_end + 1, "octets beyond the right edge that the peer offered");
  me.sent_end = std::max(me.sent_end, end);
  const std::int64_t ack = distance(*peer.initial, segment.ack);
  require(ack <= peer.sent_end, "an ACK of octets that were never sent");
  require(ack >= me.acked, "an ACK goes back");
  me.acked = std::max(me.acked, ack);
}

void WireObserver::judge_offer(Side& me, const Side& peer, const Segment& segment) {
  const unsigned scale = me.offers_scale && peer.offers_scale ? me.scale : 0;
  const std::int64_t edge = distance(*peer.initial, segment.ack) + (std::int64_t{segment.window} << scale);
  require(edge >= me.offered_end, "the right edge moves left [RFC9293 SHLD-14]");
  me.offered_end = std::max(me.offered_end, edge);
}

void WireObserver::judge_options(Side& me, const Side& peer, const Segment& segment) {
  const SegmentOptions& options = segment.options;
  require(!options.mss && !options.window_scale && !options.sack_permitted, "a SYN's option without SYN");
  const bool timestamps = me.offers_timestamps && peer.offers_timestamps;
  require(options.timestamps.has_value() == timestamps, "timestamps on every segment or on none [RFC7323 3.2]");
  if (timestamps && options.timestamps) {
    require(static_cast<std::int32_t>(options.timestamps->value - *me.last_timestamp) >= 0, "TSval goes back");
    me.last_timestamp = options.timestamps->value;
    require(static_cast<std::int32_t>(*peer.last_timestamp - options.timestamps->echo_reply) >= 0,
            "TSecr echoes what was never sent");
  }
  require(options.sack_count == 0 || (me.offers_sack && peer.offers_sack), "SACK blocks that were not agreed on");
  for (std::size_t i = 0; i < options.sack_count; ++i) {
    const std::int64_t left = distance(*peer.initial, options.sack[i].left);
    const std::int64_t right = distance(*peer.initial, options.sack[i].right);
    require(left < right && left > 0, "a SACK block is empty");
    const bool tells_of_duplicate = i == 0 && right <= me.acked;  // [RFC2883 4]
    require(tells_of_duplicate || left > me.acked, "a SACK block is not above the ACK [RFC2018 4]");
    require(right <= peer.sent_end && right <= me.offered_end, "a SACK block names what was never sent");
  }
}

// Every octet is the one that belongs there, repeated or not.
void WireObserver::judge_octets(int side, const Side& me, std::size_t connection, const Segment& segment) {
  const std::int64_t begin = distance(*me.initial, segment.seq);
  if (segment.payload.empty() || begin < 1) return;
  const auto direction = side == 0 ? Direction::kOurs : Direction::kPeers;
  const auto offset = stream_base(connection) + static_cast<std::uint64_t>(begin - 1);
  require(is_pattern(segment.payload, direction, offset), "octets that do not belong there");
}

}  // namespace fourtuple::test
