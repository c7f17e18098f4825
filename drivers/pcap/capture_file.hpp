// Reads capture files, pcap and pcapng, micro- and nanoseconds, in either byte order, plain or compressed with gzip,
// one frame at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace fourtuple {

// One record of a capture file.
struct CapturedFrame {
  std::chrono::nanoseconds time{};   // since 1970-01-01 00:00 UTC, as recorded; may run backwards
  ByteView bytes;                    // what was kept, valid until the next call
  std::uint32_t original_bytes = 0;  // length on the wire; >= bytes.size() in a sane file
  int link_type = -1;                // its DLT_ number, as interfaces of a pcapng file may differ; -1: the file's
};

class CaptureFile {
 public:
  // Fails for files that cannot be opened or are no captures. "-" reads standard input.
  [[nodiscard]] static SetupResult<CaptureFile> open(const std::string& path);
  CaptureFile(CaptureFile&&) noexcept;
  CaptureFile& operator=(CaptureFile&&) noexcept;
  ~CaptureFile();

  // DLT_ number of the first interface, which is all frames' but in some pcapng files, and its name: "EN10MB".
  [[nodiscard]] int link_type() const;
  [[nodiscard]] std::string link_type_name() const;
  // The next frame; nothing at the end of the file, or where it is damaged (error()).
  [[nodiscard]] std::optional<CapturedFrame> next();
  // Why reading stopped before the end, and what can be done, in one line; empty otherwise.
  [[nodiscard]] const std::string& error() const;
  // How much of the file was read, 0..1, for a progress bar; nothing where its size is not known.
  [[nodiscard]] std::optional<double> progress() const;

 private:
  struct File;
  explicit CaptureFile(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace fourtuple
