// Whoever waits for a socket: a pending asynchronous operation, a blocked thread, an entry of a poll or an epoll set.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <system_error>

namespace fourtuple {
class Turn;
}

namespace fourtuple::sockets {

class Socket;

// Linked into one socket's list, with the token held; leaves the list by itself when destroyed.
class Waiter : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // The notices (Readiness bits) that matter to it.
  explicit Waiter(std::uint8_t interest) : interest_(interest) {}
  virtual ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  [[nodiscard]] std::uint8_t interest() const { return interest_; }
  // Only one of the exclusive waiters of a socket is told (EPOLLEXCLUSIVE).
  [[nodiscard]] virtual bool is_exclusive() const { return false; }

  // What a cancellation slot knows an asynchronous operation by; 0: not to be cancelled by number.
  [[nodiscard]] virtual std::uint64_t number() const { return 0; }

  // The socket may have become ready: look again. A waiter that has got what it wanted unlinks itself. Answers whether
  // it took notice.
  virtual bool look(Socket& socket, Turn& turn) = 0;
  // The socket is closed (bad_file_descriptor), or its operations are cancelled (operation_canceled). Unlinks itself in
  // the first case; in the second only what can be cancelled does.
  virtual void abandon(std::errc why, Turn& turn) = 0;

 protected:
  void set_interest(std::uint8_t interest) { interest_ = interest; }

 private:
  std::uint8_t interest_;
};

using WaiterList = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

}  // namespace fourtuple::sockets
