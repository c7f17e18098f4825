#include "apps/packetdrill/handoff.hpp"

#include <algorithm>

namespace fourtuple::packetdrill {

void Handoff::enter() {
  const Lock lock(mutex_);
  guests_[std::this_thread::get_id()] = Guest{.seen = round_};
}

bool Handoff::sleep(Instant limit) {
  Lock lock(mutex_);
  // The main thread may have lost its patience and forgotten us.
  Guest& guest = guests_.try_emplace(std::this_thread::get_id(), Guest{.seen = round_}).first->second;
  guest.phase = Phase::kAsleep;
  guest.limit = limit;
  settled_.notify_all();
  // What happened between this thread's last look and now must not be slept through, so rounds are counted from there.
  moved_.wait(lock, [&] { return ended_ || round_ != guest.seen; });
  guest.phase = Phase::kRunning;
  guest.has_slept = true;
  guest.limit = kNever;
  guest.seen = round_;
  return !ended_;
}

void Handoff::leave() {
  const Lock lock(mutex_);
  const auto found = guests_.find(std::this_thread::get_id());
  if (found == guests_.end()) return;
  if (found->second.has_slept && !ended_) {
    found->second.phase = Phase::kReturned;
    return;
  }
  guests_.erase(found);
  settled_.notify_all();
}

void Handoff::look_at_clock() {
  const Lock lock(mutex_);
  const auto found = guests_.find(std::this_thread::get_id());
  if (found == guests_.end() || found->second.phase != Phase::kReturned) return;
  guests_.erase(found);
  settled_.notify_all();
}

bool Handoff::all_are_settled() const {
  return std::all_of(guests_.begin(), guests_.end(), [this](const auto& entry) {
    return entry.second.phase == Phase::kAsleep && entry.second.seen == round_ && !ended_;
  });
}

void Handoff::await_others(Lock& lock) {
  if (all_are_settled()) return;
  if (settled_.wait_for(lock, kPatience, [this] { return all_are_settled(); })) return;
  std::erase_if(guests_, [](const auto& entry) { return entry.second.phase != Phase::kAsleep; });
}

void Handoff::await_others() {
  Lock lock(mutex_);
  await_others(lock);
}

void Handoff::let_others_run() {
  Lock lock(mutex_);
  if (guests_.empty()) return;
  ++round_;
  moved_.notify_all();
  await_others(lock);
}

Instant Handoff::earliest_limit() const {
  const Lock lock(mutex_);
  Instant earliest = kNever;
  for (const auto& [thread, guest] : guests_) earliest = std::min(earliest, guest.limit);
  return earliest;
}

void Handoff::end() {
  Lock lock(mutex_);
  ended_ = true;
  moved_.notify_all();
  std::erase_if(guests_, [](const auto& entry) { return entry.second.phase == Phase::kReturned; });
  await_others(lock);
}

}  // namespace fourtuple::packetdrill
