#include "drivers/memory/memory.hpp"

#include <cerrno>
#include <deque>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>

#include "drivers/descriptor.hpp"
#include "drivers/frame_copy.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple {
namespace {

struct Pending {
  Instant due;
  PacketBuffer frame;
};

// One direction of the wire.
struct Lane {
  Duration latency{};
  std::deque<Pending> queue;  // in order of `due`: latency is constant and time does not run backwards
  Descriptor readable;        // real time only; belongs to the end that receives
  MemoryWireCounters counters;
};

// What an eventfd says does not matter, only that it says something; neither call can block.
void signal(const Descriptor& descriptor) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(descriptor.get(), &one, sizeof(one));
}
void clear_signal(const Descriptor& descriptor) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(descriptor.get(), &count, sizeof(count));
}

}  // namespace

struct MemoryWire::Shared {
  Shared(MemoryWireOptions wanted, BufferPool& buffers) : options(std::move(wanted)), pool(buffers) {}

  [[nodiscard]] std::unique_lock<std::mutex> lock() const {
    return options.real_time ? std::unique_lock(mutex) : std::unique_lock(mutex, std::defer_lock);
  }
  [[nodiscard]] bool offers(const TransmitFrame& frame) const;
  bool enqueue(Lane& lane, const TransmitFrame& frame, Instant now);

  MemoryWireOptions options;
  BufferPool& pool;
  mutable std::mutex mutex;
  std::array<Lane, 2> lanes;  // [side]: what end `side` sent
};

bool MemoryWire::Shared::offers(const TransmitFrame& frame) const {
  if (frame.offload.gso_size != 0) return options.tso4;
  if (frame.offload.checksum == ChecksumState::kPartial && !options.checksum_offload) return false;
  return frame.size() <= options.mtu + wire::kEthernetHeaderSize;
}

bool MemoryWire::Shared::enqueue(Lane& lane, const TransmitFrame& frame, Instant now) {
  if (!offers(frame)) return ++lane.counters.dropped_not_offered, false;
  if (lane.queue.size() >= options.queue_limit_frames) return ++lane.counters.dropped_queue_full, false;
  auto copy = copy_frame(frame, pool);
  if (!copy) return ++lane.counters.dropped_no_buffer, false;
  // Nobody vouches for a checksum that the sender computed: the receiver sums the bytes itself.
  if (frame.offload.checksum != ChecksumState::kPartial) copy->offload = {};
  lane.queue.push_back({now + lane.latency, std::move(*copy)});
  ++lane.counters.sent_frames;
  return true;
}

namespace {

class MemoryEnd final : public Driver {
 public:
  MemoryEnd(std::shared_ptr<MemoryWire::Shared> shared, int side)
      : shared_(std::move(shared)),
        side_(side),
        sending_(shared_->lanes[side == 0 ? 0 : 1]),
        receiving_(shared_->lanes[side == 0 ? 1 : 0]) {}

  [[nodiscard]] DriverCapabilities capabilities() const override {
    const MemoryWireOptions& options = shared_->options;
    return {.mtu = options.mtu,
            .transmit_checksum = options.checksum_offload,
            .receive_checksum = options.checksum_offload,
            .tso4 = options.tso4};
  }

  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override {
    const auto lock = shared_->lock();
    std::size_t count = 0;
    auto& queue = receiving_.queue;
    for (; count < limit && !queue.empty() && queue.front().due <= now; ++count) {
      frames.push_back(std::move(queue.front().frame));
      queue.pop_front();
    }
    receiving_.counters.delivered_frames += count;
    // A frame that is under way is announced by next_deadline(), not by a descriptor that polls readable all the time.
    const bool more_due = !queue.empty() && queue.front().due <= now;
    if (shared_->options.real_time && !more_due) clear_signal(receiving_.readable);
    return count;
  }

  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override {
    const auto lock = shared_->lock();
    std::size_t taken = 0;
    for (const TransmitFrame& frame : frames) taken += shared_->enqueue(sending_, frame, now) ? 1U : 0U;
    if (shared_->options.real_time && taken != 0) signal(sending_.readable);
    return taken;
  }

  [[nodiscard]] int descriptor() const override { return receiving_.readable.get(); }

  [[nodiscard]] Instant next_deadline() const override {
    const auto lock = shared_->lock();
    return receiving_.queue.empty() ? kNever : receiving_.queue.front().due;
  }

  [[nodiscard]] std::string name() const override { return shared_->options.name + (side_ == 0 ? ".0" : ".1"); }

 private:
  std::shared_ptr<MemoryWire::Shared> shared_;
  int side_;
  Lane& sending_;
  Lane& receiving_;
};

}  // namespace

SetupResult<MemoryWire> MemoryWire::open(const MemoryWireOptions& options, BufferPool& pool) {
  auto shared = std::make_shared<Shared>(options, pool);
  shared->options.checksum_offload |= options.tso4;
  for (std::size_t side = 0; side < shared->lanes.size(); ++side) {
    Lane& lane = shared->lanes[side];
    lane.latency = options.latency[side];
    if (!options.real_time) continue;
    lane.readable = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (lane.readable) continue;
    return failure(
        SetupError{.cause = "cannot open an eventfd for the memory wire: " + std::generic_category().message(errno),
                   .cure = "allow more open files (ulimit -n)"});
  }
  return MemoryWire(std::move(shared));
}

std::unique_ptr<Driver> MemoryWire::end(int side) const { return std::make_unique<MemoryEnd>(shared_, side); }

MemoryWireCounters MemoryWire::counters(int side) const {
  const auto lock = shared_->lock();
  return shared_->lanes[side == 0 ? 0 : 1].counters;
}

}  // namespace fourtuple
