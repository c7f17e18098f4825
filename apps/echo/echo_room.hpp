// The connections that an echo server has.
#pragma once

#include <memory>
#include <unordered_map>

#include "apps/echo/echo_session.hpp"

namespace fourtuple::apps {

class EchoRoom {
 public:
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  void enter(std::shared_ptr<EchoSession> session);
  void leave(const EchoSession* session);
  void close_all();
  void end_sending_on_all();

 private:
  template <class Action>
  void for_each(Action action);

  std::unordered_map<const EchoSession*, std::shared_ptr<EchoSession>> sessions_;
};

}  // namespace fourtuple::apps
