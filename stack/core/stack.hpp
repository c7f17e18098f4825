// The Stack: composes link, IP, UDP and TCP, owns their tables, moves what they decide, and flushes what they want
// sent.
//
// Single-threaded by ownership: whoever holds the runtime's lock may call it. Every entry takes the time of the event.
// Nothing here blocks, reads a clock or calls back: what changed for the sockets is left in notices() for the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "drivers/driver.hpp"
#include "stack/base/notice.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "stack/core/config.hpp"
#include "stack/core/segment_rules.hpp"
#include "stack/tcp/layer.hpp"
#include "stack/trace/events.hpp"
#include "stack/wire/datagram.hpp"
#include "stack/wire/group_list.hpp"

namespace fourtuple {

struct NeighbourRow {
  Ipv4Address address;
  MacAddress mac;
  std::string_view state;  // "INCOMPLETE", "REACHABLE", "STALE", "PROBE"
  std::size_t interface_index = 0;
};

struct DatagramRow {
  FourTuple name;  // remote 0.0.0.0:0 when not connected
  std::uint8_t protocol = 17;
  std::size_t receive_queue = 0;
  OwnerId owner = 0;
  bool raw = false;
};

struct StackCounters {
  std::uint64_t frames_received = 0, frames_sent = 0, bytes_received = 0, bytes_sent = 0;
  std::uint64_t super_frames_received = 0, super_frames_sent = 0;
  std::uint64_t datagrams_received = 0, datagrams_sent = 0, fragments_received = 0, fragments_sent = 0, reassembled = 0;
  std::uint64_t icmp_received = 0, icmp_sent = 0, arp_received = 0, arp_sent = 0;
  std::array<std::uint64_t, kDropReasonCount> drops{};  // of all layers but TCP's (see tcp().counters())
};

class Stack {
 public:
  Stack(const StackConfig& config, RandomSource random);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // --- Set-up.

  // Attaches a link. The driver must outlive the stack or be detached. The on-link route follows from the address.
  // Answers the interface's index (0, 1, ...).
  std::size_t attach(Driver& driver, const InterfaceConfig& config);
  // A further address on an interface (with its on-link route).
  void add_address(std::size_t interface_index, Ipv4Prefix address);
  // Fails with network_unreachable where the gateway is not on a connected network, file_exists for a duplicate,
  // no_buffer_space at the limit, no_such_device for an unknown interface.
  Result<void> add_route(const Route& route);
  Result<void> remove_route(const Route& route);
  [[nodiscard]] std::vector<Route> routes() const;
  [[nodiscard]] std::size_t interface_count() const;
  [[nodiscard]] const InterfaceConfig& interface(std::size_t index) const;  // precondition: index < interface_count()
  void add_static_neighbour(std::size_t interface_index, Ipv4Address address, MacAddress mac);
  [[nodiscard]] std::vector<NeighbourRow> neighbours() const;
  // Tells the LAN our address (RFC 5227 3): one gratuitous ARP an interface.
  void announce(Instant now);

  // Where events go; nullptr for nowhere. The sink must outlive the stack or be replaced.
  void set_trace_sink(trace::Sink* sink);

  // --- The two things that happen to a stack by themselves.

  // Takes up to a batch of frames from the interface's driver, and handles them. Answers how many: when it equals
  // config().receive_batch there may be more.
  std::size_t receive_from_driver(std::size_t interface_index, Instant now);
  // The same for at most `limit` frames, and no more once they hold `enough_bytes` octets.
  std::size_t receive_from_driver(std::size_t interface_index, Instant now, std::size_t limit,
                                  std::size_t enough_bytes);
  // Handles frames that the caller has (tests, replay, fuzzing). The buffers are consumed.
  void receive(std::size_t interface_index, std::span<PacketBuffer> frames, Instant now);
  // With TcpConfig::acks_wait_for_application: call it when the application has dealt with what was received. Between
  // receive() and this call owes_acks() tells whether there is anything to send.
  void send_owed_acks(Instant now);
  [[nodiscard]] bool owes_acks() const;
  // The earliest moment at which advance() or a driver has something to do; kNever when idle.
  [[nodiscard]] Instant next_deadline() const;
  void advance(Instant now);

  // What changed for sockets since the last call; cleared by it. Look after every other call.
  [[nodiscard]] std::vector<Notice> take_notices();
  // The same without an allocation: swaps the notices into `into` (cleared first).
  void swap_notices(std::vector<Notice>& into);

  // --- TCP user calls. The TCP layer's own calls need a context and a flush, so they are run through here:
  // `stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.send(id, pieces, {}, context);
  // });`
  template <class Call>
  auto with_tcp(Instant now, Call&& call) {
    TcpCall guard(*this, now);
    return std::forward<Call>(call)(guard.layer(), guard.context());
  }
  [[nodiscard]] const tcp::Layer& tcp() const;

  // Where a packet to `remote` would leave: source address and TCP's path. Fails with network_unreachable, also for
  // broadcast and multicast addresses. On the way to ourselves the interface is kLoopbackInterface.
  static constexpr std::size_t kLoopbackInterface = static_cast<std::size_t>(-1);
  struct Way {
    IpAddress source;
    std::size_t interface_index = 0;
    tcp::PathInfo path;
    std::size_t path_mtu = 0;
  };
  // `options`: IP options that its segments will carry; a source route decides about the way.
  [[nodiscard]] Result<Way> way_to(const IpAddress& remote, const wire::IpOptions& options = {}) const;
  // True for the addresses of our interfaces, and 127.0.0.0/8.
  [[nodiscard]] bool is_local(const IpAddress& address) const;

