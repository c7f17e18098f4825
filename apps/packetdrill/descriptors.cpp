#include "apps/packetdrill/descriptors.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {

int Descriptors::hand_out(int ours, bool is_v6) {
  const int real = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (real < 0) return -1;
  const std::lock_guard lock(mutex_);
  pipes_.erase(real);
  const Entry entry{ours, is_v6};
  const auto [place, is_new] = sockets_.try_emplace(real, entry);
  if (!is_new) ft_close(std::exchange(place->second, entry).ours);
  return real;
}

int Descriptors::ours(int real) const {
  const std::lock_guard lock(mutex_);
  const auto found = sockets_.find(real);
  return found == sockets_.end() ? -1 : found->second.ours;
}

bool Descriptors::is_v6(int real) const {
  const std::lock_guard lock(mutex_);
  const auto found = sockets_.find(real);
  return found != sockets_.end() && found->second.is_v6;
}

int Descriptors::take_back(int real) {
  const std::lock_guard lock(mutex_);
  const auto found = sockets_.find(real);
  if (found == sockets_.end()) return -1;
  const int ours = found->second.ours;
  sockets_.erase(found);
  ::close(real);
  return ours;
}

std::vector<int> Descriptors::forget_all() {
  const std::lock_guard lock(mutex_);
  std::vector<int> left;
  for (const auto& [real, entry] : sockets_) left.push_back(entry.ours);
  sockets_.clear();
  pipes_.clear();
  return left;
}

void Descriptors::add_pipe(int reading, int writing) {
  const std::lock_guard lock(mutex_);
  for (const int end : {reading, writing}) {
    if (const auto stale = sockets_.find(end); stale != sockets_.end()) {
      ft_close(stale->second.ours);
      sockets_.erase(stale);
    }
    pipes_.insert_or_assign(end, std::vector<std::uint8_t>{});
  }
}

bool Descriptors::is_pipe(int real) const {
  const std::lock_guard lock(mutex_);
  return pipes_.contains(real);
}

bool Descriptors::close_pipe(int real) {
  const std::lock_guard lock(mutex_);
  if (pipes_.erase(real) == 0) return false;
  ::close(real);
  return true;
}

std::vector<std::uint8_t> Descriptors::take_rest(int reading) {
  const std::lock_guard lock(mutex_);
  const auto found = pipes_.find(reading);
  return found == pipes_.end() ? std::vector<std::uint8_t>{} : std::exchange(found->second, {});
}

void Descriptors::put_back(int reading, std::vector<std::uint8_t> rest) {
  const std::lock_guard lock(mutex_);
  const auto found = pipes_.find(reading);
  if (found != pipes_.end()) found->second = std::move(rest);
}

}  // namespace fourtuple::packetdrill
