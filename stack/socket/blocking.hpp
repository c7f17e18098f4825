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

// How long a call may wait.
struct Patience {
  enum class Kind : std::uint8_t {
    kReceiving,  // SO_RCVTIMEO; not at all on a non-blocking socket
    kSending,    // SO_SNDTIMEO; not at all on a non-blocking socket
    kUntil,
  };
  Kind kind = Kind::kUntil;
  Instant until = kNever;

  [[nodiscard]] static Patience receiving(bool dont_wait = false) { return {Kind::kReceiving, limit(dont_wait)}; }
  [[nodiscard]] static Patience sending(bool dont_wait = false) { return {Kind::kSending, limit(dont_wait)}; }
  [[nodiscard]] static Patience none() { return {Kind::kUntil, Instant::min()}; }
  // With the token held: the socket's settings are read.
  [[nodiscard]] Instant deadline(const Socket& socket, Instant now) const;

 private:
  [[nodiscard]] static Instant limit(bool dont_wait) { return dont_wait ? Instant::min() : kNever; }
};

// Calls `attempt(Turn&)`, which answers a Result, until it answers something else than operation_would_block or
// operation_in_progress, the socket is closed (bad_file_descriptor) or the patience ends (the last answer). There is
// one attempt at least.
template <class Attempt>
auto retry_until(const std::shared_ptr<Socket>& socket, std::uint8_t interest, Patience patience, Attempt&& attempt)
    -> decltype(attempt(std::declval<Turn&>())) {
  const auto must_wait = [](std::errc error) {
    return error == std::errc::operation_would_block || error == std::errc::operation_in_progress;
  };
  std::shared_ptr<Signal> signal;
  std::unique_ptr<SignalWaiter> waiter;
  Instant deadline = Instant::min();
  for (bool is_late = false;;) {
    {
      Turn turn(socket->core());
      if (socket->is_closed()) {
        waiter.reset();
        return failure(std::errc::bad_file_descriptor);
      }
      auto answer = attempt(turn);
      if (answer || !must_wait(answer.error()) || is_late || (waiter && turn.now() >= deadline)) {
        waiter.reset();  // leaves the socket's list while the token is held
        return answer;
      }
      if (!waiter) {
        deadline = patience.deadline(*socket, turn.now());
        if (turn.now() >= deadline) return answer;
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
