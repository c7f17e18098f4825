// What the web server answers, decided without sending anything.
#pragma once

#include <string>

#include "apps/http/file_tree.hpp"
#include "apps/http/range.hpp"
#include "apps/http/request_parser.hpp"
#include "apps/http/response.hpp"

namespace fourtuple::apps::http {

// A head, and behind it either `page` or the octets `range` of `file`.
struct Answer {
  ResponseHead head;
  std::string page;
  OpenFile file;
  ByteRange range;
};

[[nodiscard]] Answer text_answer(int status, std::string text);
// With a further field of the head, unless that is empty.
[[nodiscard]] Answer error_answer(int status, std::string field = {});
// The counters, in the form that Prometheus reads.
[[nodiscard]] Answer metrics_answer(std::string metrics);
// To GET and HEAD.
[[nodiscard]] Answer download_answer(const FileTree& files, const Request& request);

}  // namespace fourtuple::apps::http
