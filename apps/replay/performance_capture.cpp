#include "apps/replay/performance_capture.hpp"

#include <algorithm>
#include <array>

#include "apps/replay/datagrams.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

// Ethernet in front: 02:00:00:00:00:01 is the client, :02 the server.
std::vector<std::uint8_t> frame_from(Host from, const std::vector<std::uint8_t>& datagram) {
  static constexpr std::array<std::uint8_t, 14> kToServer{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
  static constexpr std::array<std::uint8_t, 14> kToClient{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
  const auto& header = from == Host::kClient ? kToServer : kToClient;
  std::vector<std::uint8_t> frame(header.begin(), header.end());
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  return frame;
}

class Film {
 public:
  Film(const Outcome& outcome, std::chrono::nanoseconds capture_start, PcapWriter& to)
      : outcome_(outcome), begin_(capture_start + first_frame_time()), to_(to) {}

  void write() {
    const Performance& performance = outcome_.performance;
    std::size_t delivered = 0;
    for (const OurSegment& ours : performance.segments) {
      for (; delivered < ours.deliveries_before; ++delivered) write(performance.deliveries[delivered]);
      write(outcome_.role, ours.segment, ours.time, {});
    }
    for (; delivered < performance.deliveries.size(); ++delivered) write(performance.deliveries[delivered]);
  }

 private:
  [[nodiscard]] std::chrono::nanoseconds first_frame_time() const {
    const auto& frames = outcome_.conversation->frames;
    return frames.empty() ? std::chrono::nanoseconds{} : frames.front().time;
  }
  void write(const Delivery& delivery) {
    if (delivery.is_icmp) return;
    const DatagramMarks marks{.tos = delivery.ecn_marked ? wire::ecn::kMarked : std::uint8_t{0},
                              .is_damaged = delivery.checksum_is_wrong};
    write(capture::other(outcome_.role), delivery.segment, delivery.delivered, marks);
  }
  void write(Host from, const Segment& segment, Instant time, const DatagramMarks& marks) {
    const FourTuple way{outcome_.conversation->host(from), outcome_.conversation->host(capture::other(from))};
    to_.write(frame_from(from, datagram_of(way, segment, marks)), begin_ + (time - outcome_.performance.begin));
  }

  const Outcome& outcome_;
  std::chrono::nanoseconds begin_;
  PcapWriter& to_;
};

}  // namespace

void write_performance(const Outcome& outcome, std::chrono::nanoseconds capture_start, PcapWriter& to) {
  Film(outcome, capture_start, to).write();
}

}  // namespace fourtuple::replay
