// A lab answers its page.
#pragma once

#include <boost/json/fwd.hpp>

#include "apps/lab/session.hpp"
#include "apps/lab/web/backend.hpp"

namespace fourtuple::lab::web {

class LabBackend final : public Backend {
 public:
  // More events are asked for in several requests.
  static constexpr std::size_t kMostEvents = 5000;

  explicit LabBackend(Session session) : session_(std::move(session)) {}

  [[nodiscard]] std::optional<Reply> handle(const Request& request, bool patience_is_over) override;

 private:
  [[nodiscard]] Reply get(const Request& request);
  [[nodiscard]] Reply post(const Request& request);
  [[nodiscard]] Reply tell_session() const;
  [[nodiscard]] Reply tell_events(const Request& request);
  [[nodiscard]] Reply export_branch(const Request& request);
  [[nodiscard]] Reply open(const boost::json::object& body);
  [[nodiscard]] Reply branch_off(std::size_t from, const boost::json::object& body);
  [[nodiscard]] static Reply step(Session::Branch& branch, const boost::json::object& body);
  [[nodiscard]] static Reply run(Session::Branch& branch, const boost::json::object& body);
  [[nodiscard]] static Reply act(Session::Branch& branch, const boost::json::object& body);

  Session session_;
};

}  // namespace fourtuple::lab::web
