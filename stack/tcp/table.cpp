#include "stack/tcp/table.hpp"

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {
namespace {
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kFirstCapacity = 16;
}  // namespace

std::uint64_t ConnectionTable::hash(const FourTuple& name) const {
  const std::uint64_t ports = std::uint64_t{name.local.port} << 16 | name.remote.port;
  const IpAddress& local = name.local.address;
  const IpAddress& remote = name.remote.address;
  if (local.is_v4() && remote.is_v4()) {
    return siphash13(key_, std::uint64_t{local.v4().value} << 32 | remote.v4().value, ports);
  }
  const std::uint64_t ends =
      siphash13(key_, local.high(), local.low()) ^ (siphash13(key_, remote.high(), remote.low()) << 1);
  return siphash13(key_, ends, ports);
}

std::size_t ConnectionTable::slot_of(const FourTuple& name, std::uint64_t hash) const {
  if (entries_.empty()) return kNowhere;
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slot];
    if (entry.connection == nullptr) return kNowhere;
    if (entry.hash == hash && entry.connection->name() == name) return slot;
  }
}

Connection* ConnectionTable::find(const FourTuple& name) const {
  const std::size_t slot = slot_of(name, hash(name));
  return slot == kNowhere ? nullptr : entries_[slot].connection;
}

void ConnectionTable::place(Entry entry) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t slot = entry.hash & mask;
  while (entries_[slot].connection != nullptr) slot = (slot + 1) & mask;
  entries_[slot] = entry;
}

void ConnectionTable::grow() {
  std::vector<Entry> old(entries_.empty() ? kFirstCapacity : entries_.size() * 2);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.connection != nullptr) place(entry);
  }
}

void ConnectionTable::insert(const FourTuple& name, Connection* connection) {
  if ((size_ + 1) * 4 > entries_.size() * 3) grow();
  place({hash(name), connection});
  ++size_;
}

// Closes the gap by moving later entries of the same run back, so that no tombstones pile up.
void ConnectionTable::erase(const FourTuple& name) {
  std::size_t hole = slot_of(name, hash(name));
  if (hole == kNowhere) return;
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t next = (hole + 1) & mask; entries_[next].connection != nullptr; next = (next + 1) & mask) {
    const std::size_t home = entries_[next].hash & mask;
    if (((next - home) & mask) < ((next - hole) & mask)) continue;  // it may not stand before its home
    entries_[hole] = entries_[next];
    hole = next;
  }
  entries_[hole] = {};
  --size_;
}

}  // namespace fourtuple::tcp
