#include "stack/ip/path_mtu_cache.hpp"

#include <algorithm>
#include <array>

namespace fourtuple::ip {

std::uint16_t plateau_below(std::size_t packet_bytes) {
  // [RFC1191 7]
  constexpr std::array<std::uint16_t, 11> kPlateaus{65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
  const auto found =
      std::find_if(kPlateaus.begin(), kPlateaus.end(), [&](std::uint16_t each) { return each < packet_bytes; });
  return found == kPlateaus.end() ? kPlateaus.back() : *found;
}

std::optional<std::uint16_t> PathMtuCache::find(Ipv4Address destination) const {
  const auto found = entries_.find(destination);
  if (found == entries_.end()) return std::nullopt;
  return found->second.mtu;
}

std::optional<std::uint16_t> PathMtuCache::judge(std::uint16_t reported_mtu, std::size_t packet_bytes,
                                                 std::size_t current_mtu) const {
  const std::uint16_t told = reported_mtu != 0 ? reported_mtu : plateau_below(packet_bytes);  // [RFC1191 5]
  // Who says that a packet was too big for an MTU that it fits is lying, as is who raises it. [RFC1191 3, RFC5927 7]
  if (told >= packet_bytes) return std::nullopt;
  const std::uint16_t mtu = std::max(told, config_.min_path_mtu);  // [RFC1191 3(a)]
  if (mtu >= current_mtu) return std::nullopt;                     // [RFC1191 3(b)]
  return mtu;
}

void PathMtuCache::learn(Ipv4Address destination, std::uint16_t mtu, Instant now) {
  if (entries_.size() >= config_.max_path_mtu_entries && !entries_.contains(destination)) make_room();
  entries_[destination] = {mtu, now + config_.path_mtu_timeout};
  earliest_ = std::min(earliest_, now + config_.path_mtu_timeout);
}

void PathMtuCache::make_room() {
  const auto oldest = std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
    return a.second.expires < b.second.expires;
  });
  if (oldest != entries_.end()) entries_.erase(oldest);
}

Instant PathMtuCache::next_deadline() const { return entries_.empty() ? kNever : earliest_; }

void PathMtuCache::advance(Instant now) {
  if (now < earliest_) return;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.expires <= now; });
  earliest_ = kNever;
  for (const auto& [destination, entry] : entries_) earliest_ = std::min(earliest_, entry.expires);
}

}  // namespace fourtuple::ip
