// What a Stack is made of, and how the parts' decisions are carried from one to the next. Private to stack/core.
#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "stack/core/egress.hpp"
#include "stack/core/segment_rules.hpp"
#include "stack/core/stack.hpp"
#include "stack/ip/group_table.hpp"
#include "stack/ip/icmp_policy.hpp"
#include "stack/ip/identification.hpp"
#include "stack/ip/local_addresses.hpp"
#include "stack/ip/path_mtu_cache.hpp"
#include "stack/ip/raw_table.hpp"
#include "stack/ip/reassembler.hpp"
#include "stack/ip/receive.hpp"
#include "stack/ip/route_table.hpp"
#include "stack/link/frame.hpp"
#include "stack/link/neighbour_table.hpp"
#include "stack/udp/table.hpp"
#include "stack/wire/icmp_quotation.hpp"

namespace fourtuple {

inline constexpr std::size_t kLoopbackMtu = 65535;
inline constexpr Ipv4Address kLoopbackAddress{0x7f000001};

// How a packet to one destination leaves.
struct Exit {
  enum class Kind : std::uint8_t { kLocal, kUnicast, kBroadcast, kMulticast };
  Kind kind = Kind::kUnicast;
  std::size_t interface_index = 0;
  Ipv4Address next_hop;
  Ipv4Address source;   // what we speak with there
  std::size_t mtu = 0;  // of the path, as far as known
};

// The frame around a packet that has arrived, for whoever wants to see what was dropped. Every packet that is delivered
// has its Ethernet header before it; a reassembled one gets one.
[[nodiscard]] inline ByteView frame_around(ByteView packet) {
  return {packet.data() - wire::kEthernetHeaderSize, packet.size() + wire::kEthernetHeaderSize};
}

// What a sender asks of the way out.
struct ExitChoice {
  Ipv4Address source = {};                          // what it is bound to
  std::optional<std::size_t> interface_index = {};  // no other will do
  bool neighbours_only = false;                     // SO_DONTROUTE
  bool any_mtu = false;                             // what was learned of the path counts for nothing
};

// A packet that a layer wants sent: the header says protocol, addresses, TTL, TOS and DF; the rest is filled in. Where
// the options are a source route the destination is still the last one.
struct IpPacket {
  wire::Ipv4Header header;
  PacketBuffer payload;
  Cause cause = Cause::kDatagram;
  bool loops_back = true;  // IP_MULTICAST_LOOP
  wire::IpOptions options = {};
};

struct Stack::Parts {
  Parts(const StackConfig& configuration, RandomSource source);

  // --- What everybody needs (parts.cpp).
  [[nodiscard]] trace::Tracer tracer(Instant now) const { return {sink, now}; }
  [[nodiscard]] tcp::Context context(Instant now) { return {now, random, tracer(now), outbox}; }
  void drop(DropReason reason, ByteView bytes, Instant now);

  // --- Addresses and routes (routes.cpp).
  [[nodiscard]] Result<Exit> exit_to(Ipv4Address destination, const ExitChoice& choice = {}) const;
  [[nodiscard]] Result<Exit> group_exit(Ipv4Address destination, const ExitChoice& choice) const;
  [[nodiscard]] Way way_by(const Exit& exit, std::size_t option_bytes = 0) const;
  void add_address(std::size_t interface_index, Ipv4Prefix address);

  // --- Frames come in (receive.cpp).
  void receive_frames(std::size_t interface_index, std::span<PacketBuffer> frames, Instant now);
  void end_batch(Instant now);
  void receive_frame(std::size_t interface_index, PacketBuffer&& frame, Instant now);
  void receive_arp(std::size_t interface_index, ByteView frame, Instant now);
  void receive_packet(PacketBuffer&& packet, const ip::Way& way, Instant now);
  void receive_fragment(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now);
  void deliver(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now);
  void deliver_tcp(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now);

  // --- Datagrams come in (deliver_udp.cpp).
  void deliver_udp(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now);
  void deliver_udp_to_group(const ip::Arrival& arrival, const FourTuple& name, ByteView packet, ByteView payload,
                            Instant now);
  void queue_datagram(udp::Socket& socket, ReceivedDatagram&& datagram, Instant now);

