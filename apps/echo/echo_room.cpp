#include "apps/echo/echo_room.hpp"

#include <utility>
#include <vector>

namespace fourtuple::apps {

void EchoRoom::enter(std::shared_ptr<EchoSession> session) {
  const EchoSession* key = session.get();
  sessions_.emplace(key, std::move(session));
}

void EchoRoom::leave(const EchoSession* session) { sessions_.erase(session); }

// Sessions leave while we go through them.
template <class Action>
void EchoRoom::for_each(Action action) {
  std::vector<std::shared_ptr<EchoSession>> all;
  all.reserve(sessions_.size());
  for (const auto& [key, session] : sessions_) all.push_back(session);
  for (const auto& session : all) action(*session);
}

void EchoRoom::close_all() {
  for_each([](EchoSession& session) { session.close(); });
}

void EchoRoom::end_sending_on_all() {
  for_each([](EchoSession& session) { session.end_sending(); });
}

}  // namespace fourtuple::apps
