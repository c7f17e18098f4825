// F7: conversations with the TCP layer in every state, several connections at once. After each record the layer's
// invariants hold, time moves on, what is sent is well-formed, and what is read is what was sent.
#include <algorithm>
#include <utility>

#include "tests/fuzz/tcp_peers.hpp"

namespace fourtuple::fuzz {
namespace {

constexpr Ipv4Address kUs{0x0a000004};
constexpr Ipv4Address kThem{0x0a000005};
constexpr tcp::PathInfo kPath{1460, 1460, 0};

tcp::TcpConfig small_config() {
  tcp::TcpConfig config;
  config.receive_buffer_bytes = 20'000;
  config.send_buffer_bytes = 20'000;
  config.memory_pressure_bytes = 30'000;
  config.memory_limit_bytes = 60'000;
  config.max_connections = 6;
  config.max_time_wait = 2;
  config.max_syn_backlog = 3;
  config.max_out_of_order_segments = 16;
  config.check_invariants = true;
  return config;
}

// Small steps around a number are where the edges are; now and then anywhere.
std::uint32_t step_from(Input& input) {
  const std::uint8_t kind = input.octet();
  if (kind < 128) return static_cast<std::uint32_t>(static_cast<std::int32_t>(kind % 8) - 3);
  if (kind < 240) return static_cast<std::uint32_t>(static_cast<std::int16_t>(input.word()));
  return input.double_word();
}

}  // namespace

TcpPeers::TcpPeers() : random_(RandomSource::from_seed(1)), layer_(small_config(), random_) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    peers_[i].name = {{kUs, 80}, {kThem, static_cast<Port>(5000 + i)}};
    peers_[i].next = {0xffffff00U + static_cast<std::uint32_t>(i)};
  }
  binding_ = call([&](auto& context) { return layer_.bind({IpAddress{}, 80}, true, false, context); }).value();
  listen();
}

void TcpPeers::listen() {
  if (const auto listener = layer_.listen(binding_, 2, {}, 1)) listener_ = *listener;
}

void TcpPeers::step(Input& input) {
  const std::uint8_t what = input.octet();
  Peer& peer = peers_[what >> 6U];
  switch (what % 16) {
    case 0:
      wait(input);
      break;
    case 1:
      open(input, peer);
      break;
    case 2:
      accept();
      break;
    case 3:
      write(input, peer);
      break;
    case 4:
      read(input, peer);
      break;
    case 5:
      end(input, peer);
      break;
    case 6:
      report(input, peer);
      break;
    case 7:
      change(input, peer);
      break;
    default:
      say_segment(input);
      break;
  }
  settle();
}

SegmentOptions TcpPeers::some_options(Input& input, Peer& peer) const {
  SegmentOptions options;
  const std::uint8_t which = input.octet();
  if ((which & 1) != 0) options.mss = input.word();
  if ((which & 2) != 0) options.window_scale = input.octet();
  options.sack_permitted = (which & 4) != 0;
  if ((which & 8) != 0) {
    peer.timestamp += step_from(input);
    options.timestamps = TcpTimestamps{peer.timestamp, peer.our_timestamp + step_from(input)};
  }
  for (options.sack_count = 0; options.sack_count < (which >> 4U) % 5; ++options.sack_count) {
    const SeqNum left = peer.our_next - static_cast<std::uint32_t>(input.word() % 4096);
    options.sack[options.sack_count] = {left, left + input.octet()};
  }
  return options;
}

