// Plays a capture file as if its frames arrived now, at the pace they were captured at.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "drivers/driver.hpp"
#include "drivers/pcap/capture_file.hpp"
#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct PcapReaderOptions {
  std::string path;
  // When the first frame arrives; without it, at the first receive() call.
  std::optional<Instant> start = std::nullopt;
  // Frames from this station are not played: the ones that our own side sent when the capture was taken.
  std::optional<MacAddress> skip_source = std::nullopt;
  std::size_t mtu = 1500;
};

struct PcapReaderCounters {
  std::uint64_t played_frames = 0;
  std::uint64_t skipped_frames = 0;  // from skip_source, cut below an Ethernet header, or no Ethernet
  std::uint64_t dropped_no_buffer = 0;
  std::uint64_t sent_frames = 0;  // what the stack sent; nobody hears it
};

class PcapReader final : public Driver {
 public:
  // Fails for files that are not Ethernet captures. `pool` outlives the driver.
  [[nodiscard]] static SetupResult<std::unique_ptr<PcapReader>> open(const PcapReaderOptions& options,
                                                                     BufferPool& pool);
  PcapReader(const PcapReader&) = delete;
  PcapReader& operator=(const PcapReader&) = delete;

  [[nodiscard]] DriverCapabilities capabilities() const override;
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::string name() const override { return options_.path; }

  [[nodiscard]] bool at_end() const { return !pending_; }
  // Why reading stopped before the end of the file (it is cut or damaged); empty otherwise.
  [[nodiscard]] const std::string& error() const { return file_.error(); }
  [[nodiscard]] const PcapReaderCounters& counters() const { return counters_; }

 private:
  struct Pending {
    ByteView frame;  // the file's memory, valid until the next frame is read
    Duration since_first{};
  };

  PcapReader(PcapReaderOptions options, CaptureFile file, BufferPool& pool);
  void read_ahead();
  [[nodiscard]] std::optional<Pending> read_frame();
  [[nodiscard]] bool is_wanted(ByteView frame) const;

  PcapReaderOptions options_;
  CaptureFile file_;
  BufferPool& pool_;
  std::optional<Duration> first_time_;  // of the file's first frame
  Duration latest_{};                   // times in a file may run backwards; arrivals do not
  std::optional<Pending> pending_;
  PcapReaderCounters counters_;
};

}  // namespace fourtuple
