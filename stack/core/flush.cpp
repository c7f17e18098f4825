// TCP goes out: the outbox becomes frames, with headers built into one arena and payload gathered from where it lies.
#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "stack/core/parts.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kIpStart = wire::kEthernetHeaderSize;
// Loopback and an outbox that filled up may need further rounds; what is left after these waits for the next call.
constexpr int kMaxRounds = 64;

std::size_t tcp_header_size(const tcp::OutSegment& segment) {
  return wire::kTcpHeaderSize + segment.header.options.encoded_size();
}

// Octets of the largest IP packet that this becomes on the wire, IP options aside.
std::size_t largest_packet(const tcp::OutSegment& segment) {
  const std::size_t payload =
      segment.gso_size != 0 ? std::min<std::size_t>(segment.gso_size, segment.payload_bytes) : segment.payload_bytes;
  return wire::kIpv4HeaderSize + tcp_header_size(segment) + payload;
}

wire::Ipv4Header ip_header_of(const tcp::OutSegment& segment) {
  wire::Ipv4Header header;
  header.tos = segment.tos;  // [RFC9293 MUST-48, SHLD-22] [RFC1122 3.2.1.6]
  header.ttl = segment.ttl;  // [RFC9293 MUST-49]
  header.dont_fragment = segment.dont_fragment;
  header.protocol = wire::ip_protocol::kTcp;
  header.source = segment.name.local.address.v4();  // [RFC9293 MUST-45]
  header.destination = segment.name.remote.address.v4();
  return header;
}

}  // namespace

void Stack::Parts::settle(Instant now) {
  for (int round = 0; round < kMaxRounds; ++round) {
    const bool was_full = outbox.is_full();
    flush(now);
    tcp::Context tcp_context = context(now);
    if (was_full) tcp.advance(tcp_context);  // the engine had more to say
    // What is in the outbox points into send queues, so it leaves before an ACK can release them.
    if (outbox.segments.empty() && !loopback.empty()) receive_loopback(now);
    if (outbox.segments.empty() && loopback.empty() && egress.is_empty()) return;
  }
  flush(now);
}

void Stack::Parts::flush(Instant now) {
  leaving.swap(outbox.segments);
  last_hop.is_valid = false;
  for (const tcp::OutSegment& segment : leaving) {
    emit_segment(segment, now);
    if (egress.is_full()) egress.send(now, tracer(now));
  }
  if (!egress.is_empty()) egress.send(now, tracer(now));
  leaving.clear();
  if (!reports.empty()) deliver_reports(now);
}

void Stack::Parts::emit_segment(const tcp::OutSegment& segment, Instant now) {
  using Kind = tcp::NetworkReport::Kind;
  const wire::IpOptions& options = options_for(segment.name);  // [RFC1122 3.2.1.8(a)] [RFC9293 MUST-51]
  // Whoever cuts a super-segment sums over the addresses that it sees, which a source route makes the wrong ones.
  if (!options.empty() && segment.gso_size != 0) return emit_one_by_one(segment, now);
  const Ipv4Address remote = options.first_hop(segment.name.remote.address.v4());
  if (!last_hop.is_valid || last_hop.remote != remote) {
    const auto exit = exit_to(remote, {.neighbours_only = options.is_strict()});
    if (!exit || exit->kind == Exit::Kind::kBroadcast || exit->kind == Exit::Kind::kMulticast) {
      const std::errc error = exit ? std::errc::network_unreachable : exit.error();
      return refuse_segment(segment, DropReason::kIpNoRoute, {Kind::kSoft, error, 0, segment.header.seq}, now);
    }
    const bool is_local = exit->kind == Exit::Kind::kLocal;
    last_hop = {remote, *exit, is_local ? std::optional<MacAddress>(MacAddress{}) : link_address(*exit, now), true};
  }
  const Exit& exit = last_hop.exit;
  if (largest_packet(segment) + options.size() > exit.mtu) {
    if (!segment.dont_fragment && segment.gso_size == 0) return fragment_segment(segment, exit, options, now);
    const auto mss =
        static_cast<std::uint16_t>(exit.mtu - wire::kIpv4HeaderSize - options.size() - wire::kTcpHeaderSize);
    return refuse_segment(segment, DropReason::kIpTooBig,
                          {Kind::kPacketTooBig, std::errc::message_size, mss, segment.header.seq}, now);
  }
  const TransmitFrame frame = build_frame(segment, last_hop.mac.value_or(MacAddress{}), exit, options);
  if (exit.kind == Exit::Kind::kLocal) {
    auto copy = copy_frame(frame, pool);
    if (!copy) return drop(DropReason::kNoBuffer, frame.pieces[0], now);
    return loop_back(ip::kLoopbackInterface, std::move(*copy), segment.cause, now);
  }
  if (!last_hop.mac) return park(exit, frame, segment.cause, now);
  egress.add(exit.interface_index, frame, segment.cause, tracer(now));
}