// One to three segments in a batch.
void TcpPeers::say_segment(Input& input) {
  const int count = input.octet() % 3 + 1;
  call([&](auto& context) {
    for (int i = 0; i < count; ++i) {
      Peer& peer = peers_[input.octet() % peers_.size()];
      Segment segment;
      segment.source_port = peer.name.remote.port;
      segment.destination_port = peer.name.local.port;
      segment.flags = {input.octet()};
      segment.seq = peer.next + step_from(input);
      segment.ack = peer.our_next + step_from(input);
      segment.window = input.word();
      if (segment.flags.urg()) segment.urgent = input.word();
      if (segment.flags.urg()) peer.octets_known = false;
      segment.options = some_options(input, peer);
      std::vector<std::uint8_t> payload(input.octet() * std::size_t{8});
      for (std::uint32_t k = 0; k < payload.size(); ++k) {
        payload[k] = octet_at(segment.seq + k + (segment.flags.syn() ? 1U : 0U));
      }
      auto buffer = buffers_.copy(payload);
      require(buffer.has_value(), "memory for a packet");
      segment.payload = std::as_const(*buffer).bytes();
      layer_.receive(peer.name.local.address, peer.name.remote.address, segment, std::move(*buffer), kPath, context);
    }
    layer_.end_batch(context);
  });
}

void TcpPeers::wait(Input& input) {
  const std::uint8_t kind = input.octet();
  const Duration span = kind < 128 ? Duration(std::chrono::milliseconds(kind)) : std::chrono::seconds(kind - 127);
  const Instant end = now_ + span;
  for (int steps = 0; steps < 200 && layer_.next_deadline() <= end; ++steps) {
    now_ = std::max(now_, layer_.next_deadline());
    settle();
  }
  now_ = end;
}

void TcpPeers::adopt(Peer& peer, tcp::ConnectionId id) {
  if (layer_.status(peer.connection)) call([&](auto& context) { layer_.close(peer.connection, context); });
  peer.connection = id;
  peer.octets_read = 0;
}

void TcpPeers::open(Input& input, Peer& peer) {
  tcp::ConnectionOptions options;
  options.no_delay = (input.octet() & 1) != 0;
  const auto id = call(
      [&](auto& context) { return layer_.connect(peer.name.local, peer.name.remote, kPath, options, 2, context); });
  if (id) adopt(peer, *id);
}

void TcpPeers::accept() {
  const auto id = call([&](auto& context) { return layer_.accept(listener_, context); });
  if (!id) return;
  const auto status = layer_.status(*id);
  require(status.has_value(), "an accepted connection is alive");
  for (Peer& peer : peers_) {
    if (peer.name == status->name) return adopt(peer, *id);
  }
  require(false, "an accepted connection belongs to a peer");
}

void TcpPeers::write(Input& input, Peer& peer) {
  const std::vector<std::uint8_t> octets(input.word() % 5000 + 1U, 0x55);
  const std::uint8_t flags = input.octet();
  const ByteView piece(octets);
  const auto result = call([&](auto& context) {
    return layer_.send(peer.connection, {&piece, 1}, {.more = flags % 8 == 1, .urgent = flags % 8 == 2}, context);
  });
  require(!result || (*result > 0 && *result <= octets.size()), "send takes between one and all octets");
}

void TcpPeers::read(Input& input, Peer& peer) {
  std::vector<std::uint8_t> octets(input.word() % 5000 + 1U);
  const std::uint8_t flags = input.octet();
  if (flags % 8 == 3) {
    peer.octets_known = false;
    (void)call([&](auto& context) { return layer_.receive_urgent(peer.connection, (flags & 8) != 0, context); });
    return;
  }
  const tcp::Connection* const connection = layer_.inspect(peer.connection);
  const SeqNum first = connection != nullptr ? connection->tcb().rcv.irs + 1 : SeqNum{};
  const bool peeks = flags % 8 == 4;
  const ByteSpan piece(octets);
  const auto result = call([&](auto& context) {
    return layer_.receive_data(peer.connection, {&piece, 1}, {.peek = peeks}, context);
  });
  if (!result) return;
  require(*result <= octets.size(), "receive fills no more than there is room for");
  for (std::uint32_t i = 0; peer.octets_known && i < *result; ++i) {
    const SeqNum seq = first + static_cast<std::uint32_t>(peer.octets_read) + i;
    require(octets[i] == octet_at(seq), "the octet read is the one that was sent");
  }
  if (!peeks) peer.octets_read += *result;
}

