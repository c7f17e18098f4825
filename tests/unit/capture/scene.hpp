// Captures made by hand: segments become datagrams, datagrams frames, and the splitter makes conversations of them.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/capture/splitter.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::capture::test {

using Octets = std::vector<std::uint8_t>;

constexpr int kEthernetLink = 1;
constexpr SeqNum kClientIsn{0xffffff00};  // every conversation crosses the wrap
constexpr SeqNum kServerIsn{0xfffffff0};
constexpr Endpoint kClient{Ipv4Address::from_octets(10, 0, 0, 1), 40000};
constexpr Endpoint kServer{Ipv4Address::from_octets(10, 0, 0, 2), 80};

// Octet n of a stream is its own: a difference shows wherever it is.
inline Octets stream_octets(std::size_t begin, std::size_t count) {
  Octets octets(count);
  for (std::size_t i = 0; i < count; ++i) octets[i] = static_cast<std::uint8_t>((begin + i) * 7 + (begin + i) / 256);
  return octets;
}

enum class Sum : std::uint8_t { kRight, kWrong, kPartial, kZeroed };

// One segment as its sender meant it; numbers count from the initial ones.
struct Said {
  Host from = Host::kClient;
  std::uint8_t flags = TcpFlags::kAck;
  std::uint32_t seq = 1;
  std::uint32_t ack = 1;
  std::size_t octets = 0;   // of stream_octets(seq - 1 + shifted)
  std::size_t shifted = 0;  // not 0: other octets than belong there
  SegmentOptions options = {};
  Sum sum = Sum::kRight;
  std::uint16_t id = 0;  // 0: counted up
  bool is_length_zero = false;
  std::uint8_t first_option_kind = 0;  // not 0: what stands there instead of the real one
};

inline SegmentOptions with_mss(std::uint16_t mss) {
  SegmentOptions options;
  options.mss = mss;
  return options;
}

class Scene {
 public:
  explicit Scene(Endpoint client = kClient, Endpoint server = kServer) : client_(client), server_(server) {}

  // The datagram, IP header first.
  [[nodiscard]] Octets datagram(const Said& said) {
    const bool is_clients = said.from == Host::kClient;
    Segment segment{.source_port = (is_clients ? client_ : server_).port,
                    .destination_port = (is_clients ? server_ : client_).port,
                    .seq = (is_clients ? client_isn : server_isn) + said.seq,
                    .ack = (is_clients ? server_isn : client_isn) + said.ack,
                    .flags = {said.flags},
                    .window = 1000,
                    .urgent = 0,
                    .options = said.options,
                    .payload = {}};
    const Octets payload = stream_octets(said.seq - 1 + said.shifted, said.octets);
    Octets octets(wire::kIpv4HeaderSize + wire::kTcpHeaderSize + said.options.encoded_size());
    wire::emit_tcp_header(segment, ByteSpan(octets).subspan(wire::kIpv4HeaderSize));
    octets.insert(octets.end(), payload.begin(), payload.end());
    if (said.first_option_kind != 0) octets[wire::kIpv4HeaderSize + wire::kTcpHeaderSize] = said.first_option_kind;
    return with_ip(std::move(octets), said);
  }

