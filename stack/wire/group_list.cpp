#include "stack/wire/group_list.hpp"

#include <algorithm>

namespace fourtuple {
namespace {

bool is_among(const std::vector<Ipv4Address>& list, Ipv4Address one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

bool GroupMembership::hears(Ipv4Address source) const { return is_among(sources, source) == is_include; }

GroupMembership* GroupList::at(Ipv4Address group, std::size_t interface_index) {
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const GroupMembership& each) {
    return each.group == group && each.interface_index == interface_index;
  });
  return found == groups_.end() ? nullptr : &*found;
}

const GroupMembership* GroupList::find(Ipv4Address group, std::size_t interface_index) const {
  return const_cast<GroupList*>(this)->at(group, interface_index);
}

Result<void> GroupList::join(Ipv4Address group, std::size_t interface_index) {
  if (at(group, interface_index) != nullptr) return failure(std::errc::address_in_use);
  if (groups_.size() >= kMaxGroups) return failure(std::errc::no_buffer_space);
  groups_.push_back({group, interface_index, false, {}});
  return {};
}

Result<void> GroupList::leave(Ipv4Address group, std::size_t interface_index) {
  const GroupMembership* const found = at(group, interface_index);
  if (found == nullptr) return failure(std::errc::address_not_available);
  groups_.erase(groups_.begin() + (found - groups_.data()));
  return {};
}

Result<GroupList::Change> GroupList::add_source(Ipv4Address group, std::size_t interface_index, Ipv4Address source) {
  GroupMembership* const found = at(group, interface_index);
  if (found == nullptr) {
    if (groups_.size() >= kMaxGroups) return failure(std::errc::no_buffer_space);
    groups_.push_back({group, interface_index, true, {source}});
    return Change::kJoined;
  }
  if (!found->is_include && !found->sources.empty()) return failure(std::errc::invalid_argument);
  if (is_among(found->sources, source)) return failure(std::errc::address_not_available);
  if (found->sources.size() >= kMaxSources) return failure(std::errc::no_buffer_space);
  found->is_include = true;
  found->sources.push_back(source);
  return Change::kNone;
}

Result<GroupList::Change> GroupList::drop_source(Ipv4Address group, std::size_t interface_index, Ipv4Address source) {
  GroupMembership* const found = at(group, interface_index);
  if (found == nullptr || (!found->is_include && !found->sources.empty())) {
    return failure(std::errc::invalid_argument);
  }
  if (!is_among(found->sources, source)) return failure(std::errc::address_not_available);
  std::erase(found->sources, source);
  if (!found->sources.empty()) return Change::kNone;
  (void)leave(group, interface_index);
  return Change::kLeft;
}

Result<void> GroupList::block(Ipv4Address group, std::size_t interface_index, Ipv4Address source) {
  GroupMembership* const found = at(group, interface_index);
  if (found == nullptr || found->is_include) return failure(std::errc::invalid_argument);
  if (is_among(found->sources, source)) return failure(std::errc::address_not_available);
  if (found->sources.size() >= kMaxSources) return failure(std::errc::no_buffer_space);
  found->sources.push_back(source);
  return {};
}

Result<void> GroupList::unblock(Ipv4Address group, std::size_t interface_index, Ipv4Address source) {
  GroupMembership* const found = at(group, interface_index);
  if (found == nullptr || found->is_include) return failure(std::errc::invalid_argument);
  if (std::erase(found->sources, source) == 0) return failure(std::errc::address_not_available);
  return {};
}

Result<GroupList::Change> GroupList::filter(const GroupMembership& wanted) {
  GroupMembership* const found = at(wanted.group, wanted.interface_index);
  const bool leaves = wanted.is_include && wanted.sources.empty();
  if (found == nullptr) return failure(leaves ? std::errc::address_not_available : std::errc::invalid_argument);
  if (wanted.sources.size() > kMaxSources) return failure(std::errc::no_buffer_space);
  if (leaves) {
    (void)leave(wanted.group, wanted.interface_index);
    return Change::kLeft;
  }
  *found = wanted;
  return Change::kNone;
}

bool GroupList::hears(Ipv4Address group, std::size_t interface_index, Ipv4Address source, bool all) const {
  const GroupMembership* const member = find(group, interface_index);
  return member == nullptr ? all : member->hears(source);
}

}  // namespace fourtuple
