// Two stacks on a wire in memory, in virtual time: what a segment costs when nothing but the stack is running.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "drivers/memory/memory.hpp"
#include "stack/core/stack.hpp"

namespace fourtuple::bench {

struct WireKind {
  bool checksum_offload = false;
  bool super_segments = false;
};

class TwoStacks {
 public:
  explicit TwoStacks(const WireKind& kind);

  // A connection from stack 0 to stack 1, established.
  struct Pair {
    tcp::ConnectionId client, server;
  };
  Pair connect();
  void add_idle(std::size_t count);

  std::size_t send(int side, tcp::ConnectionId id, ByteView bytes);
  // Octets read into `room`, 0 where there are none.
  std::size_t receive(int side, tcp::ConnectionId id, ByteSpan room);
  // Lets stack `side` take what is on the wire. False where there was nothing.
  bool take(int side);
  // Until the wire is empty both ways.
  void settle();
  void pass(Duration time);

  [[nodiscard]] Stack& stack(int side) { return *ends_[static_cast<std::size_t>(side)].stack; }

 private:
  struct End {
    std::unique_ptr<Driver> driver;
    std::unique_ptr<Stack> stack;
  };
  void forget_notices(int side);

  BufferPool pool_;
  std::array<End, 2> ends_;
  tcp::ListenerId listener_;
  Instant now_{std::chrono::hours(1)};
  Port next_port_ = 1024;
  std::uint8_t next_address_ = 4;  // of the client: 10.0.0.4, then .5, as the ports of each run out
  std::vector<Notice> notices_;
};

}  // namespace fourtuple::bench
