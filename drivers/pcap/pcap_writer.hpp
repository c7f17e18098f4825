// Writes capture files that tcpdump and Wireshark read: Ethernet, nanosecond times.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace fourtuple {

class PcapWriter {
 public:
  // Octets of a frame that are kept; more than any super-segment.
  static constexpr std::size_t kSnapLength = 262144;

  // Creates or replaces the file at `path`.
  [[nodiscard]] static SetupResult<PcapWriter> open(const std::string& path);

  // `since_epoch` is wall-clock time since 1970-01-01 00:00 UTC; times before that are written as 0.
  void write(ByteView frame, std::chrono::nanoseconds since_epoch);
  // Gives everything written so far to the system, so that it survives the end of this process.
  void flush();

  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  // Why frames are not in the file (disk full); empty while all is well. Nothing is written after the first failure.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  struct File;
  struct FileCloser {
    void operator()(File* file) const;
  };
  explicit PcapWriter(std::unique_ptr<File, FileCloser> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  std::unique_ptr<File, FileCloser> file_;
  std::string path_;
  std::string error_;
  std::uint64_t frames_ = 0;
};

}  // namespace fourtuple
