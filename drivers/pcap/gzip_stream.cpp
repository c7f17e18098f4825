#include "drivers/pcap/gzip_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

namespace fourtuple {
namespace {

constexpr unsigned kReadAhead = 128 * 1024;

SetupError gzip_open_error(const std::string& path, int error) {
  SetupError result{.cause = "cannot read the capture file " + path + ": " + std::generic_category().message(error),
                    .cure = "check the path"};
  if (error == EACCES || error == EPERM) result.cure = "choose a file that you may read";
  if (error == EISDIR) result.cure = "give the name of a file, not of a directory";
  return result;
}

int open_for_reading(const std::string& path) {
  return path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

}  // namespace

struct GzipStream::Handle {
  explicit Handle(gzFile opened) : file(opened) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { ::gzclose_r(file); }

  gzFile file;
  std::optional<double> size;  // of the file as it lies on the disk
};

GzipStream::GzipStream(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
GzipStream::~GzipStream() = default;

SetupResult<std::unique_ptr<GzipStream>> GzipStream::open(const std::string& path) {
  const int descriptor = open_for_reading(path);
  if (descriptor < 0) return failure(gzip_open_error(path, errno));
  struct stat facts {};
  if (::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) {
    ::close(descriptor);
    return failure(gzip_open_error(path, EISDIR));
  }
  const gzFile file = ::gzdopen(descriptor, "rb");
  if (file == nullptr) {
    ::close(descriptor);
    return failure(gzip_open_error(path, ENOMEM));
  }
  ::gzbuffer(file, kReadAhead);
  auto handle = std::make_unique<Handle>(file);
  if (S_ISREG(facts.st_mode) && facts.st_size > 0) handle->size = static_cast<double>(facts.st_size);
  return std::unique_ptr<GzipStream>(new GzipStream(std::move(handle)));
}

std::FILE* GzipStream::stream() {
  cookie_io_functions_t functions{};
  functions.read = &GzipStream::read;
  return ::fopencookie(this, "rb", functions);
}

std::string GzipStream::peek() {
  std::array<char, 4> more{};
  while (peeked_.size() < more.size()) {
    const ssize_t count = read(more.data(), more.size() - peeked_.size());
    if (count <= 0) break;
    peeked_.append(more.data(), static_cast<std::size_t>(count));
  }
  return peeked_;
}

ssize_t GzipStream::read(void* self, char* to, std::size_t size) {
  auto& stream = *static_cast<GzipStream*>(self);
  if (stream.peeked_.empty()) return stream.read(to, size);
  const std::size_t count = stream.peeked_.copy(to, size);
  stream.peeked_.erase(0, count);
  return static_cast<ssize_t>(count);
}

ssize_t GzipStream::read(char* to, std::size_t size) {
  const int count = ::gzread(handle_->file, to, static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30U)));
  int code = Z_OK;
  const char* const why = ::gzerror(handle_->file, &code);
  if (count >= 0 && code == Z_OK) return count;
  // A compressed file that was cut gives what it still has first, and says so in the next call.
  if (code == Z_ERRNO) {
    error_ = std::generic_category().message(errno);
  } else {
    error_ = code == Z_BUF_ERROR ? "the compressed data ends too early" : std::string("gzip: ") + why;
  }
  return count > 0 ? count : 0;
}

std::optional<double> GzipStream::progress() const {
  if (!handle_->size) return std::nullopt;
  return std::clamp(static_cast<double>(::gzoffset(handle_->file)) / *handle_->size, 0.0, 1.0);
}

}  // namespace fourtuple
