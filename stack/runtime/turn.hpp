// A turn: the time during which one thread holds the token and may run the engine.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "stack/base/notice.hpp"
#include "stack/base/time.hpp"

namespace fourtuple {

class RuntimeCore;
class Stack;
class Turn;

// What waits for something to be done when the token has been given back: a handler to post, a thread to wake.
class Deferred {
 public:
  virtual ~Deferred() = default;
  // `may_dispatch`: no user code is below us on this thread's stack, so handlers may run right here.
  virtual void run(bool may_dispatch) = 0;

 private:
  friend class Turn;
  std::unique_ptr<Deferred> next_;
};

// A socket as the runtime knows it: something that is told when its state may have changed. Called with the token held.
class NoticeTarget {
 public:
  virtual ~NoticeTarget() = default;
  virtual void on_notice(Readiness changed, Turn& turn) = 0;
  // The runtime ends: let go of the stack for ever.
  virtual void on_shutdown(Turn& turn) = 0;
};

// Takes the token and one sample of the clock; in the end hands the stack's notices to the sockets they concern, moves
// the pump's timer if something became due earlier, gives the token back, and runs what was deferred, in this order.
class Turn {
 public:
  explicit Turn(const std::shared_ptr<RuntimeCore>& core);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  [[nodiscard]] Instant now() const { return now_; }
  // Precondition: alive().
  [[nodiscard]] Stack& stack() const;
  [[nodiscard]] RuntimeCore& core() const { return *core_; }
  // False once the runtime has ended.
  [[nodiscard]] bool alive() const;

  void defer(std::unique_ptr<Deferred> work);
  // Ends the turn before the destructor does. With `may_dispatch` deferred handlers may run inline, and may throw: what
  // had not run by then is posted.
  void finish(bool may_dispatch = false);

 private:
  std::shared_ptr<RuntimeCore> core_;
  std::unique_lock<std::mutex> token_;
  Instant now_;
  std::unique_ptr<Deferred> first_;
  Deferred* last_ = nullptr;
};

}  // namespace fourtuple
