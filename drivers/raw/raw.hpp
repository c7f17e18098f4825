// Raw Ethernet frames on an existing interface (AF_PACKET), beside the kernel. For an interface on which the kernel
// has no IPv4 address of its own: two stacks that answer for one address would reset each other's connections.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct RawOptions {
  std::string interface;
  // The stack's address; where it is not the interface's own, the interface listens to everything while we live.
  std::optional<MacAddress> mac = std::nullopt;
  int receive_buffer_bytes = 8 << 20;  // what may wait in the kernel; it gives less to ordinary users
};

struct RawCounters {
  std::uint64_t received_frames = 0;
  std::uint64_t receive_no_buffer = 0;  // dropped: the buffer pool is exhausted
  std::uint64_t receive_vlan = 0;       // dropped: the device had taken a VLAN tag off
  std::uint64_t receive_cut = 0;        // dropped: longer than any IPv4 packet
  std::uint64_t sent_frames = 0;
  std::uint64_t send_refused = 0;  // not taken by the kernel, or not offered by capabilities()
};

class RawDriver final : public Driver {
 public:
  // `pool` outlives the driver.
  [[nodiscard]] static SetupResult<std::unique_ptr<RawDriver>> open(const RawOptions& options, BufferPool& pool);
  ~RawDriver() override;
  RawDriver(const RawDriver&) = delete;
  RawDriver& operator=(const RawDriver&) = delete;

  [[nodiscard]] DriverCapabilities capabilities() const override { return capabilities_; }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] int descriptor() const override { return socket_.get(); }
  [[nodiscard]] std::string name() const override { return interface_ + " (raw)"; }
  [[nodiscard]] std::string failure_text() const override { return failure_; }

  [[nodiscard]] const RawCounters& counters() const { return counters_; }
  // Frames that the kernel dropped because we did not read in time, since the last call.
  [[nodiscard]] std::uint64_t take_kernel_drops();

 private:
  struct ReceiveBatch;
  struct SendBatch;

  RawDriver(Descriptor socket, std::string interface, std::size_t mtu, BufferPool& pool);
  [[nodiscard]] std::size_t receive_batch(std::vector<PacketBuffer>& frames, std::size_t limit, bool& more);
  [[nodiscard]] std::optional<PacketBuffer> claim(std::size_t slot);
  [[nodiscard]] std::size_t send_batch(std::span<const TransmitFrame> frames, bool& blocked);
  void note_receive_error(int error);

  Descriptor socket_;
  std::string interface_;
  std::string failure_;
  BufferPool& pool_;
  DriverCapabilities capabilities_;
  std::unique_ptr<ReceiveBatch> incoming_;
  std::unique_ptr<SendBatch> outgoing_;
  RawCounters counters_;
};

}  // namespace fourtuple
