// One stack alone on a bench: virtual time, and its network side in the caller's hands, who gives it IP datagrams and
// takes those that it sends. `fourtuple drill` and the packetdrill adapter both work on it.
//
// The Ethernet under it is its own affair: all traffic leaves by one gateway whose hardware address is known, so there
// is no ARP. Any unicast address that a datagram is sent to becomes one of the stack's own, up to a bound, because a
// script's local address is its author's choice.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "fourtuple/runtime.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::laboratory {

struct Setup {
  StackConfig stack;
  Ipv4Prefix address{Ipv4Address::from_octets(192, 168, 0, 1), 16};  // longer than /30 is taken as /30
  Ipv4Address gateway = Ipv4Address::from_octets(192, 168, 0, 2);
  std::size_t mtu = 1500;
  std::uint64_t seed = 1;
  Instant start = Instant(std::chrono::hours(1));  // of virtual time
  // What a blocking call does while it waits, as in RuntimeOptions; empty: time moves to the next thing that is due.
  std::function<bool(Instant)> while_blocked;
  trace::Sink* sink = nullptr;  // outlives the laboratory
};

// An IP datagram that left the stack.
struct Emitted {
  Instant time;
  std::vector<std::byte> octets;  // from the IP header on, checksums filled in
};

class Laboratory {
 public:
  // Becomes the process's default C stack (ft_use_stack) until it ends; one at a time.
  explicit Laboratory(Setup setup);
  ~Laboratory();
  Laboratory(const Laboratory&) = delete;
  Laboratory& operator=(const Laboratory&) = delete;

  // --- The network. What a datagram causes at once has been emitted when give() returns.
  void give(ByteView datagram);
  // The oldest datagram that left and was not taken yet. At most kMaxWaiting wait; more are dropped and counted.
  [[nodiscard]] std::optional<Emitted> take();
  [[nodiscard]] bool has_emitted() const;
  [[nodiscard]] std::size_t dropped() const;
  static constexpr std::size_t kMaxWaiting = 65536;
  // Makes `address` one of the stack's own, as give() does with the destinations that it sees. False where it is no
  // address of a host, or kMaxAdopted were adopted before.
  bool adopt(Ipv4Address address);
  static constexpr std::size_t kMaxAdopted = 16;

  // --- Time. It moves only here.
  [[nodiscard]] Instant now() const;
  // When something is due by itself; kNever where nothing is.
  [[nodiscard]] Instant next_deadline() const;
  // Runs what is due until `moment`, each at its own time and in order, and ends there. Earlier moments are ignored.
  void advance_to(Instant moment);
  // Moves to the next thing that is due, at the latest to `limit`, and lets it happen; false where nothing is due
  // before.
  bool step(Instant limit = kNever);
  // Lets happen what can happen now, without moving time.
  void settle();

  [[nodiscard]] Runtime& runtime();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fourtuple::laboratory
