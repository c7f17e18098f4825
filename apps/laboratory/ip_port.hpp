// The laboratory's link: Ethernet towards the stack, bare IP datagrams towards whoever works on it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>

#include "apps/laboratory/laboratory.hpp"
#include "drivers/driver.hpp"

namespace fourtuple::laboratory {

class IpPort final : public Driver {
 public:
  explicit IpPort(std::size_t mtu) : mtu_(mtu) {}

  // The hardware address of everybody on the other side.
  static constexpr MacAddress kTheirs{{2, 0, 0, 0, 0, 2}};
  static constexpr MacAddress kOurs{{2, 0, 0, 0, 0, 1}};

  // The outer side, from any thread.
  void put(ByteView datagram);
  [[nodiscard]] std::optional<Emitted> take();
  [[nodiscard]] bool has_emitted() const;
  [[nodiscard]] std::size_t dropped() const;

  // The stack's side. No offloads: checksums are final, segments fit the MTU.
  [[nodiscard]] DriverCapabilities capabilities() const override { return {.mtu = mtu_}; }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) override;
  std::size_t send(std::span<const TransmitFrame> frames, Instant now) override;
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::string name() const override { return "laboratory"; }

 private:
  bool keep(const TransmitFrame& frame, Instant now);

  const std::size_t mtu_;
  mutable std::mutex mutex_;
  BufferPool pool_{std::size_t{64} << 20};
  std::deque<PacketBuffer> arriving_;
  std::deque<Emitted> leaving_;
  std::size_t dropped_ = 0;
};

}  // namespace fourtuple::laboratory
