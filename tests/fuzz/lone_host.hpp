// One stack with nobody around but the fuzzer: frames go in, what comes out is recorded, and after each step nothing
// may be out of order.
#pragma once

#include <utility>
#include <vector>

#include "drivers/frame_copy.hpp"
#include "stack/core/stack.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {

class LoneHost {
 public:
  using Bytes = std::vector<std::uint8_t>;

  static constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
  static constexpr MacAddress kPeerMac{{2, 0, 0, 0, 0, 5}};
  static constexpr Ipv4Address kOurs{0x0a000004};
  static constexpr Ipv4Address kPeer{0x0a000005};

  explicit LoneHost(const StackConfig& config) : stack(config, RandomSource::from_seed(1)) {
    stack.attach(driver_, {.name = "ft0", .mac = kOurMac, .address = {kOurs, 24}, .mtu = 1500});
    stack.add_static_neighbour(0, kPeer, kPeerMac);
  }

  // An IPv4 packet to us as the peer would send it: total length and header checksum are made right.
  void deliver(wire::Ipv4Header ip, ByteView payload) {
    ip.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + payload.size());
    Bytes frame(wire::kEthernetHeaderSize + wire::kIpv4HeaderSize);
    wire::EthernetHeader{kOurMac, kPeerMac, wire::ether_type::kIpv4}.emit(frame);
    ip.emit(ByteSpan(frame).subspan(wire::kEthernetHeaderSize));
    frame.insert(frame.end(), payload.begin(), payload.end());
    deliver_frame(frame);
  }
  void deliver_frame(ByteView frame) {
    const std::size_t before = driver_.sent;
    auto buffer = stack.buffers().copy(frame);
    require(buffer.has_value(), "memory for a frame");
    stack.receive(0, {&*buffer, 1}, now);
    check();
    require(driver_.sent <= before + 300, "no storm of answers");
  }
  void pass(Duration span) {
    now += span;
    stack.advance(now);
    check();
    require(stack.next_deadline() > now, "after advance() the next deadline lies ahead");
  }
  // The last frame that was sent, from its IPv4 header on.
  [[nodiscard]] ByteView last_packet() const {
    return ByteView(driver_.last).subspan(std::min<std::size_t>(driver_.last.size(), wire::kEthernetHeaderSize));
  }

  Stack stack;
  Instant now{std::chrono::hours(1)};

 private:
  class Recorder : public Driver {
   public:
    [[nodiscard]] DriverCapabilities capabilities() const override { return {}; }
    std::size_t receive(std::vector<PacketBuffer>& /*frames*/, std::size_t /*limit*/, Instant /*now*/) override {
      return 0;
    }
    std::size_t send(std::span<const TransmitFrame> frames, Instant /*now*/) override {
      for (const TransmitFrame& frame : frames) judge(frame);
      sent += frames.size();
      return frames.size();
    }
    [[nodiscard]] std::string name() const override { return "recorder"; }

    Bytes last;
    std::size_t sent = 0;

   private:
    void judge(const TransmitFrame& frame) {
      copy_frame(frame, last);
      require(last.size() <= 1500 + wire::kEthernetHeaderSize, "a frame fits the link");
      if (last[12] != 8 || last[13] != 0) return;
      const auto ip = wire::Ipv4Header::parse(ByteView(last).subspan(wire::kEthernetHeaderSize));
      require(ip.has_value(), "what is sent has a sound IPv4 header");
      require(ip->ttl > 0 && ip->source == kOurs, "and comes from us");
    }
  };

  void check() {
    (void)stack.take_notices();
    const char* const broken = stack.broken_invariant();
    require(broken == nullptr, broken);
  }

  Recorder driver_;
};

}  // namespace fourtuple::fuzz