  // --- ICMP and IGMP (icmp.cpp).
  void deliver_icmp(const ip::Arrival& arrival, ByteView packet, Instant now);
  void answer_echo(const ip::Arrival& arrival, const wire::IcmpHeader& request, ByteView packet, Instant now);
  void take_error(const ip::Arrival& arrival, const wire::IcmpHeader& error, ByteView packet, Instant now);
  void take_redirect(const ip::Arrival& arrival, Ipv4Address gateway, const wire::IcmpQuotation& quoted,
                     ByteView packet, Instant now);
  void take_packet_too_big(const ip::Arrival& arrival, const wire::IcmpHeader& error, const wire::IcmpQuotation& quoted,
                           ByteView packet, Instant now);
  // What an error means to a datagram socket; `offender` is who reports it.
  [[nodiscard]] NetworkError describe_error(const wire::IcmpQuotation& quoted, const wire::IcmpHeader& icmp_header,
                                            std::errc error, Ipv4Address offender);
  [[nodiscard]] bool tell_sender(const wire::IcmpQuotation& quoted, const tcp::NetworkReport& report,
                                 NetworkError&& details, Instant now);
  [[nodiscard]] bool tell_datagram_senders(const wire::IcmpQuotation& quoted, NetworkError&& details);
  void send_icmp_error(const ip::Arrival& arrival, ByteView packet, const ip::IcmpError& error, Instant now);
  void deliver_igmp(const ip::Arrival& arrival, ByteView packet, Instant now);
  void send_group_messages(const std::vector<ip::GroupMessage>& messages, Instant now);
  void send_groups_later(std::vector<ip::GroupMessage> messages);

  // --- Packets go out (send.cpp).
  [[nodiscard]] Result<void> send_packet(IpPacket&& packet, const Exit& exit, Instant now);
  void send_whole(IpPacket&& packet, const Exit& exit, Instant now);
  void send_fragments(IpPacket&& packet, const Exit& exit, Instant now);
  void loop_group_copy(const IpPacket& packet, const Exit& exit, Instant now);
  void transmit(const Exit& exit, const TransmitFrame& frame, ByteSpan ethernet, Cause cause, Instant now);
  void transmit_buffer(const Exit& exit, PacketBuffer&& frame, Cause cause, Instant now);

  // --- Next hops (resolve.cpp).
  [[nodiscard]] std::optional<MacAddress> link_address(const Exit& exit, Instant now);
  void park(const Exit& exit, const TransmitFrame& frame, Cause cause, Instant now);
  void carry_out(link::Outcome& outcome, Instant now);
  void send_arp(std::size_t interface_index, const wire::ArpPacket& arp, const MacAddress& to, Cause cause,
                Instant now);
  void ask_neighbour(const link::Question& question, Instant now);
  void report_unreachable(ByteView frame, Instant now);
  void question_paths(Instant now);

  // --- TCP goes out (flush.cpp).
  void settle(Instant now);
  void flush(Instant now);
  void emit_segment(const tcp::OutSegment& segment, Instant now);
  void emit_one_by_one(const tcp::OutSegment& segment, Instant now);
  [[nodiscard]] TransmitFrame build_frame(const tcp::OutSegment& segment, const MacAddress& to, const Exit& exit,
                                          const wire::IpOptions& options);
  void fragment_segment(const tcp::OutSegment& segment, const Exit& exit, const wire::IpOptions& options, Instant now);
  void refuse_segment(const tcp::OutSegment& segment, DropReason reason, const tcp::NetworkReport& report, Instant now);
  void deliver_reports(Instant now);

  // --- What IP adds to TCP's segments and asks of them (segment_rules.cpp).
  [[nodiscard]] const wire::IpOptions& options_for(const FourTuple& name) const;
  [[nodiscard]] bool admit_segment(const ip::Arrival& arrival, const FourTuple& name, TcpFlags flags, ByteView packet,
                                   std::size_t tcp_header_size, Instant now);
  void welcome_syn(const FourTuple& name, ByteView packet, std::size_t header_size);

