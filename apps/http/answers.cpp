#include "apps/http/answers.hpp"

#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace fourtuple::apps::http {
namespace {

Answer page_answer(int status, std::string type, std::string page) {
  Answer answer;
  answer.head.status = status;
  answer.head.content_type = std::move(type);
  answer.head.content_length = page.size();
  answer.page = std::move(page);
  return answer;
}

Answer file_answer(OpenFile file, const std::string& path, const std::string& range_field) {
  const auto range = parse_range(range_field, file.size_bytes);
  if (!range) return error_answer(range.error(), fmt::format("Content-Range: bytes */{}", file.size_bytes));
  Answer answer;
  answer.range = range->value_or(ByteRange{0, file.size_bytes});
  answer.head.content_type = content_type(path);
  answer.head.content_length = answer.range.length;
  answer.head.fields.emplace_back("Accept-Ranges: bytes");
  if (*range) {
    answer.head.status = 206;
    answer.head.fields.push_back(fmt::format("Content-Range: bytes {}-{}/{}", answer.range.first,
                                             answer.range.first + answer.range.length - 1, file.size_bytes));
  }
  answer.file = std::move(file);
  return answer;
}

Answer folder_answer(const FileTree& files, const OpenFile& folder, const std::string& path, std::string_view place) {
  // Relative links on the page need the slash at the end.
  if (!place.ends_with('/')) return error_answer(301, "Location: /" + escape_url(path) + "/");
  const std::string index = path == "." ? "index.html" : path + "/index.html";
  if (auto page = files.open_file(index); page && !page->is_folder) return file_answer(std::move(*page), index, {});
  return page_answer(200, "text/html; charset=utf-8", files.listing(folder, path));
}

}  // namespace

Answer text_answer(int status, std::string text) { return page_answer(status, "text/plain", std::move(text)); }

Answer error_answer(int status, std::string field) {
  Answer answer = page_answer(status, "text/html", error_page(status));
  if (!field.empty()) answer.head.fields.push_back(std::move(field));
  return answer;
}

Answer metrics_answer(std::string metrics) {
  return page_answer(200, "text/plain; version=0.0.4; charset=utf-8", std::move(metrics));
}

Answer download_answer(const FileTree& files, const Request& request) {
  const auto path = path_of_target(request.target);
  if (!path) return error_answer(400);
  auto file = files.open_file(*path);
  if (!file) return error_answer(file.error());
  const std::string_view place = std::string_view(request.target).substr(0, request.target.find('?'));
  return file->is_folder ? folder_answer(files, *file, *path, place)
                         : file_answer(std::move(*file), *path, request.range);
}

}  // namespace fourtuple::apps::http
