// The descriptors of the C API: small numbers for sockets and epoll sets, lowest free first, as POSIX wants them.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <queue>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {

class EpollSet;

// What descriptors name; those made by dup() share one. Exactly one of the two is set.
struct OpenFile {
  std::shared_ptr<Socket> socket;
  std::shared_ptr<EpollSet> epoll;
  int names = 0;  // descriptors; the table's business
};

// Safe from any thread.
class DescriptorTable {
 public:
  using File = std::shared_ptr<OpenFile>;

  // too_many_files_open at the limit. `lowest`: no number below it is taken (F_DUPFD).
  [[nodiscard]] Result<int> add(File file, bool close_on_exec, int lowest = 0);
  // Takes a number without a file yet, so that what is accepted later surely has one; give it back with remove().
  [[nodiscard]] Result<int> reserve();
  void fill(int number, File file, bool close_on_exec);
  // nullptr for a number that is not open.
  [[nodiscard]] File find(int number) const;
  // Frees the number. `is_last`: no other number names the file.
  struct Removed {
    File file;
    bool is_last = false;
  };
  Removed remove(int number);
  // dup2(): `number` names `file` from now on; answers what it named before.
  [[nodiscard]] Result<Removed> replace(int number, File file);

  [[nodiscard]] bool close_on_exec(int number) const;
  void set_close_on_exec(int number, bool on);
  // Numbers in use above a lowered limit stay.
  void set_limit(std::size_t limit);

 private:
  struct Slot {
    File file;
    bool taken = false;
    bool close_on_exec = false;
  };
  [[nodiscard]] Result<int> take_locked(int lowest);
  [[nodiscard]] Removed clear_locked(std::size_t index);

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::priority_queue<int, std::vector<int>, std::greater<>> free_;  // may name numbers that were taken since
  std::size_t limit_ = 65536;
};

}  // namespace fourtuple::sockets