  // An Ethernet frame around any datagram, with the tags named before its type.
  static Octets ethernet(const Octets& datagram, const std::vector<std::uint16_t>& tags = {}) {
    Octets frame(12, 2);
    for (const std::uint16_t tag : tags) {
      frame.insert(frame.end(), {static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), 0, 5});
    }
    frame.insert(frame.end(), {0x08, 0x00});
    frame.insert(frame.end(), datagram.begin(), datagram.end());
    return frame;
  }

  Scene& say(const Said& said) { return capture(ethernet(datagram(said))); }
  Scene& open(std::uint16_t client_mss = 1460, std::uint16_t server_mss = 1460) {
    say({.flags = TcpFlags::kSyn, .seq = 0, .ack = 0 - server_isn.value, .options = with_mss(client_mss)});
    say({.from = Host::kServer, .flags = TcpFlags::kSyn | TcpFlags::kAck, .seq = 0, .options = with_mss(server_mss)});
    return say({});
  }
  // Both FINs and their acknowledgments, after that many octets.
  Scene& close(std::uint32_t from_client = 0, std::uint32_t from_server = 0) {
    constexpr std::uint8_t kFinAck = TcpFlags::kFin | TcpFlags::kAck;
    say({.flags = kFinAck, .seq = from_client + 1, .ack = from_server + 1});
    say({.from = Host::kServer, .flags = kFinAck, .seq = from_server + 1, .ack = from_client + 2});
    return say({.seq = from_client + 2, .ack = from_server + 2});
  }
  Scene& wait(Duration duration) {
    now_ += duration;
    return *this;
  }
  // Keeps no more than `kept` octets of it.
  Scene& capture(Octets frame, std::size_t kept = SIZE_MAX) {
    const auto original = static_cast<std::uint32_t>(frame.size());
    frame.resize(std::min(kept, frame.size()));
    now_ += 1ms;
    frames_.push_back({.time = now_, .octets = std::move(frame), .original = original});
    return *this;
  }

  struct Result {
    std::vector<std::shared_ptr<Conversation>> conversations;  // as given out
    CaptureCounters counters;
    [[nodiscard]] const Conversation& only() const { return *conversations.at(0); }
  };
  [[nodiscard]] Result split(int link_type = kEthernetLink, const Limits& limits = {}) const {
    Result result;
    Splitter splitter(link_type, limits, [&](auto conversation) { result.conversations.push_back(conversation); });
    for (const Frame& frame : frames_) {
      // In a block of its own size, so that a sanitizer sees what reads beyond it; gone when the next is taken.
      const Octets exact(frame.octets);
      splitter.take({.time = frame.time, .bytes = exact, .original_bytes = frame.original});
    }
    splitter.finish();
    result.counters = splitter.counters();
    return result;
  }

  SeqNum client_isn = kClientIsn;
  SeqNum server_isn = kServerIsn;

 private:
  struct Frame {
    std::chrono::nanoseconds time;
    Octets octets;
    std::uint32_t original = 0;
  };

  Octets with_ip(Octets octets, const Said& said) {
    wire::Ipv4Header header;
    header.total_length = static_cast<std::uint16_t>(said.is_length_zero ? 0 : octets.size());
    header.identification = said.id != 0 ? said.id : next_id_++;
    header.protocol = wire::ip_protocol::kTcp;
    header.source = (said.from == Host::kClient ? client_ : server_).address.v4();
    header.destination = (said.from == Host::kClient ? server_ : client_).address.v4();
    const ByteSpan segment = ByteSpan(octets).subspan(wire::kIpv4HeaderSize);
    const auto sum = wire::pseudo_header_sum(header.source, header.destination, wire::ip_protocol::kTcp,
                                             static_cast<std::uint32_t>(segment.size()));
    std::uint16_t checksum = wire::ChecksumSum(sum).add(segment).checksum();
    if (said.sum == Sum::kWrong) checksum ^= 0x0104;
    if (said.sum == Sum::kPartial) checksum = sum.folded();
    if (said.sum == Sum::kZeroed) checksum = 0;
    segment[wire::kTcpChecksumOffset] = static_cast<std::uint8_t>(checksum >> 8);
    segment[wire::kTcpChecksumOffset + 1] = static_cast<std::uint8_t>(checksum);
    header.emit(octets);
    return octets;
  }

  Endpoint client_;
  Endpoint server_;
  std::chrono::nanoseconds now_ = std::chrono::hours(24 * 365 * 50);
  std::uint16_t next_id_ = 1;
  std::vector<Frame> frames_;
};

}  // namespace fourtuple::capture::test
