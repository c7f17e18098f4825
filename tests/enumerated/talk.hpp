// One TCP layer and one peer, made for tens of thousands of short conversations: no script text, no story.
// Numbers are relative; both initial sequence numbers lie just below 2^32.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "stack/base/packet_buffer.hpp"
#include "stack/tcp/layer.hpp"
#include "tests/enumerated/answer_table.hpp"

namespace fourtuple::enumerated {

// What the layer said, in relative numbers.
struct Said {
  TcpFlags flags;
  std::int64_t seq = 0;
  std::int64_t ack = 0;
  std::int64_t text = 0;
  std::int64_t window = 0;
  SeqNum raw_seq;
};

class Talk {
 public:
  static constexpr std::uint16_t kPeerWindow = 1000;
  static constexpr std::size_t kReceiveBuffer = 2000;
  static constexpr OwnerId kListener = 1;
  static constexpr OwnerId kApplication = 2;

  Talk();

  void listen();
  void connect();
  void accept();
  void send(std::size_t count);
  // Reads all that waits. False where an octet is not the peer's; the first one's number is `from`.
  [[nodiscard]] bool read_all(std::int64_t from);
  void shutdown();
  void close();

  void say(const Arriving& segment);
  // The same for the usual segment of a peer that is fine.
  void say(std::uint8_t flags, std::int64_t seq, std::int64_t ack, std::int64_t text = 0);
  void advance(Duration span);

  [[nodiscard]] const std::vector<Said>& said() const { return said_; }
  void forget_said() { said_.clear(); }
  // What the layer signalled to one of the two since the last call: Readiness bits.
  [[nodiscard]] std::uint8_t take_signals(OwnerId owner);
  [[nodiscard]] const char* broken_invariant() const { return layer_.broken_invariant(); }

  // The connection of the four-tuple, if there is one, and the one the application holds.
  [[nodiscard]] TcpState state() const;
  // `status` also after close(), when the application holds no handle any more.
  [[nodiscard]] std::optional<tcp::Layer::Status> status() const;
  [[nodiscard]] std::optional<tcp::Layer::Status> held_status() const { return layer_.status(id_); }
  // When the connection's earliest timer is due, from now.
  [[nodiscard]] Duration timer_remaining() const;
  [[nodiscard]] std::int64_t snd_una() const;
  [[nodiscard]] std::int64_t snd_wnd() const;
  [[nodiscard]] std::int64_t rcv_nxt() const;
  [[nodiscard]] std::int64_t unread() const;

 private:
  template <class Call>
  auto call(Call&& body);
  void settle();
  [[nodiscard]] const tcp::Connection* current() const;

  Instant now_{std::chrono::hours(1)};
  RandomSource random_ = RandomSource::from_seed(1);
  tcp::Layer layer_;
  tcp::Outbox outbox_;
  BufferPool buffers_;
  tcp::ListenerId listener_;
  tcp::ConnectionId id_;
  std::vector<Said> said_;
  std::array<std::uint8_t, 3> signals_{};  // by owner
  std::uint64_t written_ = 0;
};

}  // namespace fourtuple::enumerated
