// A file that is read as if it were never compressed: zlib behind the C library's stream, as libpcap wants one.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "stack/base/result.hpp"

namespace fourtuple {

class GzipStream {
 public:
  // "-" is standard input. Fails where the file cannot be opened; a file without gzip's mark is read as it stands.
  [[nodiscard]] static SetupResult<std::unique_ptr<GzipStream>> open(const std::string& path);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // The first four octets, or fewer where the file has fewer; they will be read again. Before anything was read.
  [[nodiscard]] std::string peek();
  // To be closed by whoever takes it, before this object goes; nullptr where the system has no memory for it.
  [[nodiscard]] std::FILE* stream();
  // What is wrong with the compressed data or the disk; empty while all is well.
  [[nodiscard]] const std::string& error() const { return error_; }
  // Share of the file that was read, 0..1; nothing for pipes.
  [[nodiscard]] std::optional<double> progress() const;

 private:
  struct Handle;
  explicit GzipStream(std::unique_ptr<Handle> handle);
  static ssize_t read(void* self, char* to, std::size_t size);
  ssize_t read(char* to, std::size_t size);

  std::unique_ptr<Handle> handle_;
  std::string peeked_;  // and not yet read
  std::string error_;
};

}  // namespace fourtuple
