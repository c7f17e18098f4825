// The demultiplexer: from the four-tuple of a segment to its connection, in constant time.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/base/siphash.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::tcp {

class Connection;

// An open-addressed table with a secret hash key: a peer that picks its ports cannot make the probes long.
class ConnectionTable {
 public:
  explicit ConnectionTable(const SipKey& key) : key_(key) {}

  [[nodiscard]] Connection* find(const FourTuple& name) const;
  // Precondition: the name is not in the table.
  void insert(const FourTuple& name, Connection* connection);
  void erase(const FourTuple& name);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    Connection* connection = nullptr;
  };
  [[nodiscard]] std::uint64_t hash(const FourTuple& name) const;
  [[nodiscard]] std::size_t slot_of(const FourTuple& name, std::uint64_t hash) const;
  void grow();
  void place(Entry entry);

  SipKey key_;
  std::vector<Entry> entries_;  // a power of two, at most three quarters full
  std::size_t size_ = 0;
};

}  // namespace fourtuple::tcp
