// Frames on their way to the drivers: gathered during one event, sent with one call for each interface.
#pragma once

#include <deque>
#include <vector>

#include "drivers/driver.hpp"
#include "stack/core/header_arena.hpp"
#include "stack/core/stack.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple {

class Egress {
 public:
  explicit Egress(StackCounters& counters) : counters_(counters) {}

  void attach(Driver& driver) { links_.push_back({&driver, driver.capabilities(), {}}); }
  [[nodiscard]] const DriverCapabilities& capabilities(std::size_t interface_index) const {
    return links_[interface_index].capabilities;
  }

  // Memory for headers that live until the batch is sent.
  [[nodiscard]] HeaderArena& headers() { return headers_; }
  // Keeps a buffer alive until the batch is sent; answers where its octets lie.
  ByteView keep(PacketBuffer&& buffer);

  // Adds a frame whose views live until send(). A super-segment is cut here where the device cannot do it.
  void add(std::size_t interface_index, const TransmitFrame& frame, Cause cause, const trace::Tracer& trace);
  void add(std::size_t interface_index, PacketBuffer&& frame, Cause cause, const trace::Tracer& trace);

  [[nodiscard]] bool is_empty() const { return pending_ == 0; }
  // Far more than a batch is waiting: send() before adding more.
  [[nodiscard]] bool is_full() const { return pending_ >= kManyFrames; }
  // Hands everything to the drivers and forgets it. What a driver does not take is lost (kDriverRefused).
  void send(Instant now, const trace::Tracer& trace);

 private:
  static constexpr std::size_t kManyFrames = 1024;

  struct Link {
    Driver* driver = nullptr;
    DriverCapabilities capabilities;
    std::vector<TransmitFrame> frames;
  };
  void segment(Link& link, const TransmitFrame& frame);
  void push(Link& link, const TransmitFrame& frame);
  void send(Link& link, Instant now, const trace::Tracer& trace);

  StackCounters& counters_;
  std::vector<Link> links_;
  HeaderArena headers_;
  std::vector<PacketBuffer> kept_;
  std::deque<std::vector<std::uint8_t>> scratches_;  // headers of software segments; a deque, as vectors must not move
  std::size_t used_scratches_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace fourtuple
