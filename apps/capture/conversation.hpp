// One TCP conversation of a capture: its frames in order, decoded, and what is odd about the recording.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/capture/datagram.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::capture {

// Time in a conversation counts from the capture file's first frame, so that it prints short.
using CaptureTime = Duration;

// Who sent the first SYN (or, without a handshake, has the higher port) is the client.
enum class Host : std::uint8_t { kClient, kServer };
[[nodiscard]] constexpr Host other(Host host) { return host == Host::kClient ? Host::kServer : Host::kClient; }
[[nodiscard]] constexpr std::size_t index_of(Host host) { return host == Host::kClient ? 0 : 1; }

// What is odd about one frame, found in preparation.
struct Oddities {
  bool time_ran_backwards = false;    // its time was before its predecessor's; it plays at the predecessor's
  bool exact_duplicate = false;       // recorded twice (a mirror port) or doubled by the path: an earlier frame's twin
                                      // in every field but the TTL, IP identification included
  bool acks_unseen = false;           // acknowledges octets that the capture has not shown (yet)
  bool cut_from_super_frame = false;  // one of the pieces of an offload's super-frame
  bool from_a_stranger = false;       // not of the host in whose name it was sent, by its IP header
  bool offloaded_checksum = false;    // wrong where it was captured, right on the wire
};

// A TCP segment. A super-frame stands as several of these with the same frame number.
struct TcpFrame {
  std::uint32_t number = 0;  // in the file, from 1, as in Wireshark
  CaptureTime time{};
  Host from = Host::kClient;
  Segment segment;  // the payload views Conversation::octets
  std::uint8_t reserved_bits = 0;
  bool checksum_is_wrong = false;    // and no offload explains it: it was damaged on the wire
  bool has_unknown_options = false;  // TCP options of a kind that the segment has no place for
  bool ecn_capable = false;          // ECT(0), ECT(1) or CE
  bool ecn_marked = false;           // CE
  std::uint16_t ip_identification = 0;
  std::uint8_t ttl = 0;
  std::uint32_t cut_octets = 0;  // of payload, by the capture's snapshot length
  Oddities odd;

  // Of payload, those that were cut included.
  [[nodiscard]] std::uint32_t octets_on_the_wire() const {
    return static_cast<std::uint32_t>(segment.payload.size()) + cut_octets;
  }
};

// An ICMP error about a segment of this conversation (RFC 5927).
struct IcmpFrame {
  std::uint32_t number = 0;
  CaptureTime time{};
  Host to = Host::kClient;  // whose segment is quoted
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t next_hop_mtu = 0;  // of "fragmentation needed"
  SeqNum quoted_seq;

  // "Fragmentation needed" (RFC 1191).
  [[nodiscard]] bool tells_of_a_narrow_path() const { return type == 3 && code == 4; }
};

struct Conversation {
  std::uint32_t stream = 0;       // counted from 0 in order of first frames, as Wireshark's tcp.stream
  std::array<Endpoint, 2> hosts;  // [0] the client; with IPv4 addresses unless it is refused
  std::vector<TcpFrame> frames;
  std::vector<IcmpFrame> icmp;
  // What the payloads view; only ever grows at its end.
  std::deque<std::vector<std::uint8_t>> octets;
  // Why it cannot be replayed; the frames are there all the same, as far as they could be read.
  std::optional<Refusal> refusal;
  std::string refusal_details;                // "frame 17: ..."; may be empty
  std::array<bool, 2> checksums_offloaded{};  // nearly all data frames of this host have a wrong checksum
  bool is_cut = false;                        // the capture, or a bound on memory, ended it before its end
  bool has_super_frames = false;

  [[nodiscard]] const Endpoint& host(Host which) const { return hosts[index_of(which)]; }
};
using ConversationPtr = std::shared_ptr<const Conversation>;

// Where the capture was taken, estimated from the handshake: SYN to SYN,ACK and SYN,ACK to ACK. [REPLAY step 0]
struct Vantage {
  Duration to_client{};  // one way between the place of the capture and each host; zero where it is at the host
  Duration to_server{};
  bool is_known = false;  // a whole handshake without repeats was seen
  [[nodiscard]] Duration to(Host host) const { return host == Host::kClient ? to_client : to_server; }
};
[[nodiscard]] Vantage estimate_vantage(const Conversation& conversation);

}  // namespace fourtuple::capture
