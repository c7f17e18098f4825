// An epoll set over our sockets, level- and edge-triggered, one-shot and exclusive, in the manner of epoll(7): notices
// put entries on a ready list; a wait looks at what is on it, reports what is still ready, and puts level-triggered
// entries back.
//
// Locks: a socket's token may be held while the set's mutex is taken, never the other way about.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <sys/epoll.h>
#include <vector>

#include "stack/socket/blocking.hpp"
#include "stack/socket/descriptor_table.hpp"

namespace fourtuple::sockets {

class EpollSet : public std::enable_shared_from_this<EpollSet> {
 public:
  // file_exists; invalid_argument for flags that do not go together.
  Result<void> add(int descriptor, const DescriptorTable::File& file, const epoll_event& event);
  // no_such_file_or_directory for a descriptor (or another file under its number) that is not in the set.
  Result<void> modify(int descriptor, const DescriptorTable::File& file, const epoll_event& event);
  Result<void> remove(int descriptor, const DescriptorTable::File& file);
  // Fills in at most `events.size()` events; waits for the first as long as `timeout_ms` (-1: for ever) allows.
  int wait(std::span<epoll_event> events, int timeout_ms);
  // Forgets all entries.
  void close();

 private:
  class Entry;
  using EntryPtr = std::shared_ptr<Entry>;

  [[nodiscard]] EntryPtr find_locked(int descriptor, const DescriptorTable::File& file) const;
  // With the entry's socket's token held.
  void mark_ready(Entry& entry, Turn& turn);
  // Looks at the ready list once.
  int collect(std::span<epoll_event> events);
  [[nodiscard]] bool report(const EntryPtr& entry, epoll_event& event, Turn& turn);
  void forget(const Entry& entry);
  [[nodiscard]] std::shared_ptr<RuntimeCore> driver() const;

  mutable std::mutex mutex_;
  std::map<int, EntryPtr> entries_;
  std::deque<EntryPtr> ready_;
  std::vector<std::shared_ptr<Signal>> sleepers_;
  std::shared_ptr<RuntimeCore> core_;  // of the first entry: who drives while a wait sleeps
};

}  // namespace fourtuple::sockets
