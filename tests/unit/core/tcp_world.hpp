// The World with one TCP connection, whose peer the test plays by hand.
#pragma once

#include "tests/unit/core/world.hpp"

namespace fourtuple::test {

struct TcpWorld : World {
  explicit TcpWorld(const StackConfig& config = {}, DriverCapabilities offers = {}) : World(config, offers) {}

  // An opening that waits for its answer.
  Segment open(const tcp::ConnectionOptions& options = {}, Ipv4Address local = kOurs) {
    auto opened = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.connect({local, 4000}, {kPeer, 80}, stack.way_to(kPeer)->path, options, 1, context);
    });
    EXPECT_TRUE(opened);
    id = opened.value_or(tcp::ConnectionId{});
    const Segment syn = take_one().tcp(!is_partial());
    EXPECT_TRUE(syn.flags.syn());
    sent_until = syn.seq + 1;
    return syn;
  }

  void connect(const tcp::ConnectionOptions& options = {}, Headers headers = tcp_headers()) {
    open(options, headers.destination);
    Segment answer = from_peer({TcpFlags::kSyn | TcpFlags::kAck});
    answer.seq = {0xfffffff0};
    answer.options.mss = 1460;
    hear(ip_frame(headers, tcp_segment(answer, {}, kPeer, headers.destination)));
    (void)take_sent();
  }
  [[nodiscard]] bool is_partial() const { return driver.offers.transmit_checksum; }
  static Headers tcp_headers() { return {.protocol = wire::ip_protocol::kTcp}; }
  [[nodiscard]] Segment from_peer(TcpFlags flags) const {
    Segment segment;
    segment.source_port = 80;
    segment.destination_port = 4000;
    segment.seq = {0xfffffff1};
    segment.ack = sent_until;
    segment.flags = flags;
    segment.window = 65535;
    return segment;
  }
  std::size_t write(const Bytes& bytes) {
    const ByteView piece = bytes;
    return stack
        .with_tcp(now,
                  [&](tcp::Layer& layer, tcp::Context& context) {
                    return layer.send(id, {&piece, 1}, {}, context);
                  })
        .value_or(0);
  }
  [[nodiscard]] tcp::Layer::Status status() const { return stack.tcp().status(id).value_or(tcp::Layer::Status{}); }
  void hear_error(std::uint8_t type, std::uint8_t code, std::uint32_t rest, const Bytes& offender) {
    hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(type, code, rest, offender)));
  }

  tcp::ConnectionId id;
  SeqNum sent_until;
};

}  // namespace fourtuple::test
