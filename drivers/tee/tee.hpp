// Writes every frame that passes, both ways, to a capture file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/driver.hpp"
#include "drivers/pcap/pcap_writer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple {

struct TeeOptions {
  std::string path;
  // Wall-clock time since the epoch minus stack time, so that the capture carries real time; zero in virtual time.
  Duration wall_clock_offset{};
  // Told once, in one line, when the file can't be written any more (a full disk). The frames pass all the same.
  std::function<void(const std::string& why)> on_failure = {};
};

// Super-segments are written as they are; checksums that a device would fill in are final in the file.
// Frames reach the disk at most kFlushInterval later, so that a killed process leaves a readable file behind.
class TeeDriver final : public Driver {
 public:
  static constexpr Duration kFlushInterval = std::chrono::milliseconds(100);

  [[nodiscard]] static SetupResult<std::unique_ptr<TeeDriver>> open(const TeeOptions& options,
                                                                    std::unique_ptr<Driver> inner);
  ~TeeDriver() override;
  TeeDriver(const TeeDriver&) = delete;
  TeeDriver& operator=(const TeeDriver&) = delete;

  [[nodiscard]] DriverCapabilities capabilities() const override { return inner_->capabilities(); }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] int descriptor() const override { return inner_->descriptor(); }
  // The inner driver's, or when unwritten frames are due on the disk.
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::string failure_text() const override { return inner_->failure_text(); }

  [[nodiscard]] const PcapWriter& writer() const { return writer_; }
  [[nodiscard]] Driver& inner() { return *inner_; }

 private:
  TeeDriver(std::unique_ptr<Driver> inner, PcapWriter writer, const TeeOptions& options);
  void write(const TransmitFrame& frame, Instant now);
  void flush_if_due(Instant now);
  void flush();

  std::unique_ptr<Driver> inner_;
  PcapWriter writer_;
  Duration wall_clock_offset_;
  std::function<void(const std::string& why)> on_failure_;  // empty once it was told
  Instant flush_deadline_ = kNever;                         // kNever: everything is on the disk
  std::vector<std::uint8_t> scratch_;                       // the contiguous copy of a gathered or partial frame
};

}  // namespace fourtuple
