// Which multicast groups our interfaces are in, and when their routers are told (RFC 1112, RFC 2236).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/base/time.hpp"
#include "stack/ip/local_addresses.hpp"
#include "stack/wire/igmp.hpp"

namespace fourtuple::ip {

inline constexpr Ipv4Address kAllHosts{0xe0000001};    // 224.0.0.1: everybody is in it, nobody says so
inline constexpr Ipv4Address kAllRouters{0xe0000002};  // 224.0.0.2

// An IGMP message that should leave.
struct GroupMessage {
  std::size_t interface_index = 0;
  Ipv4Address to;
  wire::IgmpMessage message;
};

class GroupTable {
 public:
  // Counts joins: the first one tells the routers at once and, with repeat(), again a little later. The answers of
  // join() and leave() are what to send. `may_join` says whether there is room (a few hundred groups at all).
  [[nodiscard]] bool may_join() const { return groups_.size() < kMaxGroups; }
  std::vector<GroupMessage> join(std::size_t interface_index, Ipv4Address group);
  // The last one to leave says so.
  std::vector<GroupMessage> leave(std::size_t interface_index, Ipv4Address group);
  // A report has left: the first one may get lost, so a second one follows. [RFC2236 3]
  void repeat(const GroupMessage& message, Instant now, RandomSource& random);
  [[nodiscard]] bool is_member(std::size_t interface_index, Ipv4Address group) const;

  // The message as the routers of its link understand it: while one of version 1 is about, reports are of that version
  // and nobody takes leave. Nothing: do not send it. [RFC2236 4]
  [[nodiscard]] std::optional<GroupMessage> as_routers_know_it(const GroupMessage& message, Instant now) const;

  // A router asks (the interface is where it came by): each group asked for answers after a random part of the time
  // allowed. Another host's report silences ours. [RFC2236 3]
  void take(std::size_t interface_index, const wire::IgmpMessage& message, Instant now, RandomSource& random);

  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] std::vector<GroupMessage> advance(Instant now);
  [[nodiscard]] std::size_t size() const { return groups_.size(); }

 private:
  static constexpr std::size_t kMaxGroups = 512;
  struct Key {
    std::size_t interface_index = 0;
    Ipv4Address group;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Group {
    std::uint32_t members = 0;  // sockets of ours
    bool is_repeated = false;   // the unsolicited report has left twice
    Instant report_at = kNever;
  };
  [[nodiscard]] static GroupMessage report(const Key& key);

  std::map<Key, Group> groups_;
  std::map<std::size_t, Instant> version_1_until_;  // by interface
};

}  // namespace fourtuple::ip
