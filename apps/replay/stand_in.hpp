// Our stack with one interface in virtual time, in the place of the recorded host. Whatever the recorded addresses
// were, it lives at 192.168.77.1 and the other host at 192.168.77.2, so that loopback and odd addresses work; ports are
// the recorded ones.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "apps/replay/performance.hpp"
#include "stack/core/stack.hpp"

namespace fourtuple::replay {

struct StandInSetup {
  Port our_port = 0;
  Port their_port = 0;
  std::uint32_t initial_sequence = 0;
  std::uint32_t timestamp_offset = 0;
  bool timestamps = true;
  bool sack = true;
  bool window_scaling = true;
  tcp::EcnUse ecn = tcp::EcnUse::kWhenAsked;
  std::size_t mtu = 1500;
  std::size_t receive_buffer = std::size_t{1} << 20;
  std::size_t send_buffer = std::size_t{1} << 20;
};

class StandIn {
 public:
  explicit StandIn(const StandInSetup& setup);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  static constexpr Ipv4Address kOurs = Ipv4Address::from_octets(192, 168, 77, 1);
  static constexpr Ipv4Address kTheirs = Ipv4Address::from_octets(192, 168, 77, 2);
  static constexpr Ipv4Address kRouter = Ipv4Address::from_octets(192, 168, 77, 254);

  [[nodiscard]] const FourTuple& name() const;
  [[nodiscard]] Stack& stack();

  // An IP datagram comes from the network.
  void deliver(ByteView datagram, Instant now);
  void advance(Instant now);
  [[nodiscard]] Instant next_deadline() const;
  // After the application has acted on what happened.
  void finish_turn(Instant now);
  // Forgets all connections without a word, as a host does that loses its power.
  void restart(Instant now);

  // Of the connection, as long as there is one; the application may have let go of it.
  [[nodiscard]] std::optional<tcp::Info> info(Instant now) const;

  // What it has sent and lived so far; ours to take away in the end.
  [[nodiscard]] std::vector<OurSegment>& segments();
  [[nodiscard]] std::deque<std::vector<std::uint8_t>>& octets();
  [[nodiscard]] std::vector<StateStep>& states();
  [[nodiscard]] TcpState state() const;
  // There was a connection, and there is none any more.
  [[nodiscard]] bool is_gone() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fourtuple::replay
