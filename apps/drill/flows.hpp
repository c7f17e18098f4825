// The conversations of a script, and the translation between its numbers and those on the wire.
//
// A script counts from 0 on both sides. The far end's numbers are ours to choose and start just below 2^32, so that
// every script crosses the wrap; the stack's are learned from the first SYN that it sends. Timestamps are remembered
// in pairs: what the script called them, and what the stack had written.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "apps/packet_script/script.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::drill {

// Adds an offset on the circle: script to wire.
class Shift {
 public:
  constexpr Shift() = default;
  explicit constexpr Shift(std::uint32_t offset) : offset_(offset) {}
  static constexpr Shift between(std::uint32_t script, SeqNum wire) { return Shift(wire.value - script); }
  [[nodiscard]] constexpr SeqNum to_wire(std::uint32_t script) const { return {script + offset_}; }
  [[nodiscard]] constexpr std::uint32_t to_script(SeqNum wire) const { return wire.value - offset_; }

 private:
  std::uint32_t offset_ = 0;
};

struct Flow {
  static constexpr std::size_t kMaxTimestamps = 65536;

  std::uint8_t protocol = 0;
  FourTuple name;  // local is the stack
  Shift far{0xffffff00U};
  Shift near;                      // the identity until a SYN of the stack's was seen
  bool is_near_known = false;      // ... and was it?
  bool may_begin_again = false;    // the next SYN of the stack's may have another initial sequence number
  bool is_near_done = false;       // the stack has sent its FIN ...
  bool is_far_done = false;        // ... and the far end has
  bool is_open = false;            // the stack has acknowledged something without SYN
  bool is_far_known = false;       // a SYN of the far end's was seen that may have begun the connection
  std::uint32_t far_syn = 0;       // where the far end's stream begins, in the script's numbers
  std::uint32_t last_far_syn = 0;  // ... and where its last SYN would have it begin
  SeqNum near_syn;                 // where the stack's does, on the wire
  std::uint16_t far_mss = 536;     // what the far end's SYN allowed
  std::uint16_t path_mtu = 1500;   // what an ICMP message left of it
  std::map<std::uint32_t, std::uint32_t> timestamps;  // script to wire
  std::optional<std::pair<std::uint32_t, std::uint32_t>> first_timestamp;

  // A segment of the far end's, about to arrive.
  void note_far(const packet_script::TcpPacket& segment);
  // Its SYN. Whether it begins a connection, comes twice or is a stranger in a connection
  // that stands, only the stack's answer tells.
  void note_far_syn(const packet_script::TcpPacket& syn);
  // A SYN that the stack sent.
  void note_near_syn(SeqNum sequence);
  // Any other segment that the stack sent.
  void note_near(const Segment& segment);
  void note_timestamp(std::uint32_t script, std::uint32_t wire);
  [[nodiscard]] std::uint32_t timestamp_to_wire(std::uint32_t script) const;
  // Counted from the first that the script named; as it is before that.
  [[nodiscard]] std::uint32_t timestamp_to_script(std::uint32_t wire) const;
};

// Addresses and ports of a script that does not name them.
struct Names {
  Ipv4Address local = Ipv4Address::from_octets(192, 168, 0, 1);
  Ipv4Address remote = Ipv4Address::from_octets(192, 0, 2, 1);
  Port bind_port = 8080;
  Port connect_port = 8080;
};

class Flows {
 public:
  static constexpr std::size_t kMaxFlows = 65536;

  explicit Flows(const Names& names, std::size_t mtu) : names_(names), mtu_(mtu) {}

  // A socket listens: the next SYN that arrives without port numbers is for it.
  void listen_on(const Endpoint& local);
  // A socket begins to connect: the next SYN of a conversation not seen before is the one that the script means.
  void connect_from();
  // A datagram socket was bound (any remote) or connected.
  void datagrams_on(std::uint8_t protocol, const FourTuple& name);

  // The conversation of a packet that arrives; it is made where there is none.
  Flow& of_injected(const packet_script::Packet& packet, std::uint8_t protocol);
  // The conversation of a packet that is expected; nullptr where nothing is known of one.
  [[nodiscard]] Flow* of_expected(const packet_script::Packet& packet, std::uint8_t protocol);
  // The conversation of a packet that left. One that the stack begins is made.
  Flow* of_emitted(const FourTuple& name, std::uint8_t protocol, bool begins);
  [[nodiscard]] Flow* current(std::uint8_t protocol);

 private:
  Flow& make(const FourTuple& name, std::uint8_t protocol);
  [[nodiscard]] Flow* find(const FourTuple& name, std::uint8_t protocol);
  [[nodiscard]] FourTuple name_for(const packet_script::Packet& packet);

  Names names_;
  std::size_t mtu_;
  std::deque<Flow> flows_;
  std::map<std::uint8_t, Flow*> current_;
  std::optional<Endpoint> listening_;
  bool awaits_syn_ = false;   // from the far end, for listening_
  bool awaits_ours_ = false;  // from the stack
  Port next_port_ = 50000;
};

}  // namespace fourtuple::drill
