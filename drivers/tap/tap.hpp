// A TAP device: Ethernet frames to and from the kernel of this machine, super-segments and checksum offload included.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "stack/base/result.hpp"

struct iovec;

namespace fourtuple {

enum class VnetHeader : std::uint8_t {
  kAuto,  // offload where the kernel can, plain frames otherwise
  kOn,    // offload or an error
  kOff,   // plain frames with final checksums
};

struct TapOptions {
  std::string name;  // an existing persistent device, or the one to create; "" lets the kernel choose tapN
  VnetHeader vnet_header = VnetHeader::kAuto;
  bool persist = false;  // leave a device that we created behind when the driver goes
  bool bring_up = true;  // set the device up if it is down and we may
  std::size_t mtu = 0;   // set the device's MTU (0: take it as it is)
};

struct TapCounters {
  std::uint64_t received_frames = 0;
  std::uint64_t received_super_frames = 0;
  std::uint64_t receive_no_buffer = 0;  // dropped: the buffer pool is exhausted
  std::uint64_t receive_malformed = 0;  // dropped: offload header cut short or of a kind that was not agreed
  std::uint64_t sent_frames = 0;
  std::uint64_t send_refused = 0;  // not taken by the kernel (device down, queue full, bad frame)
};

class TapDriver final : public Driver {
 public:
  // `pool` outlives the driver.
  [[nodiscard]] static SetupResult<std::unique_ptr<TapDriver>> open(const TapOptions& options, BufferPool& pool);
  ~TapDriver() override;
  TapDriver(const TapDriver&) = delete;
  TapDriver& operator=(const TapDriver&) = delete;

  [[nodiscard]] DriverCapabilities capabilities() const override { return capabilities_; }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] int descriptor() const override { return device_.get(); }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string failure_text() const override { return failure_; }

  // Whether the device came into being with this driver (and, without `persist`, goes with it).
  [[nodiscard]] bool created() const { return created_; }
  [[nodiscard]] bool has_vnet_header() const { return vnet_header_; }
  [[nodiscard]] const TapCounters& counters() const { return counters_; }

 private:
  enum class Outcome : std::uint8_t { kFrame, kDropped, kNothing };

  TapDriver(Descriptor device, std::string name, BufferPool& pool);
  [[nodiscard]] Outcome receive_one(std::vector<PacketBuffer>& frames);
  [[nodiscard]] bool has_room();
  [[nodiscard]] Outcome discard_one();
  [[nodiscard]] Outcome note_read_error();
  [[nodiscard]] std::optional<PacketBuffer> claim(std::size_t size);
  [[nodiscard]] bool send_one(const TransmitFrame& frame);

  Descriptor device_;
  std::string name_;
  std::string failure_;
  BufferPool& pool_;
  DriverCapabilities capabilities_;
  bool created_ = false;
  bool vnet_header_ = false;
  // A frame is read into `small_` and what does not fit goes on in `large_`, behind a hole of the small one's size.
  PacketBuffer small_;
  PacketBuffer large_;
  TapCounters counters_;
};

}  // namespace fourtuple
