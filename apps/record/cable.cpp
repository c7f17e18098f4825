#include "apps/record/cable.hpp"

#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"

namespace fourtuple::record {
namespace {

constexpr std::size_t kAtOnce = 64;
}  // namespace

Cable::Cable(std::unique_ptr<Driver> first, std::unique_ptr<Driver> second)
    : first_(std::move(first)), second_(std::move(second)) {}

bool Cable::carry(Instant now) {
  const bool forth = carry_one_way(*first_, *second_, now);
  const bool back = carry_one_way(*second_, *first_, now);
  return forth || back;
}

bool Cable::carry_one_way(Driver& from, Driver& to, Instant now) {
  buffers_.clear();
  if (from.receive(buffers_, kAtOnce, now) == 0) return false;
  views_.clear();
  for (const PacketBuffer& buffer : buffers_) views_.push_back(frame_of(buffer));
  static_cast<void>(to.send(views_, now));  // what it does not take is lost, as on any full queue
  frames_ += buffers_.size();
  buffers_.clear();
  return true;
}

Instant Cable::next_deadline() const { return std::min(first_->next_deadline(), second_->next_deadline()); }

}  // namespace fourtuple::record
