// A TAP driver whose other end the kernel uses, in a private network.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "drivers/interface.hpp"
#include "drivers/tap/tap.hpp"
#include "frames.hpp"
#include "private_network.hpp"
#include "stack/wire/arp.hpp"

namespace fourtuple::test {

inline constexpr Instant kNow{};
inline constexpr Ipv4Prefix kKernelAddress{kPeerIp, 24};

// Ends the child, skipped, of the private network where the device cannot be had at all.
inline std::unique_ptr<TapDriver> open_or_skip(const TapOptions& options, BufferPool& pool) {
  auto driver = TapDriver::open(options, pool);
  if (driver) return std::move(*driver);
  skip_child(driver.error().cause + "; " + driver.error().cure);
}

// A driver whose kernel end has an address and knows our hardware address from an ARP answer.
struct Link {
  explicit Link(const TapOptions& options) : driver(open_or_skip(options, pool)) {
    EXPECT_TRUE(interface::set_ipv4(driver->name(), kKernelAddress));
  }

  // Waits for the first frame of `type`; answers ARP questions meanwhile. Gives up after five silent seconds.
  std::optional<PacketBuffer> next(std::uint16_t type, std::uint8_t protocol = 0) {
    while (true) {
      std::vector<PacketBuffer> frames;
      while (driver->receive(frames, 1, kNow) == 0) {
        pollfd entry{.fd = driver->descriptor(), .events = POLLIN, .revents = 0};
        if (::poll(&entry, 1, 5000) != 1) return std::nullopt;
      }
      const auto header = wire::EthernetHeader::parse(frames[0].bytes());
      if (header && header->type == wire::ether_type::kArp) answer_arp(frames[0]);
      if (header && header->type == type && (protocol == 0 || frames[0].bytes()[23] == protocol)) {
        return std::move(frames[0]);
      }
    }
  }

  void answer_arp(const PacketBuffer& question) {
    const auto asked = wire::ArpPacket::parse(question.bytes().subspan(wire::kEthernetHeaderSize));
    if (!asked || asked->target_ip != kOurIp) return;
    std::array<std::uint8_t, wire::kEthernetHeaderSize + wire::kArpSize> bytes{};
    const ByteSpan frame(bytes);
    wire::EthernetHeader{.destination = asked->sender_mac, .source = kOurMac, .type = wire::ether_type::kArp}.emit(
        frame);
    wire::ArpPacket{.operation = wire::ArpPacket::Operation::kReply,
                    .sender_mac = kOurMac,
                    .sender_ip = kOurIp,
                    .target_mac = asked->sender_mac,
                    .target_ip = asked->sender_ip}
        .emit(frame.subspan(wire::kEthernetHeaderSize));
    send(one_piece(bytes));
  }

  std::size_t send(const TransmitFrame& frame) { return driver->send({&frame, 1}, kNow); }

  BufferPool pool;
  std::unique_ptr<TapDriver> driver;
};

inline sockaddr_in address_of(Ipv4Address address, Port port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.value);
  return result;
}

}  // namespace fourtuple::test
