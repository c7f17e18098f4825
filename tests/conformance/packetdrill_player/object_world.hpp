// The shared object in the place of our own stack: what the interpreter of packet scripts calls (ft_*, Laboratory) is
// given to libfourtuple-packetdrill.so, as packetdrill would do it. So the same scripts run through both doors.
//
// Like packetdrill, it makes calls that may wait on a second thread, moves time by usleep(), and asks for a packet only
// when the script expects one: netdev_receive() moves time to it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <netinet/in.h>
#include <string>

#include "apps/laboratory/laboratory.hpp"
#include "tests/conformance/packetdrill_driver/stock.hpp"

namespace fourtuple::player {

class ObjectWorld {
 public:
  explicit ObjectWorld(const laboratory::Setup& setup);
  ~ObjectWorld();
  ObjectWorld(const ObjectWorld&) = delete;
  ObjectWorld& operator=(const ObjectWorld&) = delete;

  // The one that lives; there is one script in a process.
  [[nodiscard]] static ObjectWorld& current();

  // --- Network and time, for Laboratory.
  void give(ByteView datagram);
  void want_packet();
  // Only after want_packet(), once.
  [[nodiscard]] std::optional<laboratory::Emitted> take();
  // Right after a call that waited: when it returned, although the script may have gone on past that moment.
  [[nodiscard]] Instant now() const { return call_end_.value_or(now_); }
  // False where nothing will happen any more.
  bool step(Instant limit);

  // --- Calls, for ft_*. errno as the object's function left it.
  template <class Call>
  [[nodiscard]] auto make(Call&& call) {
    const auto result = call(stack_, stack_.userdata);
    look_at_clock();
    return result;
  }
  // On a second thread, while the script goes on here.
  [[nodiscard]] long long wait_for(const std::function<long long(const packetdrill_interface&)>& call);

  // packetdrill keeps the names itself; the object has no slot for them.
  struct Names {
    sockaddr_in local{};
    sockaddr_in remote{};
  };
  std::map<int, Names> names;

 private:
  // While a call waits time goes in small steps, to see soon that it has returned; they grow with what is left.
  static constexpr Duration kStepBelowCall = std::chrono::milliseconds(1);

  void look_at_clock();
  void sleep(Duration span);

  const laboratory::Setup setup_;
  packetdrill_interface stack_{};
  Duration clock_offset_{};  // ours minus the object's
  Instant now_;
  std::optional<Instant> call_end_;
  bool wants_packet_ = false;
  bool packet_came_ = false;
  bool is_silent_ = false;  // the last time it was asked, no packet came
  int waiting_calls_ = 0;
};

// What the object has to be told of a stack's configuration; empty where it cannot be told all.
[[nodiscard]] std::optional<std::string> flags_of(const laboratory::Setup& setup);

}  // namespace fourtuple::player
