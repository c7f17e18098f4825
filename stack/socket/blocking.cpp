#include "stack/socket/blocking.hpp"

#include <algorithm>

#include "stack/socket/raise_later.hpp"

namespace fourtuple::sockets {
Instant Patience::deadline(const Socket& socket, Instant now) const {
  if (kind == Kind::kUntil) return until;
  if (socket.non_blocking()) return Instant::min();
  const Settings& settings = socket.settings();
  const Duration timeout = kind == Kind::kReceiving ? settings.receive_timeout : settings.send_timeout;
  return timeout == Duration::zero() ? until : std::min(until, now + timeout);
}

bool SignalWaiter::look(Socket&, Turn& turn) {
  turn.defer(std::make_unique<RaiseLater>(signal_));
  return true;
}

void SignalWaiter::abandon(std::errc why, Turn& turn) {
  if (why != std::errc::bad_file_descriptor) return;  // cancel() is for asynchronous operations
  unlink();
  turn.defer(std::make_unique<RaiseLater>(signal_));
}

}  // namespace fourtuple::sockets