  // What IP adds to the segments of this connection, or asks of those for this listener (a name without a remote).
  // Without rules it forgets them; those of connections are forgotten when TCP has forgotten the name.
  void set_segment_rules(const FourTuple& name, const SegmentRules& rules);
  // nullptr: none. Valid until the next call.
  [[nodiscard]] const SegmentRules* segment_rules(const FourTuple& name) const;

  // --- Datagrams (RFC 768) and raw IP. All fail with bad_file_descriptor for a stale handle.
  Result<UdpId> udp_open(const DatagramOptions& options, OwnerId owner);
  // Port 0: an ephemeral one. address_in_use, address_not_available, invalid_argument (bound already).
  Result<void> udp_bind(UdpId id, const Endpoint& local);
  // Fixes the peer (binding an ephemeral port if needed); an unspecified address dissolves.
  Result<void> udp_connect(UdpId id, const Endpoint& remote);
  void udp_disconnect(UdpId id);
  // `remote` empty: the connected peer, else destination_address_required. message_size above 65507 or above the path
  // with DF; permission_denied for broadcast without the option; pending ICMP errors are answered once.
  Result<std::size_t> udp_send(UdpId id, std::span<const ByteView> pieces, const std::optional<Endpoint>& remote,
                               Instant now, const SendDetails& details = {});
  // The oldest datagram; operation_would_block when there is none; a pending error once.
  Result<ReceivedDatagram> udp_receive(UdpId id);
  // The oldest datagram without taking it; valid until the next call on this stack. nullptr when there is none.
  [[nodiscard]] const ReceivedDatagram* udp_peek(UdpId id) const;
  [[nodiscard]] Endpoint udp_local(UdpId id) const;
  [[nodiscard]] std::optional<Endpoint> udp_remote(UdpId id) const;
  std::errc udp_take_error(UdpId id);
  [[nodiscard]] std::errc udp_error(UdpId id) const;
  Result<void> udp_set_options(UdpId id, const DatagramOptions& options);
  // Multicast membership on the interface (IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP).
  Result<void> udp_join(UdpId id, Ipv4Address group, std::size_t interface_index);
  Result<void> udp_leave(UdpId id, Ipv4Address group, std::size_t interface_index);
  void udp_close(UdpId id);

  // Raw sockets get a copy of every packet of their protocol that is for us, after IP processing (reassembly included).
  Result<RawId> raw_open(std::uint8_t protocol, const DatagramOptions& options, OwnerId owner);
  Result<void> raw_bind(RawId id, const IpAddress& local);
  Result<void> raw_connect(RawId id, const IpAddress& remote);
  Result<std::size_t> raw_send(RawId id, std::span<const ByteView> pieces, const std::optional<IpAddress>& remote,
                               Instant now, const SendDetails& details = {});
  Result<ReceivedDatagram> raw_receive(RawId id);
  [[nodiscard]] const ReceivedDatagram* raw_peek(RawId id) const;
  std::errc raw_take_error(RawId id);
  [[nodiscard]] std::errc raw_error(RawId id) const;
  Result<void> raw_set_options(RawId id, const DatagramOptions& options);
  void raw_close(RawId id);

  // --- What both kinds have.
  // Multicast membership, and whom of its senders to hear. no_such_device, invalid_argument (no group, or no member),
  // address_in_use, address_not_available, no_buffer_space; see GroupList.
  struct GroupRequest {
    enum class Kind : std::uint8_t { kJoin, kLeave, kAddSource, kDropSource, kBlock, kUnblock };
    Kind kind = Kind::kJoin;
    Ipv4Address group;
    std::size_t interface_index = 0;  // kLoopbackInterface is one, too
    Ipv4Address source;
  };
  Result<void> change_groups(DatagramId id, const GroupRequest& request);
  Result<void> filter_group(DatagramId id, const GroupMembership& wanted);
  // nullptr: no member. Valid until the next call.
  [[nodiscard]] const GroupMembership* membership(DatagramId id, Ipv4Address group, std::size_t interface_index) const;
  // The oldest error with its details (IP_RECVERR); operation_would_block where there is none.
  Result<NetworkError> take_queued_error(DatagramId id);
  [[nodiscard]] bool has_queued_error(DatagramId id) const;

  void for_each_datagram_socket(const std::function<void(const DatagramRow&)>& visit) const;

  // --- Inspection.
  [[nodiscard]] const StackCounters& counters() const;
  [[nodiscard]] const StackConfig& config() const;
  [[nodiscard]] BufferPool& buffers();
  // The first broken invariant of any layer, or nullptr (tests, simulation, fuzzing).
  [[nodiscard]] const char* broken_invariant() const;

 private:
  // Opens the TCP doors for one user call and flushes the outbox when it ends.
  class TcpCall {
   public:
    TcpCall(Stack& stack, Instant now);
    ~TcpCall();
    TcpCall(const TcpCall&) = delete;
    TcpCall& operator=(const TcpCall&) = delete;
    [[nodiscard]] tcp::Layer& layer();
    [[nodiscard]] tcp::Context& context() { return context_; }

   private:
    Stack& stack_;
    tcp::Context context_;
  };
  friend class TcpCall;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fourtuple