  // --- To ourselves (loopback.cpp).
  void loop_back(std::size_t interface_index, PacketBuffer&& frame, Cause cause, Instant now);
  void receive_loopback(Instant now);

  // --- Time (timers.cpp).
  [[nodiscard]] Instant next_deadline() const;
  void advance(Instant now);
  void expire_reassemblies(Instant now);

  // --- Datagrams go out (datagram_way.cpp, udp_calls.cpp, raw_calls.cpp).
  // The way of one datagram and the header that it begins with. network_unreachable, also where the source is not
  // ours; permission_denied, message_size.
  struct Departure {
    Exit exit;
    wire::Ipv4Header header;
    wire::IpOptions options;
  };
  [[nodiscard]] Result<Departure> depart(DatagramState& socket, std::uint8_t protocol, Ipv4Address bound,
                                         const Endpoint& remote, std::size_t payload_bytes, const SendDetails& details);
  [[nodiscard]] Result<Exit> exit_of_datagram(const DatagramState& socket, Ipv4Address bound, Ipv4Address to,
                                              const SendDetails& details) const;
  [[nodiscard]] Result<Ipv4Address> source_of_datagram(const DatagramState& socket, Ipv4Address bound, Ipv4Address to,
                                                       const Exit& exit, const SendDetails& details) const;
  [[nodiscard]] Result<std::size_t> send_datagram(udp::Socket& socket, std::span<const ByteView> pieces,
                                                  const Endpoint& remote, const SendDetails& details, Instant now);
  [[nodiscard]] Result<std::size_t> send_raw(ip::RawSocket& socket, std::span<const ByteView> pieces,
                                             Ipv4Address remote, const SendDetails& details, Instant now);
  [[nodiscard]] Result<std::size_t> send_with_header(ip::RawSocket& socket, std::span<const ByteView> pieces,
                                                     Ipv4Address remote, const SendDetails& details, Instant now);
  [[nodiscard]] DatagramState* state_of(const DatagramId& id) const;
  void leave_all_groups(DatagramState& socket);
  void follow(GroupList::Change change, std::size_t interface_index, Ipv4Address group);

  struct Interface {
    Driver* driver = nullptr;
    InterfaceConfig config;
  };
  struct LoopedFrame {
    std::size_t interface_index = 0;  // the one a group packet left by; kLoopbackInterface for unicast
    PacketBuffer frame;
  };
  // The last next hop that a flush looked up: bulk data goes to one peer at a time.
  struct CachedHop {
    Ipv4Address remote;  // the first hop where there is a source route
    Exit exit;
    std::optional<MacAddress> mac;
    bool is_valid = false;
  };

  StackConfig config;
  RandomSource random;
  StackCounters counters;
  BufferPool pool;
  trace::Sink* sink = nullptr;

  std::deque<Interface> interfaces;  // a deque: interface() hands out references
  ip::LocalAddresses addresses;
  ip::RouteTable routes;
  ip::PathMtuCache path_mtus;
  ip::Reassembler reassembler;
  ip::IcmpPolicy icmp;
  ip::Identification identification;
  ip::GroupTable groups;
  ip::IsGroupMember is_group_member;
  std::vector<ip::GroupMessage> group_messages;  // for the next advance(), which is due at once
  ip::RawTable raw;
  udp::Table udp;
  link::NeighbourTable neighbours;
  link::Outcome outcome;

  tcp::Outbox outbox;  // its notices are those of UDP and raw sockets, too
  tcp::Layer tcp;
  std::vector<tcp::OutSegment> leaving;  // the outbox's segments while they are flushed
  std::vector<std::pair<FourTuple, tcp::NetworkReport>> reports;
  CachedHop last_hop;
  SegmentRulesTable segment_rules;

  Egress egress;
  std::vector<PacketBuffer> received;
  std::vector<LoopedFrame> loopback;
  std::vector<LoopedFrame> looping;
  Instant loopback_since = kNever;
};

}  // namespace fourtuple
