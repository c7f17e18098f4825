// What the page asks, and who answers: a lab, or a running stack. Nothing here knows how requests travel.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fourtuple::lab::web {

// As it came, views into the connection's buffer.
struct Request {
  std::string_view method;  // "GET", "POST"
  std::string_view target;  // "/api/events?branch=0&from=12"
  std::string_view host;
  std::string_view origin;  // empty: none
  std::string_view token;
  std::string_view body;
};

struct Reply {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string file_name = {};  // of a download
};

[[nodiscard]] Reply error_reply(unsigned status, std::string_view error, std::string_view expected = {});

class Backend {
 public:
  virtual ~Backend() = default;
  // Nothing: there is no news yet, ask again soon. With `patience_is_over` there is always an answer.
  [[nodiscard]] virtual std::optional<Reply> handle(const Request& request, bool patience_is_over) = 0;
};

// The part of a target before '?', and one of its parameters, with %XX undone; empty where it is not there.
[[nodiscard]] std::string_view path_of(std::string_view target);
[[nodiscard]] std::string parameter(std::string_view target, std::string_view name);
// The same as a number.
[[nodiscard]] std::size_t number_parameter(std::string_view target, std::string_view name, std::size_t otherwise);

}  // namespace fourtuple::lab::web
