// The TCP layer: all connections and listeners of one stack, and the doors to them (RFC 9293 3.10).
//
// Three kinds of event enter here and nowhere else: user calls, segments that arrive, and timeouts. Each door decides
// what should happen and writes it into the Context's outbox; it never sends, wakes or calls anybody. TCP does not know
// IP: it is told a path's segment sizes and what the network reports.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stack/base/notice.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"
#include "stack/tcp/config.hpp"
#include "stack/tcp/info.hpp"
#include "stack/tcp/outbox.hpp"

namespace fourtuple::tcp {

class Connection;
struct Engine;  // the tables behind the doors

// Handles carry a generation: a stale one is answered with errc::bad_file_descriptor, never with a stranger's
// connection.
struct ConnectionId {
  std::uint64_t value = 0;
  [[nodiscard]] explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(ConnectionId, ConnectionId) = default;
};
struct ListenerId {
  std::uint64_t value = 0;
  [[nodiscard]] explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(ListenerId, ListenerId) = default;
};

// What TCP is told of the way to a peer. Octets of TCP payload in a segment without options (MTU - 40 on IPv4).
struct PathInfo {
  std::uint16_t send_mss = 536;         // path MTU minus headers: nothing larger may leave
  std::uint16_t receive_mss = 536;      // interface MTU minus headers: what our MSS option says
  std::uint32_t max_super_segment = 0;  // payload octets of the largest super-segment; 0: one segment at a time
};

// What the network reported about a segment of ours (RFC 9293 3.9.2.2, RFC 5927).
struct NetworkReport {
  enum class Kind : std::uint8_t {
    kSoft,          // unreachable for now: remembered, told only if the connection fails in the end
    kHard,          // refused: aborts a connection that is still opening [RFC5927 5.2]
    kPacketTooBig,  // `send_mss` is the path's new limit
  };
  Kind kind = Kind::kSoft;
  std::errc error{};           // for kSoft and kHard
  std::uint16_t send_mss = 0;  // for kPacketTooBig
  SeqNum quoted_seq;           // from the quoted header; must be in flight to be believed
};

struct SendFlags {
  bool more = false;    // MSG_MORE: more follows soon, hold back a partial segment
  bool urgent = false;  // MSG_OOB: the last octet is urgent (RFC 9293 3.8.5)
};
struct ReceiveFlags {
  bool peek = false;  // MSG_PEEK
  std::size_t peek_offset = 0;
  bool discard = false;  // MSG_TRUNC: throw away instead of copying; lengths of the spans count, data may be null
};

// One row for netstat and ss.
struct SocketRow {
  FourTuple name;
  TcpState state{};
  std::size_t receive_queue = 0;  // octets unread; for a listener: connections waiting to be accepted
  std::size_t send_queue = 0;     // octets unacknowledged or unsent; for a listener: its backlog
  OwnerId owner = 0;
  std::uint64_t number = 0;  // trace::ConnectionNumber
  ConnectionId id;           // none for a listener
};

struct Counters {
  std::uint64_t segments_received = 0, segments_sent = 0, segments_retransmitted = 0, bad_segments = 0;
  std::uint64_t active_opens = 0, passive_opens = 0, failed_attempts = 0, established_resets = 0, resets_sent = 0;
  std::uint64_t challenge_acks = 0, challenge_acks_limited = 0, resets_limited = 0;
  std::uint64_t fast_retransmits = 0, spurious_recoveries = 0, timeouts = 0, delayed_acks = 0, window_probes = 0,
                keep_alives = 0;
  std::uint64_t out_of_order = 0, broken_invariants = 0, time_wait_reused = 0, time_wait_recycled = 0;
  std::uint64_t listen_drops = 0, half_open_evicted = 0;
  std::array<std::uint64_t, kDropReasonCount> drops{};
};

class Layer {
 public:
  Layer(const TcpConfig& config, RandomSource& random);
  ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  // --- Segment arrives (RFC 9293 3.10.7). `segment.payload` views `buffer`, which the engine may keep. The checksum is
  // already verified. `path` leads back to the sender; it is read for SYNs only.
  void receive(const IpAddress& local, const IpAddress& remote, const Segment& segment, PacketBuffer&& buffer,
               const PathInfo& path, Context& context);
  // Ends a batch of receive() calls: ACKs are decided and data leaves only here. [RFC9293 MUST-58, MUST-59]
  void end_batch(Context& context);
  // With TcpConfig::acks_wait_for_application: sends the ACKs that no answer of the application has carried.
  void send_owed_acks(Context& context);
  [[nodiscard]] bool owes_acks() const;
  // What the network says about a segment that we sent. What follows from it leaves with end_batch().
  void report(const FourTuple& name, const NetworkReport& report, Context& context);

