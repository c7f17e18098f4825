#include "apps/record/cable.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::record {
namespace {

constexpr std::size_t kCarriedAtOnce = 64;

}  // namespace

Cable::Cable(std::unique_ptr<Driver> first, std::unique_ptr<Driver> second)
    : first_(std::move(first)), second_(std::move(second)), forth_(*first_, *second_), back_(*second_, *first_) {}

bool Cable::carry(Instant now) {
  const std::size_t forth = forth_.carry(kCarriedAtOnce, now);
  const std::size_t back = back_.carry(kCarriedAtOnce, now);
  return forth + back != 0;
}

Instant Cable::next_deadline() const { return std::min(first_->next_deadline(), second_->next_deadline()); }

}  // namespace fourtuple::record
