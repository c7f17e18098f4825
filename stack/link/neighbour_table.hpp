// The neighbour table: who on the link answers for which IPv4 address (RFC 826, RFC 1122 2.3.2).
//
//              first packet              reply                   reachable_time            used, probe_delay
//   (nothing) --------------> INCOMPLETE -------> REACHABLE ---------------------> STALE ---------------------> PROBE
//       ^                         |                   ^   ^                         |  |                          |
//       |<---- max_requests ------+                   |   +------ any reply --------+--+--------- reply ----------+
//       |<--------------- stale_timeout unused, or max_requests probes without a reply ---------------------------+
//
// A question asked of the table is answered with what to do (Outcome); the table sends nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/time.hpp"
#include "stack/base/timer_heap.hpp"
#include "stack/link/config.hpp"
#include "stack/trace/events.hpp"
#include "stack/wire/arp.hpp"

namespace fourtuple::link {

enum class NeighbourState : std::uint8_t { kIncomplete, kReachable, kStale, kProbe };
[[nodiscard]] std::string_view name(NeighbourState state);

struct NeighbourKey {
  std::size_t interface_index = 0;
  Ipv4Address address;
  friend auto operator<=>(const NeighbourKey&, const NeighbourKey&) = default;
};

// A request that should leave: to everybody, or (PROBE) to the one who had the address last.
struct Question {
  NeighbourKey about;
  MacAddress to;
};

// A frame that waited, complete but for the destination MAC in its first six octets.
struct ParkedFrame {
  NeighbourKey next_hop;
  MacAddress mac;  // where to send it now; meaningless in `failed`
  PacketBuffer frame;
  Cause cause{};  // why it was to leave
};

// What a call wants done, in order.
struct Outcome {
  std::vector<Question> questions;
  std::vector<ParkedFrame> released;      // resolved: send them
  std::vector<ParkedFrame> failed;        // nobody answered (kArpFailed): the senders are told
  std::vector<PacketBuffer> crowded_out;  // kArpQueueFull: newer ones took their place

  void clear() { questions.clear(), released.clear(), failed.clear(), crowded_out.clear(); }
};

class NeighbourTable {
 public:
  explicit NeighbourTable(const NeighbourConfig& config) : config_(config) {}

  // Where frames for `key` go, if that is known; else the caller parks the frame. Starts or keeps up resolution.
  // Reason: kArpTableFull, where no entry may be pushed out.
  [[nodiscard]] Result<std::optional<MacAddress>, DropReason> resolve(const NeighbourKey& key, Instant now,
                                                                      const trace::Tracer& trace, Outcome& out);
  // Keeps a frame until its next hop is known; resolve() has just answered that it is not.
  // Reasons: kArpQueueFull, where all waiting frames together are too large; kArpTableFull, where resolve() failed.
  [[nodiscard]] std::optional<DropReason> park(const NeighbourKey& key, PacketBuffer&& frame, Cause cause,
                                               Outcome& out);

  // Frames for `key` get no answer: an entry that is believed is probed at once. Unknown and static ones are left
  // alone.
  void doubt(const NeighbourKey& key, Instant now, const trace::Tracer& trace, Outcome& out);

  // What an ARP packet for interface `interface_index` tells and asks.
  struct Local {
    std::size_t interface_index = 0;
    MacAddress mac;
    std::function<bool(Ipv4Address)> is_ours;     // an address of ours on this interface
    std::function<bool(Ipv4Address)> is_on_link;  // a unicast address that can be a neighbour there
  };
  struct Answer {
    std::optional<wire::ArpPacket> reply;  // to reply->target_mac
    std::optional<DropReason> dropped;     // kArpBadSender, kArpNotForUs, kArpTableFull
  };
  [[nodiscard]] Answer receive(const wire::ArpPacket& arp, const Local& local, Instant now, const trace::Tracer& trace,
                               Outcome& out);

  // Never expires, never asks, is never updated by the wire.
  void add_static(const NeighbourKey& key, MacAddress mac);

  [[nodiscard]] Instant next_deadline() const { return timers_.next_deadline(); }
  void advance(Instant now, const trace::Tracer& trace, Outcome& out);

  struct Row {
    NeighbourKey key;
    MacAddress mac;
    NeighbourState state{};
  };
  [[nodiscard]] std::vector<Row> rows() const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t parked_bytes() const { return parked_bytes_; }
  // For tests and fuzzing: the first broken invariant, or nullptr.
  [[nodiscard]] const char* broken_invariant() const;

 private:
  struct Waiting {
    PacketBuffer frame;
    Cause cause{};
  };
  struct Entry : TimerNode {
    NeighbourKey key;
    MacAddress mac;
    NeighbourState state = NeighbourState::kIncomplete;
    bool is_static = false;
    bool in_use = false;  // STALE, and a packet has left since: the timer leads to PROBE, not to the end
    std::uint32_t requests = 0;
    Instant touched{};
    std::deque<Waiting> parked;
  };
  // Who asks for room in a full table: our own traffic may push out more than a stranger's introduction may.
  enum class Asker : std::uint8_t { kOurselves, kStranger };

  Entry* find(const NeighbourKey& key);
  Entry* create(const NeighbourKey& key, Asker asker, Instant now, const trace::Tracer& trace);
  bool make_room(Asker asker, const trace::Tracer& trace);
  void ask(Entry& entry, const MacAddress& to, Instant now, Outcome& out);
  void enter(Entry& entry, NeighbourState state, Instant now, const trace::Tracer& trace);
  void learn(Entry& entry, const MacAddress& mac, bool is_confirmed, Instant now, const trace::Tracer& trace,
             Outcome& out);
  void release_parked(Entry& entry, Outcome& out);
  void on_timer(Entry& entry, Instant now, const trace::Tracer& trace, Outcome& out);
  void retry(Entry& entry, Instant now, const trace::Tracer& trace, Outcome& out);
  void give_up(Entry& entry, const trace::Tracer& trace, Outcome& out);
  void erase(Entry& entry, const trace::Tracer& trace);
  Answer answer(const wire::ArpPacket& arp, const Local& local, Instant now, const trace::Tracer& trace, Outcome& out);

  NeighbourConfig config_;
  std::map<NeighbourKey, Entry> entries_;
  TimerHeap timers_;
  std::size_t parked_bytes_ = 0;
};

}  // namespace fourtuple::link
