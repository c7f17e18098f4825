#include "stack/link/neighbour_table.hpp"

#include <algorithm>

namespace fourtuple::link {

std::string_view name(NeighbourState state) {
  switch (state) {
    case NeighbourState::kIncomplete:
      return "INCOMPLETE";
    case NeighbourState::kReachable:
      return "REACHABLE";
    case NeighbourState::kStale:
      return "STALE";
    case NeighbourState::kProbe:
      return "PROBE";
  }
  return "?";
}

Result<std::optional<MacAddress>, DropReason> NeighbourTable::resolve(const NeighbourKey& key, Instant now,
                                                                      const trace::Tracer& trace, Outcome& out) {
  Entry* entry = find(key);
  if (entry == nullptr) {
    entry = create(key, Asker::kOurselves, now, trace);
    if (entry == nullptr) return failure(DropReason::kArpTableFull);
    ask(*entry, MacAddress::broadcast(), now, out);  // [RFC826 generation]
    return std::nullopt;
  }
  entry->touched = now;
  if (entry->state == NeighbourState::kIncomplete) return std::nullopt;
  if (entry->state == NeighbourState::kStale && !entry->in_use) {
    entry->in_use = true;
    timers_.schedule(*entry, now + config_.probe_delay);
  }
  return entry->mac;
}

std::optional<DropReason> NeighbourTable::park(const NeighbourKey& key, PacketBuffer&& frame, Cause cause,
                                               Outcome& out) {
  Entry* const entry = find(key);
  if (entry == nullptr || entry->state != NeighbourState::kIncomplete) return DropReason::kArpTableFull;
  if (parked_bytes_ + frame.capacity() > config_.max_queued_bytes) return DropReason::kArpQueueFull;
  parked_bytes_ += frame.capacity();
  entry->parked.push_back({std::move(frame), cause});
  if (entry->parked.size() > config_.max_queued_per_entry) {
    // The newest is worth most: what is old will be sent again by those who care. [RFC1122 2.3.2.2]
    parked_bytes_ -= entry->parked.front().frame.capacity();
    out.crowded_out.push_back(std::move(entry->parked.front().frame));
    entry->parked.pop_front();
  }
  return std::nullopt;
}

void NeighbourTable::add_static(const NeighbourKey& key, MacAddress mac) {
  if (Entry* const old = find(key)) erase(*old, {});
  Entry& entry = entries_[key];
  entry.key = key;
  entry.mac = mac;
  entry.state = NeighbourState::kReachable;
  entry.is_static = true;
}

NeighbourTable::Entry* NeighbourTable::find(const NeighbourKey& key) {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

NeighbourTable::Entry* NeighbourTable::create(const NeighbourKey& key, Asker asker, Instant now,
                                              const trace::Tracer& trace) {
  if (entries_.size() >= config_.max_entries && !make_room(asker, trace)) return nullptr;
  Entry& entry = entries_[key];
  entry.key = key;
  entry.touched = now;
  if (trace) trace.emit(0, trace::NeighbourChanged{key.address, {}, "NONE", name(entry.state)});
  return &entry;
}

// Pushes out the stalest entry. A stranger who introduces itself may only push out what nobody uses, so a flood of
// introductions cannot unlearn the hosts we talk to.
bool NeighbourTable::make_room(Asker asker, const trace::Tracer& trace) {
  const auto rank = [](const Entry& entry) { return entry.state == NeighbourState::kStale && !entry.in_use ? 0 : 1; };
  Entry* victim = nullptr;
  for (auto& [key, entry] : entries_) {
    if (entry.is_static || entry.state == NeighbourState::kIncomplete) continue;
    if (asker == Asker::kStranger && rank(entry) != 0) continue;
    const bool is_staler = victim == nullptr || rank(entry) < rank(*victim) ||
                           (rank(entry) == rank(*victim) && entry.touched < victim->touched);
    if (is_staler) victim = &entry;
  }
  if (victim == nullptr) return false;
  erase(*victim, trace);
  return true;
}

void NeighbourTable::erase(Entry& entry, const trace::Tracer& trace) {
  if (trace) trace.emit(0, trace::NeighbourChanged{entry.key.address, entry.mac, name(entry.state), "NONE"});
  for (const Waiting& each : entry.parked) parked_bytes_ -= each.frame.capacity();
  timers_.cancel(entry);
  entries_.erase(NeighbourKey(entry.key));
}

std::vector<NeighbourTable::Row> NeighbourTable::rows() const {
  std::vector<Row> rows;
  rows.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) rows.push_back({key, entry.mac, entry.state});
  return rows;
}

const char* NeighbourTable::broken_invariant() const {
  std::size_t parked = 0;
  for (const auto& [key, entry] : entries_) {
    for (const Waiting& each : entry.parked) parked += each.frame.capacity();
    const bool is_resolved = entry.state != NeighbourState::kIncomplete;
    if (is_resolved && (entry.mac.is_group() || entry.mac.is_zero())) return "a neighbour has a group or zero MAC";
    if (is_resolved && !entry.parked.empty()) return "frames wait for a neighbour that is known";
    if (!entry.is_static && !entry.is_scheduled()) return "a neighbour has no timer";
    if (entry.parked.size() > config_.max_queued_per_entry) return "too many frames wait for one neighbour";
  }
  if (parked != parked_bytes_) return "the count of parked octets is wrong";
  if (parked_bytes_ > config_.max_queued_bytes) return "too many octets wait for neighbours";
  const auto is_static = [](const auto& pair) { return pair.second.is_static; };
  const auto statics = static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), is_static));
  if (entries_.size() > config_.max_entries + statics) return "the neighbour table is too large";
  return nullptr;
}

}  // namespace fourtuple::link
