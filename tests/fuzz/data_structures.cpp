// F12 for the lowest floors: timer heap, packet buffer, rate limiter, checksum and sequence numbers, each driven by the
// input and compared with a model that cannot be wrong because it is too simple.
#include <algorithm>
#include <array>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/rate_limiter.hpp"
#include "stack/base/timer_heap.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/sequence.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

Instant at(std::int64_t nanoseconds) { return Instant(Duration(nanoseconds)); }

// The model of the heap: one deadline a node, searched from end to end.
class Timers {
 public:
  Timers() { deadlines_.fill(kNever); }

  void step(Input& input) {
    const std::uint8_t what = input.octet();
    const Instant when = at(input.octet());
    const std::size_t i = what % kNodes;
    if (what >= 0xe0) return pop(when);
    const Instant deadline = what >= 0xc0 ? kNever : when;
    heap_.schedule(nodes_[i], deadline);
    deadlines_[i] = deadline;
    check();
  }

 private:
  static constexpr std::size_t kNodes = 32;

  [[nodiscard]] Instant earliest() const { return *std::min_element(deadlines_.begin(), deadlines_.end()); }

  void pop(Instant now) {
    const TimerNode* const node = heap_.pop_expired(now);
    require((node == nullptr) == (earliest() > now), "something comes out exactly when something is due");
    if (node == nullptr) return;
    const auto i = static_cast<std::size_t>(node - nodes_.data());
    require(i < kNodes && deadlines_[i] == earliest(), "the earliest comes out");
    deadlines_[i] = kNever;
    check();
  }

  void check() const {
    require(heap_.next_deadline() == earliest(), "the next deadline is the earliest");
    const auto idle = std::count(deadlines_.begin(), deadlines_.end(), kNever);
    require(heap_.size() + static_cast<std::size_t>(idle) == kNodes, "the heap holds what is scheduled");
    for (std::size_t i = 0; i < kNodes; ++i) {
      require(nodes_[i].is_scheduled() == (deadlines_[i] != kNever), "each node knows whether it is scheduled");
      require(nodes_[i].deadline() == deadlines_[i], "each node knows when");
    }
  }

  TimerHeap heap_;
  std::array<TimerNode, kNodes> nodes_;
  std::array<Instant, kNodes> deadlines_{};
};

// The model of a buffer: its visible octets and the room on both sides.
class Buffers {
 public:
  void step(Input& input) {
    const std::uint8_t what = input.octet();
    const std::size_t count = input.octet();
    if (!buffer_ || what % 8 == 0) return take(what, count);
    change(what % 8, count, input);
    check();
  }

 private:
  void take(std::size_t room, std::size_t headroom) {
    buffer_.reset();
    require(pool_.bytes_in_use() == 0, "what was released is not in use");
    buffer_ = pool_.take(room, headroom);
    require(buffer_.has_value() == (room + headroom <= kLimit), "the limit decides");
    octets_.clear();
    headroom_ = headroom;
  }

  void change(unsigned what, std::size_t count, Input& input) {
    const std::size_t size = octets_.size();
    if (what == 1 && count <= buffer_->headroom()) {
      const Bytes fresh(count, input.octet());
      std::copy(fresh.begin(), fresh.end(), buffer_->prepend(count).begin());
      octets_.insert(octets_.begin(), fresh.begin(), fresh.end());
      headroom_ -= count;
    } else if (what == 2 && count <= buffer_->tailroom()) {
      const Bytes fresh(count, input.octet());
      std::copy(fresh.begin(), fresh.end(), buffer_->append(count).begin());
      octets_.insert(octets_.end(), fresh.begin(), fresh.end());
    } else if (what == 3 && count <= size) {
      buffer_->remove_front(count);
      octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(count));
      headroom_ += count;
    } else if (what == 4 && count <= size) {
      buffer_->remove_back(count);
      octets_.resize(size - count);
    } else if (what == 5) {
      PacketBuffer moved = std::move(*buffer_);
      buffer_ = std::move(moved);
    }
  }

  void check() const {
    const PacketBuffer& buffer = *buffer_;
    require(std::equal(octets_.begin(), octets_.end(), buffer.bytes().begin(), buffer.bytes().end()), "the octets");
    require(buffer.headroom() == headroom_, "the headroom");
    require(buffer.headroom() + buffer.size() + buffer.tailroom() == buffer.capacity(), "nothing is lost");
    require(pool_.bytes_in_use() == buffer.capacity(), "the pool counts it");
  }

  static constexpr std::size_t kLimit = 400;
  BufferPool pool_{kLimit};
  std::optional<PacketBuffer> buffer_;
  Bytes octets_;
  std::size_t headroom_ = 0;
};

// The model of the limiter: a bucket whose level is counted in the time that its tokens take to drip in.
void check_rate_limiter(Input& input) {
  const std::uint32_t per_second = input.octet();
  const std::uint32_t burst = input.octet();
  RateLimiter limiter(per_second, burst);
  const Duration cost = per_second == 0 ? Duration(0) : Duration(1s) / per_second;
  Duration level = cost * burst;
  Instant now = at(input.double_word());
  while (!input.empty()) {
    const Duration passed = std::chrono::microseconds(input.word()) * 16;
    now += passed;
    level = std::min(level + passed, cost * burst);
    const bool allowed = per_second != 0 && level >= cost;
    require(limiter.allow(now) == allowed, "allowed exactly when the bucket holds a token");
    if (allowed) level -= cost;
  }
}

void check_sequence(Input& input) {
  while (!input.empty()) {
    const SeqNum initial{input.double_word()};
    const SeqNum seq{input.double_word()};
    const auto near = static_cast<StreamOffset>(input.quad_word() >> 2);
    const StreamOffset offset = unwrap(seq, initial, near);
    require(wrap(offset, initial) == seq, "wrapping undoes unwrapping");
    require(offset - near >= -(std::int64_t{1} << 31) && offset - near < std::int64_t{1} << 31, "the nearest one");
    require(distance(wrap(near, initial), seq) == offset - near, "the distance is the difference");
    require(initial + static_cast<std::uint32_t>(distance(initial, seq)) == seq, "going the distance arrives");
  }
}

void check_checksum(Input& input) {
  const std::size_t first = input.octet();
  const std::size_t second = input.octet();
  const Bytes all = exact_copy(input.rest());
  const ByteView head = ByteView(all).first(std::min(first, all.size()));
  const ByteView rest = ByteView(all).subspan(head.size());
  const ByteView middle = rest.first(std::min(second, rest.size()));
  const ByteView tail = rest.subspan(middle.size());
  Bytes copy(tail.size());
  wire::ChecksumSum sum;
  sum.add(head).add(middle);
  wire::copy_and_sum(copy.data(), tail, sum);
  require(sum.folded() == naive_sum(all), "the sum of three pieces is the sum of the whole");
  require(std::equal(copy.begin(), copy.end(), tail.begin(), tail.end()), "and the copy is one");
  require(wire::internet_checksum(all) == static_cast<std::uint16_t>(~naive_sum(all)), "in one go too");
}

template <typename Model>
void drive(Input& input) {
  Model model;
  while (!input.empty()) model.step(input);
}

void check(Input input) {
  switch (input.octet() % 5) {
    case 0:
      return drive<Timers>(input);
    case 1:
      return drive<Buffers>(input);
    case 2:
      return check_rate_limiter(input);
    case 3:
      return check_sequence(input);
    default:
      return check_checksum(input);
  }
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size});
  return 0;
}
