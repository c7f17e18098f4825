// What every link looks like to the stack: batches of Ethernet frames in and out, and a descriptor to wait on.
// TAP, raw interface, capture file, memory wire and the wrappers around them differ only behind this interface.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct DriverCapabilities {
  std::size_t mtu = 1500;          // largest IP packet that fits one frame
  bool transmit_checksum = false;  // takes OffloadInfo::checksum == kPartial
  bool receive_checksum = false;   // delivers kVerified or kPartial where it knows
  bool tso4 = false;               // takes TCP/IPv4 super-segments (gso_size != 0); implies transmit_checksum
  // Largest IP packet of a super-segment; meaningful with tso4.
  std::size_t max_gso_bytes = 65535;
};

// One frame on its way out: headers in an array or buffer of the stack's, payload gathered from where it lies. All
// views are valid during the send call only; a driver that keeps a frame copies it.
struct TransmitFrame {
  static constexpr std::size_t kMaxPieces = 18;

  std::array<ByteView, kMaxPieces> pieces{};  // piece 0 begins with the Ethernet header; header pieces are never split
                                              // inside the Ethernet+IP+transport headers
  std::uint8_t piece_count = 0;
  OffloadInfo offload;

  [[nodiscard]] std::size_t size() const {
    std::size_t total = 0;
    for (std::size_t i = 0; i < piece_count; ++i) total += pieces[i].size();
    return total;
  }
};

class Driver {
 public:
  virtual ~Driver() = default;

  [[nodiscard]] virtual DriverCapabilities capabilities() const = 0;

  // Appends at most `limit` received frames to `frames`, without blocking; answers how many. Frames begin with the
  // Ethernet header and have BufferPool::kDefaultHeadroom or more headroom where the driver made the buffer.
  // `now` matters to drivers that live in the stack's time (impair, memory with delay).
  virtual std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) = 0;

  // Sends frames in order; answers how many the device took. Those it did not take are lost (and counted by the
  // caller), as on any full transmit ring.
  virtual std::size_t send(std::span<const TransmitFrame> frames, Instant now) = 0;

  // A descriptor that polls readable while receive() would find something; -1 where there is none (virtual time).
  [[nodiscard]] virtual int descriptor() const { return -1; }

  // When receive() may have something new without the descriptor saying so (a delayed frame); kNever otherwise.
  [[nodiscard]] virtual Instant next_deadline() const { return kNever; }

  // Why the link is gone for good ("the device is gone"); empty while it lives. Once set, the descriptor may poll
  // readable forever and must not be watched any more.
  [[nodiscard]] virtual std::string failure_text() const { return {}; }

  // For messages: "tap0", "veth1 (raw)", "memory".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace fourtuple
