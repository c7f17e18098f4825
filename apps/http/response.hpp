// Heads of HTTP/1.1 responses.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fourtuple::apps::http {

// What a file operation that failed with this errno means to a client: 403, 404, 409, 503, 507, else 500.
[[nodiscard]] int status_of_errno(int error);

// "Not Found"
[[nodiscard]] std::string_view reason_phrase(int status);

struct ResponseHead {
  int status = 200;
  std::uint64_t content_length = 0;
  std::string content_type = {};  // "" leaves the field out
  bool keep_alive = true;
  std::vector<std::string> fields = {};  // further ones, "Name: value"
};

// With the empty line at the end. `now` is the wall clock's, for the Date field.
[[nodiscard]] std::string to_text(const ResponseHead& head, std::time_t now);

// The small page that goes with an error.
[[nodiscard]] std::string error_page(int status);

}  // namespace fourtuple::apps::http
