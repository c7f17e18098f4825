// From packetdrill's table of functions to the session of the script that runs. The table's functions all have one
// form: find the session, bracket the call, translate descriptors, let ft_* do it.
#pragma once

#include <cerrno>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "apps/packetdrill/interface.hpp"
#include "apps/packetdrill/session.hpp"

namespace fourtuple::packetdrill {

// One for the process; it outlives all scripts, because packetdrill may end without saying so.
class Adapter {
 public:
  // A script begins, with nothing left of the one before.
  void begin(const char* flags);
  void end();
  [[nodiscard]] std::shared_ptr<Session> session() const;

 private:
  // Says each sentence once, and once what could have been written instead.
  void complain(const std::vector<std::string>& sentences);

  mutable std::mutex mutex_;
  std::shared_ptr<Session> session_;
  std::set<std::string> said_;
};

[[nodiscard]] Adapter& the_adapter();

// Keeps errno as the call left it.
class CallBrackets {
 public:
  explicit CallBrackets(Session& session) : session_(session) { session_.begin_call(); }
  ~CallBrackets() {
    const int number = errno;
    session_.end_call();
    errno = number;
  }
  CallBrackets(const CallBrackets&) = delete;
  CallBrackets& operator=(const CallBrackets&) = delete;

 private:
  Session& session_;
};

// Runs `body(Session&)`; -1 with errno where there is no script or no memory.
template <class Body>
auto with_session(void* userdata, Body&& body) noexcept -> decltype(body(std::declval<Session&>())) {
  try {
    // Held, so that a thread which is still in a call when the script ends finds what it works on.
    const auto session = static_cast<Adapter*>(userdata)->session();
    if (session) return body(*session);
    errno = ENETDOWN;
  } catch (...) {
    errno = ENOMEM;
  }
  return -1;
}

// The same with the brackets of a call on sockets.
template <class Body>
auto in_call(void* userdata, Body&& body) noexcept -> decltype(body(std::declval<Session&>())) {
  return with_session(userdata, [&](Session& session) {
    const CallBrackets brackets(session);
    return body(session);
  });
}

// Each fills its part of the table.
void fill_names(packetdrill_interface& table);      // socket ... connect, close, options, control
void fill_data(packetdrill_interface& table);       // read ... sendmsg
void fill_readiness(packetdrill_interface& table);  // poll, epoll
void fill_pipes(packetdrill_interface& table);      // pipe, splice
void fill_network(packetdrill_interface& table);    // netdev, time

}  // namespace fourtuple::packetdrill
