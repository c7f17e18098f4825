#include "apps/http/response.hpp"

#include <array>
#include <cerrno>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace fourtuple::apps::http {

int status_of_errno(int error) {
  struct Row {
    int error;
    int status;
  };
  static constexpr std::array kRows{
      Row{ENOENT, 404}, Row{ENOTDIR, 404}, Row{ENAMETOOLONG, 404}, Row{ENXIO, 404},  Row{ENODEV, 404},
      Row{EACCES, 403}, Row{EPERM, 403},   Row{EROFS, 403},        Row{EXDEV, 403},  Row{ELOOP, 403},
      Row{EISDIR, 409}, Row{EEXIST, 409},  Row{ENOTEMPTY, 409},    Row{EMFILE, 503}, Row{ENFILE, 503},
      Row{ENOSPC, 507}, Row{EDQUOT, 507},  Row{EFBIG, 507},
  };
  for (const Row& row : kRows)
    if (row.error == error) return row.status;
  return 500;
}

std::string_view reason_phrase(int status) {
  struct Row {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array kRows{
      Row{200, "OK"},
      Row{201, "Created"},
      Row{206, "Partial Content"},
      Row{301, "Moved Permanently"},
      Row{400, "Bad Request"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{409, "Conflict"},
      Row{413, "Content Too Large"},
      Row{416, "Range Not Satisfiable"},
      Row{431, "Request Header Fields Too Large"},
      Row{500, "Internal Server Error"},
      Row{503, "Service Unavailable"},
      Row{505, "HTTP Version Not Supported"},
      Row{507, "Insufficient Storage"},
  };
  for (const Row& row : kRows)
    if (row.status == status) return row.phrase;
  return "Unknown";
}

std::string to_text(const ResponseHead& head, std::time_t now) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S GMT}\r\nServer: fourtuple\r\n",
                                 head.status, reason_phrase(head.status), fmt::gmtime(now));
  text += fmt::format("Content-Length: {}\r\n", head.content_length);
  if (!head.content_type.empty()) text += fmt::format("Content-Type: {}\r\n", head.content_type);
  for (const std::string& field : head.fields) text += field + "\r\n";
  text += head.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return text;
}

std::string error_page(int status) {
  return fmt::format("<!doctype html>\n<title>{0} {1}</title>\n<h1>{0} {1}</h1>\n", status, reason_phrase(status));
}

}  // namespace fourtuple::apps::http
