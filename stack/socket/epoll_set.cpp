#include "stack/socket/epoll_set.hpp"

#include <algorithm>
#include <utility>

#include "stack/socket/process.hpp"
#include "stack/socket/raise_later.hpp"

namespace fourtuple::sockets {
namespace {

constexpr std::uint32_t kAlways = EPOLLERR | EPOLLHUP;
constexpr std::uint32_t kModes = EPOLLET | EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLWAKEUP;

[[nodiscard]] bool are_compatible(std::uint32_t events) {
  if ((events & EPOLLEXCLUSIVE) == 0) return true;
  return (events & ~(EPOLLEXCLUSIVE | EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLET | EPOLLWAKEUP)) == 0;
}

}  // namespace

// Members are used with the socket's token held; `is_queued` with the set's mutex.
class EpollSet::Entry final : public Waiter, public std::enable_shared_from_this<Entry> {
 public:
  Entry(std::weak_ptr<EpollSet> owner, int number, const DescriptorTable::File& file, const epoll_event& wanted)
      : Waiter(0xff),
        set(std::move(owner)),
        descriptor(number),
        file_id(file.get()),
        socket(file->socket),
        event(wanted) {}

  bool look(Socket& from, Turn& turn) override {
    const auto owner = set.lock();
    if (!owner || disabled || (from.poll_bits(turn) & interest_bits()) == 0) return false;
    owner->mark_ready(*this, turn);
    return true;
  }
  void abandon(std::errc why, Turn&) override {
    if (why != std::errc::bad_file_descriptor) return;
    const EntryPtr self = shared_from_this();
    unlink();
    if (const auto owner = set.lock()) owner->forget(*this);
  }
  [[nodiscard]] bool is_exclusive() const override { return (event.events & EPOLLEXCLUSIVE) != 0; }
  [[nodiscard]] std::uint32_t interest_bits() const { return (event.events & ~kModes) | kAlways; }

  std::weak_ptr<EpollSet> set;
  int descriptor;
  const OpenFile* file_id;  // compared only: the same number may come to name another file
  std::shared_ptr<Socket> socket;
  epoll_event event;
  bool disabled = false;   // EPOLLONESHOT has fired
  bool is_queued = false;  // on the ready list
};

EpollSet::EntryPtr EpollSet::find_locked(int descriptor, const DescriptorTable::File& file) const {
  const auto found = entries_.find(descriptor);
  return found != entries_.end() && found->second->file_id == file.get() ? found->second : nullptr;
}

Result<void> EpollSet::add(int descriptor, const DescriptorTable::File& file, const epoll_event& event) {
  if (!are_compatible(event.events)) return failure(std::errc::invalid_argument);
  EntryPtr entry = std::make_shared<Entry>(weak_from_this(), descriptor, file, event);
  EntryPtr stale;  // this number named another file once, which lives on under another number
  Turn turn(entry->socket->core());
  if (entry->socket->is_closed()) return failure(std::errc::bad_file_descriptor);
  {
    const std::lock_guard lock(mutex_);
    if (find_locked(descriptor, file)) return failure(std::errc::file_exists);
    stale = std::exchange(entries_[descriptor], entry);
    if (!core_) core_ = entry->socket->core();
  }
  entry->socket->add(*entry);
  entry->look(*entry->socket, turn);
  if (!stale) return {};
  turn.finish();
  const Turn other(stale->socket->core());
  stale->disabled = true;
  stale->unlink();
  return {};
}

Result<void> EpollSet::modify(int descriptor, const DescriptorTable::File& file, const epoll_event& event) {
  Turn turn(file->socket->core());
  EntryPtr entry;
  {
    const std::lock_guard lock(mutex_);
    entry = find_locked(descriptor, file);
  }
  if (!entry) return failure(std::errc::no_such_file_or_directory);
  if ((event.events & EPOLLEXCLUSIVE) != 0 || entry->is_exclusive()) return failure(std::errc::invalid_argument);
  entry->event = event;
  entry->disabled = false;
  entry->look(*entry->socket, turn);
  return {};
}

Result<void> EpollSet::remove(int descriptor, const DescriptorTable::File& file) {
  Turn turn(file->socket->core());
  EntryPtr entry;
  {
    const std::lock_guard lock(mutex_);
    entry = find_locked(descriptor, file);
    if (!entry) return failure(std::errc::no_such_file_or_directory);
    entries_.erase(descriptor);
  }
  entry->disabled = true;  // it may still stand on the ready list
  entry->unlink();
  return {};
}

void EpollSet::mark_ready(Entry& entry, Turn& turn) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(entry.is_queued, true)) ready_.push_back(entry.shared_from_this());
  if (sleepers_.empty()) return;
  turn.defer(std::make_unique<RaiseLater>(sleepers_.back()));
  sleepers_.pop_back();
}

