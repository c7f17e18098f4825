// The multicast groups of one socket, and whom it wants to hear there (RFC 1112, RFC 3376 2).
#pragma once

#include <cstddef>
#include <system_error>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct GroupMembership {
  Ipv4Address group;
  std::size_t interface_index = 0;
  bool is_include = false;  // from `sources` alone; otherwise from all but `sources`
  std::vector<Ipv4Address> sources;

  friend bool operator==(const GroupMembership&, const GroupMembership&) = default;
  [[nodiscard]] bool hears(Ipv4Address source) const;
};

class GroupList {
 public:
  static constexpr std::size_t kMaxGroups = 20;   // igmp_max_memberships
  static constexpr std::size_t kMaxSources = 10;  // of one group: igmp_max_msf

  // Any source. address_in_use: already a member; no_buffer_space: at the limit.
  Result<void> join(Ipv4Address group, std::size_t interface_index);
  // Whatever its sources. address_not_available: no member.
  Result<void> leave(Ipv4Address group, std::size_t interface_index);
  // What became of the membership: the interface joins the group with the first socket and leaves it with the last.
  enum class Change : std::uint8_t { kNone, kJoined, kLeft };
  // IP_ADD_SOURCE_MEMBERSHIP: joins for this source, or adds it. address_not_available: it is there already;
  // invalid_argument: a member for any source with exceptions.
  Result<Change> add_source(Ipv4Address group, std::size_t interface_index, Ipv4Address source);
  // IP_DROP_SOURCE_MEMBERSHIP: the last source takes the membership with it.
  Result<Change> drop_source(Ipv4Address group, std::size_t interface_index, Ipv4Address source);
  // IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE. invalid_argument: no member, or one for some sources only;
  // address_not_available: it is (not) blocked already.
  Result<void> block(Ipv4Address group, std::size_t interface_index, Ipv4Address source);
  Result<void> unblock(Ipv4Address group, std::size_t interface_index, Ipv4Address source);
  // IP_MSFILTER: all at once; an empty include list leaves the group. invalid_argument: no member.
  Result<Change> filter(const GroupMembership& wanted);

  // nullptr: no member.
  [[nodiscard]] const GroupMembership* find(Ipv4Address group, std::size_t interface_index) const;
  // Whether a datagram of `source` to the group is for this socket. Those who are no members hear it if `all` does.
  [[nodiscard]] bool hears(Ipv4Address group, std::size_t interface_index, Ipv4Address source, bool all) const;
  [[nodiscard]] const std::vector<GroupMembership>& all() const { return groups_; }

 private:
  [[nodiscard]] GroupMembership* at(Ipv4Address group, std::size_t interface_index);

  std::vector<GroupMembership> groups_;
};

}  // namespace fourtuple
