// HTTP/1.1 requests out of bytes as they come. The grammar is Boost.Beast's; this keeps its headers in one source file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "stack/base/result.hpp"

namespace fourtuple::apps::http {

struct Request {
  std::string method;
  std::string target;  // as sent: percent-encoded, query included
  std::string range;   // the Range field's value, "" without one
  bool expects_continue = false;
  bool keep_alive = false;
  bool has_body = false;
};

class RequestParser {
 public:
  static constexpr std::size_t kMaxHeadBytes = 16384;

  // Called with each piece of a body, already out of its chunks. False stops the parser with status 507.
  using BodySink = std::function<bool(std::string_view)>;

  RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  // Takes what it can use of `bytes`, first up to the end of the head and no further, then the body; answers how
  // much that was. What is left belongs in front of the next call's bytes. The error is the HTTP status to answer with.
  [[nodiscard]] Result<std::size_t, int> take(std::string_view bytes);

  void set_body_sink(BodySink sink);
  [[nodiscard]] bool has_head() const;
  [[nodiscard]] bool is_complete() const;
  // Precondition: has_head().
  [[nodiscard]] const Request& request() const;

 private:
  class Grammar;
  std::unique_ptr<Grammar> grammar_;
};

}  // namespace fourtuple::apps::http
