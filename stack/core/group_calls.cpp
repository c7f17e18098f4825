// Multicast membership of UDP and raw sockets. These calls have no time of their own: what they cause leaves with the
// next advance(), which is due at once.
#include <iterator>
#include <utility>

#include "stack/core/parts.hpp"

namespace fourtuple {

Result<void> Stack::change_groups(DatagramId id, const GroupRequest& request) {
  DatagramState* const socket = parts_->state_of(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  const auto& [kind, group, interface_index, source] = request;
  const bool is_known = interface_index == kLoopbackInterface || interface_index < interface_count();
  if (!is_known) return failure(std::errc::no_such_device);
  using enum GroupRequest::Kind;
  const bool may_join = kind == kJoin || kind == kAddSource;
  if (may_join && !group.is_multicast()) return failure(std::errc::invalid_argument);
  if (may_join && !parts_->groups.may_join()) return failure(std::errc::no_buffer_space);
  const auto settled = [&](GroupList::Change change) {
    parts_->follow(change, request.interface_index, request.group);
  };
  switch (kind) {
    case kJoin:
      return socket->groups.join(group, interface_index).map([&] { settled(GroupList::Change::kJoined); });
    case kLeave:
      return socket->groups.leave(group, interface_index).map([&] { settled(GroupList::Change::kLeft); });
    case kAddSource:
      return socket->groups.add_source(group, interface_index, source).map(settled);
    case kDropSource:
      return socket->groups.drop_source(group, interface_index, source).map(settled);
    case kBlock:
      return socket->groups.block(group, interface_index, source);
    case kUnblock:
      return socket->groups.unblock(group, interface_index, source);
  }
  return failure(std::errc::invalid_argument);
}

Result<void> Stack::filter_group(DatagramId id, const GroupMembership& wanted) {
  DatagramState* const socket = parts_->state_of(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  return socket->groups.filter(wanted).map(
      [&](GroupList::Change change) { parts_->follow(change, wanted.interface_index, wanted.group); });
}

const GroupMembership* Stack::membership(DatagramId id, Ipv4Address group, std::size_t interface_index) const {
  const DatagramState* const socket = parts_->state_of(id);
  return socket == nullptr ? nullptr : socket->groups.find(group, interface_index);
}

Result<void> Stack::udp_join(UdpId id, Ipv4Address group, std::size_t interface_index) {
  return change_groups(id, {GroupRequest::Kind::kJoin, group, interface_index, {}});
}

Result<void> Stack::udp_leave(UdpId id, Ipv4Address group, std::size_t interface_index) {
  return change_groups(id, {GroupRequest::Kind::kLeave, group, interface_index, {}});
}

// The interface joins with its first socket and leaves with its last.
void Stack::Parts::follow(GroupList::Change change, std::size_t interface_index, Ipv4Address group) {
  if (change == GroupList::Change::kJoined) send_groups_later(groups.join(interface_index, group));
  if (change == GroupList::Change::kLeft) send_groups_later(groups.leave(interface_index, group));
}

void Stack::Parts::leave_all_groups(DatagramState& socket) {
  const GroupList left = std::exchange(socket.groups, {});
  for (const GroupMembership& each : left.all()) {
    follow(GroupList::Change::kLeft, each.interface_index, each.group);
  }
}

void Stack::Parts::send_groups_later(std::vector<ip::GroupMessage> messages) {
  group_messages.insert(group_messages.end(), messages.begin(), messages.end());
}

}  // namespace fourtuple