void TcpPeers::end(Input& input, Peer& peer) {
  const auto id = peer.connection;
  const std::uint8_t how = input.octet() % 8;
  call([&](auto& context) {
    if (how == 0) return layer_.close(id, context);
    if (how == 1) return layer_.abort(id, context);
    if (how == 2) return layer_.disconnect(id, context);
    if (how == 3) return layer_.close(listener_, context);
    if (how == 4) (void)layer_.shutdown_receive(id, context);
    if (how > 4) (void)layer_.shutdown_send(id, context);
  });
  if (how == 3) listen();
  if (how == 4) peer.octets_known = false;  // what comes is thrown away
}

void TcpPeers::report(Input& input, Peer& peer) {
  tcp::NetworkReport report;
  report.kind = static_cast<tcp::NetworkReport::Kind>(input.octet() % 3);
  report.error = std::errc::host_unreachable;
  report.send_mss = input.word();
  report.quoted_seq = peer.our_next + step_from(input);
  call([&](auto& context) { layer_.report(peer.name, report, context); });
}

void TcpPeers::change(Input& input, Peer& peer) {
  const auto* const current = layer_.options(peer.connection);
  if (current == nullptr) return;
  tcp::ConnectionOptions options = *current;
  const std::uint8_t which = input.octet();
  options.no_delay = (which & 1) != 0;
  options.cork = (which & 2) != 0;
  options.keep_alive = (which & 4) != 0;
  options.keep_alive_idle = std::chrono::seconds(5);
  options.user_timeout = std::chrono::seconds((which & 8) != 0 ? 7 : 0);
  options.urgent_inline = (which & 16) != 0;
  if ((which & 32) != 0) options.receive_buffer_bytes = input.word();
  if ((which & 64) != 0) options.send_buffer_bytes = input.word();
  if ((which & 128) != 0) options.max_segment = input.word();
  call([&](auto& context) {
    layer_.set_options(peer.connection, options, context);
    layer_.set_quick_ack(peer.connection, (which & 1) != 0, context);
  });
}

// What may leave, whatever came in; and what the peers learn from it.
void TcpPeers::judge(const tcp::OutSegment& segment) {
  const Segment& header = segment.header;
  std::size_t octets = 0;
  for (std::size_t i = 0; i < segment.piece_count; ++i) octets += segment.pieces[i].size();
  require(octets == segment.payload_bytes, "payload_bytes is the sum of the pieces");
  require(header.options.encoded_size() <= 40, "the options fit the header");
  require(segment.gso_size != 0 || octets + header.options.encoded_size() <= 1460, "the segment fits the path");
  require(header.flags.syn() || header.flags.rst() || header.flags.ack(), "an ACK on everything but SYN and RST");
  require(!(header.flags.syn() && header.flags.fin()) && !(header.flags.syn() && header.flags.rst()), "sane flags");
  require(!header.flags.urg() || header.urgent != 0, "an urgent pointer that points somewhere");
  for (Peer& peer : peers_) {
    if (peer.name != segment.name) continue;
    const std::uint32_t length =
        segment.payload_bytes + (header.flags.syn() ? 1U : 0U) + (header.flags.fin() ? 1U : 0U);
    peer.our_next = header.seq + length;
    if (header.flags.ack() && !header.flags.rst()) peer.next = header.ack;
    if (header.options.timestamps) peer.our_timestamp = header.options.timestamps->value;
  }
}

void TcpPeers::settle() {
  for (int rounds = 0; rounds == 0 || layer_.next_deadline() <= now_; ++rounds) {
    require(rounds < 100, "after advance() the next deadline lies ahead");
    call([&](auto& context) { layer_.advance(context); });
    for (const auto& segment : outbox_.segments) judge(segment);
    require(outbox_.segments.size() < 2000, "no storm of segments");
    outbox_.segments.clear();
    outbox_.notices.clear();
  }
  const char* const broken = layer_.broken_invariant();
  require(broken == nullptr, broken);
  require(layer_.connection_count() <= layer_.config().max_connections, "no more connections than the limit");
}

}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::Input input(data, size);
  fourtuple::fuzz::TcpPeers peers;
  while (!input.empty()) peers.step(input);
  return 0;
}
