#include "tests/enumerated/talk.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <utility>

#include "stack/tcp/connection.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::enumerated {
namespace {

using test::Direction;

constexpr SeqNum kOurFirst{0xffffffb0};
constexpr SeqNum kPeersFirst{0xffffffc8};
constexpr FourTuple kName{{Ipv4Address{0x0a000004}, 80}, {Ipv4Address{0x0a000005}, 50000}};
constexpr tcp::PathInfo kPath{1460, 1460, 0};

tcp::TcpConfig exact_config() {
  tcp::TcpConfig config;
  config.fixed_initial_sequence = kOurFirst.value;
  config.window_scaling = config.timestamps = config.sack = false;
  config.check_invariants = true;
  return config;
}

tcp::ConnectionOptions small_window() {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = Talk::kReceiveBuffer;
  options.urgent_inline = true;  // one read takes all
  return options;
}

}  // namespace

Talk::Talk() : layer_(exact_config(), random_) {}

template <class Call>
auto Talk::call(Call&& body) {
  tcp::Context context{now_, random_, {}, outbox_};
  if constexpr (std::is_void_v<decltype(body(context))>) {
    body(context);
    settle();
  } else {
    auto result = body(context);
    settle();
    return result;
  }
}

void Talk::settle() {
  for (const auto& segment : outbox_.segments) {
    const bool has_ack = segment.header.flags.ack();
    said_.push_back({segment.header.flags, distance(kOurFirst, segment.header.seq),
                     has_ack ? distance(kPeersFirst, segment.header.ack) : 0,
                     static_cast<std::int64_t>(segment.payload_bytes), segment.header.window, segment.header.seq});
  }
  outbox_.segments.clear();
  for (const Notice& notice : outbox_.notices) signals_.at(notice.owner) |= notice.changed.bits;
  outbox_.notices.clear();
}

void Talk::listen() {
  call([&](tcp::Context& context) {
    const auto binding = layer_.bind({IpAddress{}, kName.local.port}, false, false, context);
    const auto listener = binding ? layer_.listen(*binding, 16, small_window(), kListener) : failure(binding.error());
    ASSERT_TRUE(listener);
    listener_ = *listener;
  });
}

void Talk::connect() {
  call([&](tcp::Context& context) {
    const auto id = layer_.connect(kName.local, kName.remote, kPath, small_window(), kApplication, context);
    ASSERT_TRUE(id);
    id_ = *id;
  });
}

void Talk::accept() {
  const auto id = call([&](tcp::Context& context) { return layer_.accept(listener_, context); });
  ASSERT_TRUE(id);
  id_ = *id;
  layer_.set_owner(id_, kApplication);
}

std::uint8_t Talk::take_signals(OwnerId owner) { return std::exchange(signals_.at(owner), std::uint8_t{0}); }

void Talk::send(std::size_t count) {
  const auto octets = test::pattern(Direction::kOurs, written_, count);
  const ByteView piece(octets);
  const auto taken = call([&](tcp::Context& context) { return layer_.send(id_, {&piece, 1}, {}, context); });
  ASSERT_EQ(taken, count);
  written_ += count;
}

bool Talk::read_all(std::int64_t from) {
  if (!id_) accept();
  std::array<std::uint8_t, 2 * kReceiveBuffer> octets{};
  const ByteSpan piece(octets);
  const auto count = call([&](tcp::Context& context) { return layer_.receive_data(id_, {&piece, 1}, {}, context); });
  if (!count) return true;
  return test::is_pattern(ByteView(octets).first(*count), Direction::kPeers, static_cast<std::uint64_t>(from - 1));
}

void Talk::shutdown() {
  call([&](tcp::Context& context) { ASSERT_TRUE(layer_.shutdown_send(id_, context)); });
}

void Talk::close() {
  call([&](tcp::Context& context) { layer_.close(id_, context); });
}

void Talk::say(const Arriving& segment) {
  Segment header;
  header.source_port = kName.remote.port;
  header.destination_port = kName.local.port;
  header.seq = kPeersFirst + static_cast<std::uint32_t>(segment.seq);
  if (segment.flags.ack()) header.ack = kOurFirst + static_cast<std::uint32_t>(segment.ack);
  header.flags = segment.flags;
  header.window = segment.window;
  header.urgent = segment.urgent;
  if (segment.flags.syn()) header.options.mss = 1460;
  const auto offset = static_cast<std::uint64_t>(segment.text_begin() - 1);
  auto buffer = buffers_.copy(test::pattern(Direction::kPeers, offset, static_cast<std::size_t>(segment.text)));
  ASSERT_TRUE(buffer);
  header.payload = std::as_const(*buffer).bytes();
  call([&](tcp::Context& context) {
    layer_.receive(kName.local.address, kName.remote.address, header, std::move(*buffer), kPath, context);
    layer_.end_batch(context);
  });
}

void Talk::say(std::uint8_t flags, std::int64_t seq, std::int64_t ack, std::int64_t text) {
  say(Arriving{.flags = {flags}, .seq = seq, .ack = ack, .text = text, .window = kPeerWindow});
}

void Talk::advance(Duration span) {
  const Instant end = now_ + span;
  for (int rounds = 0; rounds < 1000 && layer_.next_deadline() <= end; ++rounds) {
    now_ = std::max(now_, layer_.next_deadline());
    call([&](tcp::Context& context) { layer_.advance(context); });
  }
  now_ = end;
}

const tcp::Connection* Talk::current() const {
  const tcp::Connection* found = nullptr;
  layer_.for_each([&](const tcp::SocketRow& row) {
    if (row.name == kName) found = layer_.inspect(row.id);
  });
  return found;
}

TcpState Talk::state() const {
  const auto* const connection = current();
  return connection == nullptr ? TcpState::kClosed : connection->state();
}

std::optional<tcp::Layer::Status> Talk::status() const {
  const auto* const connection = current();
  return connection == nullptr ? std::nullopt : std::optional(connection->status());
}

Duration Talk::timer_remaining() const {
  const auto* const connection = current();
  return connection == nullptr ? Duration::zero() : connection->deadline() - now_;
}

std::int64_t Talk::snd_una() const {
  const auto* const connection = current();
  return connection == nullptr ? 0 : connection->tcb().snd.una;
}

std::int64_t Talk::snd_wnd() const {
  const auto* const connection = current();
  return connection == nullptr ? 0 : connection->tcb().snd.wnd;
}

std::int64_t Talk::rcv_nxt() const {
  const auto* const connection = current();
  return connection == nullptr ? 0 : distance(kPeersFirst, wrap(connection->tcb().rcv.nxt, connection->tcb().rcv.irs));
}

std::int64_t Talk::unread() const {
  const auto* const connection = current();
  return connection == nullptr ? 0 : static_cast<std::int64_t>(connection->unread_bytes());
}

}  // namespace fourtuple::enumerated
