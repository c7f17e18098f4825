#include "stack/ip/group_table.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::ip {
namespace {

constexpr Duration kUnsolicitedInterval = std::chrono::seconds(10);  // [RFC2236 8.10]
constexpr Duration kVersion1RouterPresent = std::chrono::seconds(400);  // [RFC2236 8.11]
constexpr std::uint8_t kVersion1Tenths = 100;                        // [RFC2236 4]

// Nobody reports 224.0.0.1, and nobody is asked about a loopback interface.
bool is_reported(std::size_t interface_index, Ipv4Address group) {
  return group != kAllHosts && interface_index != kLoopbackInterface;
}

Duration random_part(Duration whole, RandomSource& random) {
  return Duration(static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(whole.count()))));
}

}  // namespace

GroupMessage GroupTable::report(const Key& key) {
  return {key.interface_index,
          key.group,
          {.type = wire::igmp_type::kReportV2, .max_response_tenths = 0, .group = key.group}};
}

std::vector<GroupMessage> GroupTable::join(std::size_t interface_index, Ipv4Address group) {
  const Key key{interface_index, group};
  if (++groups_[key].members != 1 || !is_reported(interface_index, group)) return {};  // [RFC2236 6]
  return {report(key)};
}

void GroupTable::repeat(const GroupMessage& message, Instant now, RandomSource& random) {
  const auto found = groups_.find({message.interface_index, message.message.group});
  if (found == groups_.end() || message.message.type != wire::igmp_type::kReportV2) return;
  if (std::exchange(found->second.is_repeated, true)) return;
  found->second.report_at = now + random_part(kUnsolicitedInterval, random);
}

std::vector<GroupMessage> GroupTable::leave(std::size_t interface_index, Ipv4Address group) {
  const auto found = groups_.find({interface_index, group});
  if (found == groups_.end() || --found->second.members != 0) return {};
  groups_.erase(found);
  if (!is_reported(interface_index, group)) return {};
  // [RFC2236 3(c)]
  return {{interface_index, kAllRouters, {.type = wire::igmp_type::kLeave, .max_response_tenths = 0, .group = group}}};
}

bool GroupTable::is_member(std::size_t interface_index, Ipv4Address group) const {
  return group == kAllHosts || groups_.contains({interface_index, group});
}

std::optional<GroupMessage> GroupTable::as_routers_know_it(const GroupMessage& message, Instant now) const {
  const auto found = version_1_until_.find(message.interface_index);
  if (found == version_1_until_.end() || found->second <= now) return message;
  if (message.message.type == wire::igmp_type::kLeave) return std::nullopt;
  GroupMessage older = message;
  // [RFC2236 4(a)]
  if (older.message.type == wire::igmp_type::kReportV2) older.message.type = wire::igmp_type::kReportV1;
  return older;
}

void GroupTable::take(std::size_t interface_index, const wire::IgmpMessage& message, Instant now,
                      RandomSource& random) {
  const bool is_query = message.type == wire::igmp_type::kQuery;
  const bool is_report = message.type == wire::igmp_type::kReportV2 || message.type == wire::igmp_type::kReportV1;
  const bool is_version_1 = is_query && message.max_response_tenths == 0;
  if (is_version_1) version_1_until_[interface_index] = now + kVersion1RouterPresent;  // [RFC2236 8.11]
  const std::uint8_t tenths = message.max_response_tenths != 0 ? message.max_response_tenths : kVersion1Tenths;
  const Duration allowed = std::chrono::milliseconds(100 * tenths);
  for (auto& [key, group] : groups_) {
    const bool is_asked = message.group == key.group || (is_query && message.group.is_any());
    if (key.interface_index != interface_index || !is_asked || key.group == kAllHosts) continue;
    if (is_report) group.report_at = kNever;  // [RFC2236 3(b)]
    // [RFC2236 3(a)]
    if (is_query && group.report_at > now + allowed) group.report_at = now + random_part(allowed, random);
  }
}

Instant GroupTable::next_deadline() const {
  Instant earliest = kNever;
  for (const auto& [key, group] : groups_) earliest = std::min(earliest, group.report_at);
  return earliest;
}

std::vector<GroupMessage> GroupTable::advance(Instant now) {
  std::vector<GroupMessage> messages;
  for (auto& [key, group] : groups_) {
    if (group.report_at > now) continue;
    group.report_at = kNever;
    messages.push_back(report(key));
  }
  return messages;
}

}  // namespace fourtuple::ip