bool EpollSet::report(const EntryPtr& entry, epoll_event& event, Turn& turn) {
  if (entry->disabled || entry->socket->is_closed()) return false;
  const std::uint32_t bits = entry->socket->poll_bits(turn) & entry->interest_bits();
  if (bits == 0) return false;
  event.events = bits;
  event.data = entry->event.data;
  if ((entry->event.events & EPOLLONESHOT) != 0) {
    entry->disabled = true;
  } else if ((entry->event.events & EPOLLET) == 0) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(entry->is_queued, true)) ready_.push_back(entry);
  }
  return true;
}

int EpollSet::collect(std::span<epoll_event> events) {
  std::size_t looks = 0;
  {
    const std::lock_guard lock(mutex_);
    looks = ready_.size();
  }
  std::size_t count = 0;
  std::optional<Turn> turn;
  for (; looks != 0 && count < events.size(); --looks) {
    EntryPtr entry;
    {
      const std::lock_guard lock(mutex_);
      if (ready_.empty()) break;
      entry = std::move(ready_.front());
      ready_.pop_front();
      entry->is_queued = false;
    }
    // One turn serves all neighbours on the list that belong to the same stack.
    if (!turn || &turn->core() != entry->socket->core().get()) {
      turn.reset();
      turn.emplace(entry->socket->core());
    }
    count += report(entry, events[count], *turn) ? 1U : 0U;
  }
  return static_cast<int>(count);
}

void EpollSet::forget(const Entry& entry) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(entry.descriptor);
  if (found != entries_.end() && found->second.get() == &entry) entries_.erase(found);
}

std::shared_ptr<RuntimeCore> EpollSet::driver() const {
  {
    const std::lock_guard lock(mutex_);
    if (core_) return core_;
  }
  return process().current_core();  // an empty set waits in the time of the default stack
}

int EpollSet::wait(std::span<epoll_event> events, int timeout_ms) {
  const auto first_driver = driver();
  const Instant now = first_driver ? first_driver->clock().now() : SteadyClock().now();
  const Instant deadline = timeout_ms < 0    ? kNever
                           : timeout_ms == 0 ? Instant::min()
                                             : now + std::chrono::milliseconds(timeout_ms);
  const auto signal = std::make_shared<Signal>();
  for (bool is_late = false;;) {
    if (const int count = collect(events); count != 0 || is_late || deadline == Instant::min()) return count;
    std::shared_ptr<RuntimeCore> core;
    {
      const std::lock_guard lock(mutex_);
      signal->reset();
      if (!ready_.empty()) continue;
      sleepers_.push_back(signal);
      core = core_ ? core_ : first_driver;
    }
    is_late = core ? !core->block(*signal, deadline) : !signal->wait_until(deadline);
    const std::lock_guard lock(mutex_);
    std::erase(sleepers_, signal);
  }
}

void EpollSet::close() {
  std::map<int, EntryPtr> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(entries_);
    ready_.clear();
  }
  for (const auto& [descriptor, entry] : entries) {
    const Turn turn(entry->socket->core());
    entry->disabled = true;
    entry->unlink();
  }
}

}  // namespace fourtuple::sockets
