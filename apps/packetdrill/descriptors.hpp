// The descriptors that packetdrill holds: real ones of the kernel, since it closes them with the kernel's close(2),
// each standing for one of ft_socket()'s or for the end of a pipe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace fourtuple::packetdrill {

class Descriptors {
 public:
  // A real descriptor for `ours`; -1 with errno where the kernel has none left. A number that was handed out before is
  // taken as closed behind our back. `is_v6`: the script thinks of it as a socket of IPv6.
  [[nodiscard]] int hand_out(int ours, bool is_v6 = false);
  // What `real` stands for; -1, which is no descriptor of anybody's, for a stranger.
  [[nodiscard]] int ours(int real) const;
  [[nodiscard]] bool is_v6(int real) const;
  // Closes the real one; answers what it stood for, or -1.
  int take_back(int real);
  // Forgets all without closing the real ones; answers what they stood for.
  [[nodiscard]] std::vector<int> forget_all();

  // Ends of pipes are the kernel's, and stand for themselves.
  void add_pipe(int reading, int writing);
  [[nodiscard]] bool is_pipe(int real) const;
  // False where it was no end of a pipe.
  bool close_pipe(int real);
  // Octets that were taken out of a pipe for a socket that had no room for them yet: the next to leave it.
  [[nodiscard]] std::vector<std::uint8_t> take_rest(int reading);
  void put_back(int reading, std::vector<std::uint8_t> rest);

 private:
  struct Entry {
    int ours = -1;
    bool is_v6 = false;
  };

  mutable std::mutex mutex_;
  std::map<int, Entry> sockets_;
  std::map<int, std::vector<std::uint8_t>> pipes_;  // by either end; the octets that were put back
};

}  // namespace fourtuple::packetdrill
