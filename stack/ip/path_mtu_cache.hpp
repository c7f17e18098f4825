// What routers said about the largest packet on the way to a destination (RFC 1191).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "stack/base/time.hpp"
#include "stack/ip/config.hpp"

namespace fourtuple::ip {

class PathMtuCache {
 public:
  explicit PathMtuCache(const Ipv4Config& config) : config_(config) {}

  // The learned path MTU, or nothing.
  [[nodiscard]] std::optional<std::uint16_t> find(Ipv4Address destination) const;

  // A report that a packet of `packet_bytes` was too big, `reported_mtu` being what would pass (0 from old routers: the
  // next plateau below the packet is taken). `current_mtu` is what we would use now. Answers the new path MTU, or
  // nothing where the report is not believed: it must lower the MTU, and never goes below the floor.
  [[nodiscard]] std::optional<std::uint16_t> judge(std::uint16_t reported_mtu, std::size_t packet_bytes,
                                                   std::size_t current_mtu) const;
  // Remembers what judge() answered. The oldest entry makes room.
  void learn(Ipv4Address destination, std::uint16_t mtu, Instant now);

  [[nodiscard]] Instant next_deadline() const;
  // Forgets what is old, so that a longer path is found again. [RFC1191 6.3]
  void advance(Instant now);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint16_t mtu = 0;
    Instant expires{};
  };
  void make_room();

  Ipv4Config config_;
  std::map<Ipv4Address, Entry> entries_;
  Instant earliest_ = kNever;  // no entry expires before
};

// The largest MTU of RFC 1191's table of plateaus that is below `packet_bytes`; 68 at least.
[[nodiscard]] std::uint16_t plateau_below(std::size_t packet_bytes);

}  // namespace fourtuple::ip
