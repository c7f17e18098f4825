// Blocking calls over sockets that never block: try, leave a waiter, sleep, try again.
#pragma once

#include <memory>
#include <utility>

#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {

// Wakes one thread when its socket, or any of its sockets, may have become ready.
class SignalWaiter final : public Waiter {
 public:
  SignalWaiter(std::uint8_t interest, std::shared_ptr<Signal> signal) : Waiter(interest), signal_(std::move(signal)) {}

  bool look(Socket& socket, Turn& turn) override;
  void abandon(std::errc why, Turn& turn) override;

 private:
  std::shared_ptr<Signal> signal_;
};

// How long a call may wait: `timeout` of zero is for ever, as SO_RCVTIMEO and SO_SNDTIMEO mean it.
[[nodiscard]] inline Instant deadline_after(Duration timeout, Instant now) {
  return timeout == Duration::zero() ? kNever : now + timeout;
}

// Calls `attempt(Turn&)`, which answers a Result, until it answers something else than operation_would_block or
// operation_in_progress, the socket is closed (bad_file_descriptor) or `deadline` passes (the last answer).
// `deadline` in the past means one attempt.
template <class Attempt>
auto retry_until(const std::shared_ptr<Socket>& socket, std::uint8_t interest, Instant deadline, Attempt&& attempt)
    -> decltype(attempt(std::declval<Turn&>())) {
  const auto must_wait = [](std::errc error) {
    return error == std::errc::operation_would_block || error == std::errc::operation_in_progress;
  };
  std::shared_ptr<Signal> signal;
  std::unique_ptr<SignalWaiter> waiter;
  for (bool is_late = false;;) {
    {
      Turn turn(socket->core());
      if (socket->is_closed()) {
        waiter.reset();
        return failure(std::errc::bad_file_descriptor);
      }
      auto answer = attempt(turn);
      if (answer || !must_wait(answer.error()) || is_late || turn.now() >= deadline) {
        waiter.reset();  // leaves the socket's list while the token is held
        return answer;
      }
      if (!waiter) {
        signal = std::make_shared<Signal>();
        waiter = std::make_unique<SignalWaiter>(interest, signal);
        socket->add(*waiter);
      }
      signal->reset();
    }
    is_late = !socket->core()->block(*signal, deadline);
  }
}

}  // namespace fourtuple::sockets
