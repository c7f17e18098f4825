// What happens by the passing of time alone.
#include <algorithm>
#include <utility>

#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

// Bounds the rounds of one advance(); what is still due then stays due.
constexpr int kMaxRounds = 64;

}  // namespace

Instant Stack::Parts::next_deadline() const {
  if (!group_messages.empty()) return Instant{};  // at once
  Instant earliest = std::min({tcp.next_deadline(), neighbours.next_deadline(), reassembler.next_deadline(),
                               path_mtus.next_deadline(), groups.next_deadline(), loopback_since});
  for (const Interface& each : interfaces) earliest = std::min(earliest, each.driver->next_deadline());
  return earliest;
}

void Stack::Parts::advance(Instant now) {
  neighbours.advance(now, tracer(now), outcome);
  carry_out(outcome, now);
  expire_reassemblies(now);
  path_mtus.advance(now);
  send_groups_later(groups.advance(now));
  send_group_messages(std::exchange(group_messages, {}), now);
  tcp::Context reported = context(now);
  tcp.end_batch(reported);  // connections may have been told of a silent next hop
  for (int round = 0; round < kMaxRounds; ++round) {
    tcp::Context tcp_context = context(now);
    tcp.advance(tcp_context);
    if (!outbox.doubted.empty()) question_paths(now);
    settle(now);
    if (tcp.next_deadline() > now && loopback.empty()) return;
  }
}

void Stack::Parts::expire_reassemblies(Instant now) {
  for (const auto& expired : reassembler.advance(now)) {
    drop(DropReason::kFragmentTimeout, {}, now);
    if (!expired.first_fragment) continue;
    const ByteView packet = expired.first_fragment->bytes();
    const auto header = wire::Ipv4Header::parse(packet, false);
    if (!header) continue;
    const bool is_unicast = addresses.is_ours(header->destination);
    const ip::Arrival arrival{*header, is_unicast ? ip::Destination::kUnicast : ip::Destination::kBroadcast, {}};
    // Code 1: reassembly time exceeded. [RFC1122 3.3.2]
    // [RFC792 time exceeded]
    send_icmp_error(arrival, packet, {.type = wire::icmp_type::kTimeExceeded, .code = 1}, now);  // [RFC1122 3.3.2(b)]
  }
}

}  // namespace fourtuple