// The pieces of a super-segment as segments of their own.
void Stack::Parts::emit_one_by_one(const tcp::OutSegment& segment, Instant now) {
  std::size_t piece = 0;
  std::size_t offset = 0;  // within the piece
  for (std::size_t done = 0; done < segment.payload_bytes;) {
    const std::size_t wanted = std::min<std::size_t>(segment.gso_size, segment.payload_bytes - done);
    tcp::OutSegment one = segment;
    one.gso_size = 0;
    one.piece_count = 0;
    one.payload_bytes = static_cast<std::uint32_t>(wanted);
    one.header.seq = segment.header.seq + static_cast<std::uint32_t>(done);
    done += wanted;
    // FIN and PSH belong to the last of them alone.
    if (done < segment.payload_bytes) {
      one.header.flags.bits = static_cast<std::uint8_t>(one.header.flags.bits & ~(TcpFlags::kFin | TcpFlags::kPsh));
    }
    for (std::size_t missing = wanted; missing != 0;) {
      const ByteView rest = segment.pieces[piece].subspan(offset);
      const std::size_t taken = std::min(rest.size(), missing);
      one.pieces[one.piece_count++] = rest.first(taken);
      missing -= taken;
      offset += taken;
      if (taken == rest.size()) ++piece, offset = 0;
    }
    emit_segment(one, now);
  }
}

TransmitFrame Stack::Parts::build_frame(const tcp::OutSegment& segment, const MacAddress& to, const Exit& exit,
                                        const wire::IpOptions& options) {
  const std::size_t ip_header = wire::kIpv4HeaderSize + options.size();
  const std::size_t tcp_start = kIpStart + ip_header;
  const ByteSpan headers = egress.headers().room();
  const MacAddress from = exit.kind == Exit::Kind::kLocal ? MacAddress{} : interfaces[exit.interface_index].config.mac;
  wire::EthernetHeader{.destination = to, .source = from, .type = wire::ether_type::kIpv4}.emit(headers);
  const std::size_t tcp_header =
      wire::emit_tcp_header(segment.header, headers.subspan(tcp_start), config.tcp.syn_options);
  const std::size_t tcp_bytes = tcp_header + segment.payload_bytes;
  wire::Ipv4Header ip = ip_header_of(segment);
  ip.total_length = static_cast<std::uint16_t>(ip_header + tcp_bytes);
  ip.header_size = static_cast<std::uint8_t>(ip_header);
  ip.destination = options.first_hop(segment.name.remote.address.v4());
  const std::size_t packets = segment.gso_size == 0 ? 1 : segment.payload_bytes / segment.gso_size + 1;
  ip.identification = identification.take(ip.source, ip.destination, ip.protocol, packets);
  options.emit(headers.subspan(kIpStart + wire::kIpv4HeaderSize), segment.name.remote.address.v4());
  ip.emit(headers.subspan(kIpStart));
  const std::uint16_t pseudo_sum = wire::pseudo_header_sum(segment.name.local.address, segment.name.remote.address,
                                                           ip.protocol, static_cast<std::uint32_t>(tcp_bytes))
                                       .folded();
  wire::store_be16(headers.data() + tcp_start + wire::kTcpChecksumOffset, pseudo_sum);  // [RFC9293 MUST-2]
  TransmitFrame frame;
  frame.pieces[0] = egress.headers().commit(tcp_start + tcp_header);
  std::copy_n(segment.pieces.begin(), segment.piece_count, frame.pieces.begin() + 1);
  frame.piece_count = static_cast<std::uint8_t>(segment.piece_count + 1);
  // The sum over the rest is filled in by the device, or on the way to it where the device cannot.
  frame.offload = {.checksum = ChecksumState::kPartial,
                   .checksum_start = static_cast<std::uint16_t>(tcp_start),
                   .checksum_offset = wire::kTcpChecksumOffset,
                   .gso_size = segment.gso_size,
                   .header_length = static_cast<std::uint16_t>(tcp_start + tcp_header)};
  return frame;
}

// Path MTU discovery is off and the path is small: the segment leaves in IP fragments, so its checksum must be final.
void Stack::Parts::fragment_segment(const tcp::OutSegment& segment, const Exit& exit, const wire::IpOptions& options,
                                    Instant now) {
  const TransmitFrame frame = build_frame(segment, {}, exit, options);
  auto copy = copy_frame(frame, pool);
  if (!copy) return drop(DropReason::kNoBuffer, frame.pieces[0], now);
  copy->remove_front(kIpStart + wire::kIpv4HeaderSize + options.size());
  const ByteSpan bytes = copy->bytes();
  wire::store_be16(bytes.data() + wire::kTcpChecksumOffset, wire::internet_checksum(bytes));
  IpPacket packet{
      .header = ip_header_of(segment), .payload = std::move(*copy), .cause = segment.cause, .options = options};
  (void)send_packet(std::move(packet), exit, now);
}

void Stack::Parts::refuse_segment(const tcp::OutSegment& segment, DropReason reason, const tcp::NetworkReport& report,
                                  Instant now) {
  drop(reason, {}, now);
  reports.emplace_back(segment.name, report);
}

void Stack::Parts::deliver_reports(Instant now) {
  const auto pending = std::exchange(reports, {});
  tcp::Context tcp_context = context(now);
  for (const auto& [name, report] : pending) tcp.report(name, report, tcp_context);
  tcp.end_batch(tcp_context);
}

}  // namespace fourtuple