  // --- Timeouts. After advance(now), next_deadline() > now unless the outbox filled up: flush and call again.
  [[nodiscard]] Instant next_deadline() const;
  void advance(Context& context);

  // --- User calls. Errors are POSIX ones; a stale handle answers bad_file_descriptor.

  // Reserves a local name, without a connection yet. Port 0 picks an ephemeral port (RFC 6056). Fails with
  // address_in_use. `reuse_address` and `reuse_port` mean SO_REUSEADDR and SO_REUSEPORT with Linux's rules. Names are
  // held until released.
  struct Binding {
    std::uint64_t value = 0;
    [[nodiscard]] explicit operator bool() const { return value != 0; }
  };
  Result<Binding> bind(const Endpoint& local, bool reuse_address, bool reuse_port, Context& context);
  void release(Binding binding);
  // Changes the flags of a binding (setsockopt after bind counts at listen time, as on Linux).
  void set_reuse(Binding binding, bool reuse_address, bool reuse_port);
  [[nodiscard]] Endpoint bound_name(Binding binding) const;

  // Passive OPEN on a bound name. Fails with address_in_use where another listener has it. A repeated listen is
  // set_backlog(). Backlog 0 admits one connection, as on Linux.
  Result<ListenerId> listen(Binding binding, std::uint32_t backlog, const ConnectionOptions& options, OwnerId owner);
  void set_backlog(ListenerId listener, std::uint32_t backlog);
  void set_options(ListenerId listener, const ConnectionOptions& options);
  // The oldest established connection that waits, if any; the caller gives it an owner.
  [[nodiscard]] std::optional<ConnectionId> accept(ListenerId listener, Context& context);
  [[nodiscard]] std::size_t acceptable(ListenerId listener) const;
  // Connections that wait are reset, half-open ones dropped. The binding stays until released.
  void close(ListenerId listener, Context& context);

  // Active OPEN: sends a SYN. The local address must be a concrete one; with port 0 an ephemeral one is chosen such
  // that the four-tuple is free. Fails with address_not_available when the four-tuple or all ports are taken,
  // no_buffer_space when the table is full. `binding` (or none) stays the caller's; several connections may share it.
  Result<ConnectionId> connect(const Endpoint& local, const Endpoint& remote, const PathInfo& path,
                               const ConnectionOptions& options, OwnerId owner, Context& context);

  // SEND: copies what the send buffer takes and answers the count (>= 1), or would_block (operation_would_block; also
  // where all connections together hold TcpConfig::memory_limit_bytes),
  // broken_pipe after our FIN or a reset, not_connected, or the pending error (once).
  Result<std::size_t> send(ConnectionId id, std::span<const ByteView> pieces, SendFlags flags, Context& context);
  // RECEIVE: copies in-order octets and answers the count; 0 is the end of the stream; operation_would_block when
  // there is nothing yet; the pending error once. Reading stops at the urgent mark unless urgent data is inline.
  Result<std::size_t> receive_data(ConnectionId id, std::span<const ByteSpan> pieces, ReceiveFlags flags,
                                   Context& context);
  // The urgent octet (MSG_OOB). invalid_argument where there is none or it is inline, operation_would_block where it is
  // announced but not here yet.
  Result<std::uint8_t> receive_urgent(ConnectionId id, bool peek, Context& context);
  // SHUT_WR: a FIN after everything sent so far. not_connected where there is no connection.
  Result<void> shutdown_send(ConnectionId id, Context& context);
  // SHUT_RD: reads answer 0 when nothing is unread, and wait no more; what comes may be read, as on Linux. With SHUT_WR
  // too, octets that come are answered with a reset.
  Result<void> shutdown_receive(ConnectionId id, Context& context);
  // CLOSE and let go: the application will never use this handle again. Unread data, or arriving data later, turns the
  // FIN into a reset [RFC9293 MUST-13, RFC 2525 2.17]. The engine finishes the rest by itself.
  void close(ConnectionId id, Context& context);
  // ABORT and let go: a RST if the state has a peer (SO_LINGER with zero time).
  void abort(ConnectionId id, Context& context);
  // ABORT but keep the handle readable: for connect(AF_UNSPEC).
  void disconnect(ConnectionId id, Context& context);

