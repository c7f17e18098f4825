// A folder as a web server sees it: targets to files that lie below it, and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/descriptor.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps::http {

// "/a%20b/../c?x" -> "c", relative to the root ("." for the root itself). Nothing for what is no path: bad percent
// codes, control characters, or a way above the root.
[[nodiscard]] std::optional<std::string> path_of_target(std::string_view target);

// Safe to put into HTML text and attributes.
[[nodiscard]] std::string escape_html(std::string_view text);
// Safe to put into a URL's path.
[[nodiscard]] std::string escape_url(std::string_view text);

[[nodiscard]] std::string_view content_type(std::string_view path);

struct OpenFile {
  Descriptor descriptor;
  std::uint64_t size_bytes = 0;
  bool is_folder = false;
};

// A file that is being sent to us. Without a name until it is whole, where the file system can do that: an upload that
// breaks off, or a server that dies, leaves nothing. [open(2) O_TMPFILE]
class Upload {
 public:
  // `folder` outlives the upload. The error is an HTTP status: 403, 500, 503, 507.
  [[nodiscard]] static Result<Upload, int> begin(const Descriptor& folder);
  Upload(Upload&& other) noexcept;
  Upload& operator=(Upload&&) = delete;
  ~Upload();

  // False when the disk is full or broken.
  [[nodiscard]] bool append(std::string_view bytes);
  // Gives it its name, in place of what had it before. 403 for a name with '/', 409 for one that is a folder's.
  [[nodiscard]] Result<void, int> commit(const std::string& name);

 private:
  Upload(const Descriptor& folder, Descriptor file, std::string temporary);

  const Descriptor* folder_;
  Descriptor file_;
  std::string temporary_;  // to be removed if nothing comes of it; "" where there is none
};

// Files below one folder. Symbolic links are followed only as long as they stay below it.
class FileTree {
 public:
  [[nodiscard]] static SetupResult<FileTree> open(const std::string& folder);

  // `path` as path_of_target() answers it. The error is an HTTP status: 403, 404.
  [[nodiscard]] Result<OpenFile, int> open_file(const std::string& path) const;
  [[nodiscard]] Result<Upload, int> begin_upload() const { return Upload::begin(root_); }
  // The page that lists a folder.
  [[nodiscard]] std::string listing(const OpenFile& folder, const std::string& path) const;

 private:
  explicit FileTree(Descriptor root) : root_(std::move(root)) {}
  Descriptor root_;
};

}  // namespace fourtuple::apps::http
