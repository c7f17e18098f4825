// A wire inside the process: what one end sends the other receives, after a constant latency. In virtual time it is
// deterministic and single-threaded; in real time the ends may live on different threads and have descriptors.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "drivers/driver.hpp"
#include "stack/base/result.hpp"

namespace fourtuple {

struct MemoryWireOptions {
  std::size_t mtu = 1500;
  // With these, frames carry OffloadInfo across as over a TAP: kPartial arrives as kPartial, a super-segment as one.
  bool checksum_offload = false;
  bool tso4 = false;                      // implies checksum_offload
  std::array<Duration, 2> latency{};      // [0]: from end 0 to end 1; [1]: the other way
  std::size_t queue_limit_frames = 1024;  // per direction; a frame that finds it full is dropped and counted
  bool real_time = false;                 // locks, and descriptors that poll readable
  std::string name = "memory";
};

struct MemoryWireCounters {
  std::uint64_t sent_frames = 0;
  std::uint64_t delivered_frames = 0;
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_no_buffer = 0;
  std::uint64_t dropped_not_offered = 0;  // asks for an offload that capabilities() does not offer, or exceeds the MTU
};

// The wire lives as long as any of its ends.
class MemoryWire {
 public:
  // `pool` outlives the wire and its ends. In real time an eventfd for each end may fail to open.
  [[nodiscard]] static SetupResult<MemoryWire> open(const MemoryWireOptions& options, BufferPool& pool);

  // A driver for end 0 or 1. Several drivers of the same end share its queue.
  [[nodiscard]] std::unique_ptr<Driver> end(int side) const;
  // Of frames that end `side` sent.
  [[nodiscard]] MemoryWireCounters counters(int side) const;

  struct Shared;

 private:
  explicit MemoryWire(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  std::shared_ptr<Shared> shared_;
};

}  // namespace fourtuple