  void set_options(ConnectionId id, const ConnectionOptions& options, Context& context);
  [[nodiscard]] const ConnectionOptions* options(ConnectionId id) const;
  // Forces pending ACKs out and, with `on`, keeps delayed ACKs off for a while (TCP_QUICKACK).
  void set_quick_ack(ConnectionId id, bool on, Context& context);
  void set_owner(ConnectionId id, OwnerId owner);
  void set_owner(ListenerId id, OwnerId owner);

  // --- STATUS. nullptr for a stale handle; the snapshot is cheap and for this moment only.
  struct Status {
    TcpState state{};
    FourTuple name;
    std::size_t readable_bytes = 0;  // up to the urgent mark
    std::size_t unread_bytes = 0;    // all
    std::size_t writable_bytes = 0;  // room in the send buffer
    bool is_writable = false;        // a third of the send buffer is free: what poll() calls writable
    std::size_t send_buffer_bytes = 0;
    std::size_t receive_buffer_bytes = 0;
    std::size_t unsent_bytes = 0;          // SIOCOUTQNSD
    std::size_t unacknowledged_bytes = 0;  // SIOCOUTQ: unsent included
    bool end_of_stream = false;  // the peer's FIN was reached and all before it is read, or reading was shut down
    bool peer_closed = false;    // the peer's FIN was taken, read or not
    bool send_closed = false;    // we sent or queued a FIN, or the connection is gone
    bool ever_synchronized = false;
    std::errc error{};              // pending; take_error() clears it
    std::errc soft_error{};         // what the network last reported about a connection that lives on [RFC9293 SHLD-25]
    bool urgent_announced = false;  // an urgent octet is ahead or waits to be read
    bool urgent_here = false;       // MSG_OOB would answer an octet
    bool at_mark = false;           // SIOCATMARK
  };
  [[nodiscard]] std::optional<Status> status(ConnectionId id) const;
  // SO_ERROR: answers and clears.
  std::errc take_error(ConnectionId id);
  [[nodiscard]] std::optional<Info> info(ConnectionId id, Instant now) const;

  // All rows: listeners first, then connections by creation. `visit` must not call the layer.
  void for_each(const std::function<void(const SocketRow&)>& visit) const;
  [[nodiscard]] const Counters& counters() const;
  [[nodiscard]] std::size_t connection_count() const;
  // What the queues of all connections hold, against TcpConfig::memory_pressure_bytes and memory_limit_bytes.
  struct Memory {
    std::size_t held_bytes = 0;  // storage, not octets of stream
    std::size_t peak_bytes = 0;
    std::uint64_t times_full = 0;
    bool is_under_pressure = false;
    bool is_full = false;
  };
  [[nodiscard]] Memory memory() const;
  [[nodiscard]] bool has_connection(const FourTuple& name) const;
  [[nodiscard]] const TcpConfig& config() const;
  // The first broken invariant of any connection or table, or nullptr. For tests, simulation and fuzzing;
  // O(connections).
  [[nodiscard]] const char* broken_invariant() const;
  // For inspection only: nullptr for a stale handle.
  [[nodiscard]] const Connection* inspect(ConnectionId id) const;

 private:
  std::unique_ptr<Engine> engine_;
};

}  // namespace fourtuple::tcp
