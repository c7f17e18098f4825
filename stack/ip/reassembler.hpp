// Putting fragments together again (RFC 791 3.2, RFC 1122 3.3.2), within bounds and without trusting the sender.
//
// Fragments of one datagram may come in any order and more than once. An exact repetition is ignored; any other overlap
// is an attack on whoever looks at the packets from outside, and kills the datagram and what still comes of it
// (in the manner of RFC 5722).
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "stack/ip/config.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::ip {

class Reassembler {
 public:
  explicit Reassembler(const Ipv4Config& config) : config_(config) {}

  struct Answer {
    // The whole packet, when this fragment was the last that was missing: its header says so (no fragment any more).
    std::optional<PacketBuffer> complete;
    // Why the fragment, and with kFragmentOverlap the whole datagram, was dropped: kFragmentBad, kFragmentOverlap,
    // kFragmentLimit, kNoBuffer.
    std::optional<DropReason> dropped;
    std::size_t evicted = 0;  // older datagrams that made room (kFragmentLimit)
  };
  // `packet` begins with the IP header, of which `header` is the meaning, and has no octets behind total_length.
  [[nodiscard]] Answer add(const wire::Ipv4Header& header, PacketBuffer&& packet, Instant now, BufferPool& pool);

  // A datagram that was not complete in time.
  struct Expired {
    std::optional<PacketBuffer> first_fragment;  // whole packet, if it had come: its sender is told [RFC1122 3.3.2]
  };
  [[nodiscard]] std::vector<Expired> advance(Instant now);
  [[nodiscard]] Instant next_deadline() const { return datagrams_.empty() ? kNever : datagrams_.front().expires; }

  [[nodiscard]] std::size_t datagrams() const { return datagrams_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const char* broken_invariant() const;

 private:
  // Protocol included: the same identification may serve two protocols at once. [RFC791 3.2]
  struct Key {
    Ipv4Address source;
    Ipv4Address destination;
    std::uint16_t identification = 0;
    std::uint8_t protocol = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Fragment {
    std::size_t begin = 0;  // of the datagram's payload
    std::size_t end = 0;
    std::size_t header_size = 0;
    bool more = false;
    PacketBuffer packet;
  };
  struct Datagram {
    Key key;
    Instant expires{};
    std::vector<Fragment> fragments;   // sorted, disjoint
    std::size_t received = 0;          // payload octets
    std::optional<std::size_t> total;  // known once the last fragment has come
    bool is_dead = false;              // an overlap was seen: swallows the rest until it expires
  };
  using Place = std::list<Datagram>::iterator;

  Place find_or_create(const Key& key, Instant now);
  enum class Fit : std::uint8_t { kNew, kRepeated, kOverlap };
  [[nodiscard]] static Fit fit(const Datagram& datagram, const Fragment& fragment);
  void insert(Datagram& datagram, Fragment&& fragment);
  void kill(Datagram& datagram);
  void remove(Place place);
  std::size_t evict_for(const Datagram& newest);
  [[nodiscard]] static bool is_complete(const Datagram& datagram);
  [[nodiscard]] static Result<PacketBuffer, DropReason> assemble(const Datagram& datagram, BufferPool& pool);

  Ipv4Config config_;
  std::list<Datagram> datagrams_;  // oldest first, which is also the order of their deadlines
  std::map<Key, Place> index_;
  std::size_t bytes_ = 0;  // capacity of all buffers that are held
};

}  // namespace fourtuple::ip
