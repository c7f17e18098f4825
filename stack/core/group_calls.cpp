// Multicast membership of UDP sockets. These calls have no time of their own: what they cause leaves with the next
// advance(), which is due at once.
#include <algorithm>
#include <iterator>

#include "stack/core/parts.hpp"

namespace fourtuple {

Result<void> Stack::udp_join(UdpId id, Ipv4Address group, std::size_t interface_index) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (!group.is_multicast()) return failure(std::errc::invalid_argument);
  if (interface_index >= interface_count()) return failure(std::errc::no_such_device);
  const udp::Membership wanted{group, interface_index};
  const bool is_in = std::find(socket->groups.begin(), socket->groups.end(), wanted) != socket->groups.end();
  if (is_in) return failure(std::errc::address_in_use);
  const bool has_room = socket->groups.size() < udp::Socket::kMaxGroups && parts_->groups.may_join();
  if (!has_room) return failure(std::errc::no_buffer_space);
  socket->groups.push_back(wanted);
  parts_->send_groups_later(parts_->groups.join(interface_index, group));
  return {};
}

Result<void> Stack::udp_leave(UdpId id, Ipv4Address group, std::size_t interface_index) {
  udp::Socket* const socket = parts_->udp.find(id);
  if (socket == nullptr) return failure(std::errc::bad_file_descriptor);
  if (std::erase(socket->groups, udp::Membership{group, interface_index}) == 0) {
    return failure(std::errc::address_not_available);
  }
  parts_->send_groups_later(parts_->groups.leave(interface_index, group));
  return {};
}

void Stack::Parts::send_groups_later(std::vector<ip::GroupMessage> messages) {
  group_messages.insert(group_messages.end(), messages.begin(), messages.end());
}

}  // namespace fourtuple
