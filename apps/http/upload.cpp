#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "apps/http/file_tree.hpp"
#include "apps/http/response.hpp"

namespace fourtuple::apps::http {
namespace {

std::string temporary_name(int file) { return fmt::format(".upload-{}-{}", ::getpid(), file); }

}  // namespace

Result<Upload, int> Upload::begin(const Descriptor& folder) {
  Descriptor file(::openat(folder.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  if (file) return Upload(folder, std::move(file), {});
  if (errno != EOPNOTSUPP && errno != EISDIR) return failure(status_of_errno(errno));
  const Descriptor number(::dup(folder.get()));  // a number that nobody else in this process has now
  const std::string name = temporary_name(number.get());
  Descriptor named(::openat(folder.get(), name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!named) return failure(status_of_errno(errno));
  return Upload(folder, std::move(named), name);
}

Upload::Upload(const Descriptor& folder, Descriptor file, std::string temporary)
    : folder_(&folder), file_(std::move(file)), temporary_(std::move(temporary)) {}

Upload::Upload(Upload&& other) noexcept
    : folder_(other.folder_), file_(std::move(other.file_)), temporary_(std::exchange(other.temporary_, {})) {}

Upload::~Upload() {
  if (!temporary_.empty()) ::unlinkat(folder_->get(), temporary_.c_str(), 0);
}

bool Upload::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A link cannot take the place of an existing file, a rename can: so link first, then rename.
Result<void, int> Upload::commit(const std::string& name) {
  if (name == "." || name == ".." || name.find('/') != std::string::npos) return failure(403);
  if (temporary_.empty()) {
    const std::string source = fmt::format("/proc/self/fd/{}", file_.get());
    const std::string link = temporary_name(file_.get());
    if (::linkat(AT_FDCWD, source.c_str(), folder_->get(), link.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return failure(status_of_errno(errno));
    temporary_ = link;
  }
  if (::renameat(folder_->get(), temporary_.c_str(), folder_->get(), name.c_str()) != 0)
    return failure(status_of_errno(errno));
  temporary_.clear();
  return {};
}

}  // namespace fourtuple::apps::http
