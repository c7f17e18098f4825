#include "apps/http/file_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "apps/http/response.hpp"
#include "apps/report.hpp"

namespace fourtuple::apps::http {
namespace {

constexpr std::size_t kMaxListed = 10000;

// The kernel itself refuses ways out of the folder, by ".." or by symbolic links. [openat2(2)]
int open_beneath(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;  // not to hang on a FIFO
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseFolder> stream(copy >= 0 ? ::fdopendir(copy) : nullptr);
  if (!stream && copy >= 0) ::close(copy);
  while (stream && names.size() < kMaxListed) {
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(entry->d_type == DT_DIR ? name + "/" : name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

SetupResult<FileTree> FileTree::open(const std::string& folder) {
  Descriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root) return FileTree(std::move(root));
  return failure(SetupError{.cause = fmt::format("cannot open the folder {}: {}", folder, error_text(errno)),
                            .cure = "name a folder that you may read"});
}

Result<OpenFile, int> FileTree::open_file(const std::string& path) const {
  OpenFile file{.descriptor = Descriptor(open_beneath(root_.get(), path))};
  if (!file.descriptor) return failure(status_of_errno(errno));
  struct stat information {};
  if (::fstat(file.descriptor.get(), &information) != 0) return failure(404);
  file.is_folder = S_ISDIR(information.st_mode);
  if (!file.is_folder && !S_ISREG(information.st_mode)) return failure(403);
  file.size_bytes = file.is_folder ? 0 : static_cast<std::uint64_t>(information.st_size);
  return file;
}

std::string FileTree::listing(const OpenFile& folder, const std::string& path) const {
  const std::string title = path == "." ? "/" : "/" + escape_html(path) + "/";
  std::string page = fmt::format("<!doctype html>\n<title>{0}</title>\n<h1>{0}</h1>\n<ul>\n", title);
  if (path != ".") page += "<li><a href=\"../\">../</a>\n";
  for (const std::string& name : names_in(folder.descriptor.get()))
    page += fmt::format("<li><a href=\"./{}\">{}</a>\n", escape_url(name), escape_html(name));
  return page + "</ul>\n";
}

}  // namespace fourtuple::apps::http
