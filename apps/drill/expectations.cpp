// The part of the player that waits for packets and looks at them.
#include <algorithm>
#include <fmt/format.h>

#include "apps/drill/datagrams.hpp"
#include "apps/drill/payload.hpp"
#include "apps/drill/player.hpp"

namespace fourtuple::drill {
namespace {

using packet_script::Event;

constexpr Duration kLongestWait = std::chrono::hours(7 * 24);  // for a packet that may come at any time
constexpr Duration kLookAhead = std::chrono::seconds(3);  // for a packet that came too late, to say how late it was

const packet_script::TcpOption* timestamps_of(const std::vector<packet_script::TcpOption>& options) {
  const auto found = std::find_if(options.begin(), options.end(), [](const auto& one) {
    return one.kind == packet_script::TcpOption::Kind::kTimestamps;
  });
  return found == options.end() ? nullptr : &*found;
}

// What fits into one segment of this conversation.
std::size_t largest_segment(const Flow& flow, const Seen& seen) {
  const std::size_t path = flow.path_mtu - wire::kIpv4HeaderSize - wire::kTcpHeaderSize;
  const std::size_t room = std::min<std::size_t>(flow.far_mss, path);
  return room - std::min(room, seen.options.size());
}

}  // namespace

void Player::collect() {
  while (auto emitted = laboratory_->take()) {
    const ByteView octets(reinterpret_cast<const std::uint8_t*>(emitted->octets.data()), emitted->octets.size());
    if (options_.on_packet) options_.on_packet(emitted->time, octets);
    Waiting waiting{.seen = read(emitted->time, octets), .flow = nullptr};
    const Seen& seen = waiting.seen;
    const bool begins = seen.begins_connection() || seen.ip.protocol == wire::ip_protocol::kUdp;
    waiting.flow = flows_.of_emitted(seen.name, seen.ip.protocol, begins);
    if (waiting.flow != nullptr && seen.ip.protocol == wire::ip_protocol::kTcp) waiting.flow->note_near(seen.tcp);
    waiting_.push_back(std::move(waiting));
  }
}

// The oldest packet of the conversation that the script talks of. ICMP belongs to none, and where the script names no
// ports it means datagrams to anybody.
std::deque<Player::Waiting>::iterator Player::candidate(const Packet& packet) {
  const std::uint8_t protocol = protocol_of(packet);
  const Flow* const flow = flows_.of_expected(packet, protocol);
  const bool names_ports = packet.source_port || packet.destination_port;
  const bool is_any = flow == nullptr || (protocol != wire::ip_protocol::kTcp && !names_ports);
  return std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& one) {
    return one.seen.ip.protocol == protocol && (is_any || one.flow == flow);
  });
}

bool Player::gather(std::deque<Waiting>::iterator first, const Packet& packet) {
  const auto* const tcp = std::get_if<TcpPacket>(&packet.content);
  if (tcp == nullptr || first->flow == nullptr || first->seen.length() == 0) return true;
  const bool is_long = tcp->sequence.length > largest_segment(*first->flow, first->seen);
  if (!is_long) return true;
  for (auto next = first + 1; next != waiting_.end() && first->seen.length() < tcp->sequence.length;) {
    const bool is_taken = next->flow == first->flow && append(first->seen, next->seen);
    if (next->flow == first->flow && !is_taken) return true;
    if (!is_taken) {
      ++next;
      continue;
    }
    const auto index = first - waiting_.begin();
    next = waiting_.erase(next);
    first = waiting_.begin() + index;
  }
  return first->seen.length() >= tcp->sequence.length || first->seen.tcp.flags.fin();
}

void Player::expect(const Event& event, const Packet& packet, Instant limit) {
  laboratory_->settle();
  collect();
  const auto found = candidate(packet);
  const Instant deadline = due_->deadline();
  const bool is_whole = found != waiting_.end() && gather(found, packet);
  if (is_whole || (found != waiting_.end() && laboratory_->now() >= deadline)) {
    const Waiting came = std::move(*candidate(packet));
    waiting_.erase(candidate(packet));
    check_packet(event, packet, came);
    return end_event();
  }
  const bool is_patient = deadline != kNever || laboratory_->now() - last_ < kLongestWait;
  const bool can_wait =
      is_patient && laboratory_->now() < deadline && (deadline != kNever || laboratory_->next_deadline() != kNever);
  if (!can_wait) fail_for_want(event, packet);
  move_time(std::min(limit, deadline));
}

void Player::check_packet(const Event& event, const Packet& packet, const Waiting& came) {
  static const Flow kNoFlow;
  const Seen& seen = came.seen;
  if (came.flow != nullptr) note_expected(packet, seen, *came.flow);
  const Flow& flow = came.flow == nullptr ? kNoFlow : *came.flow;
  auto phrases = differences(packet, seen, flow);
  compare_timestamps(phrases, packet, seen, flow);
  if (due_->is_early(seen.time) || due_->is_late(seen.time)) {
    const std::string wanted = due_->latest == due_->at
                                   ? moment_text(due_->at, start_)
                                   : moment_text(due_->at, start_) + " to " + moment_text(due_->latest, start_);
    phrases.push_back(fmt::format("time {} instead of {}", moment_text(seen.time, start_), wanted));
  }
  const std::string words = fmt::format("{}   at {}", to_string(seen, came.flow), moment_text(seen.time, start_));
  if (!phrases.empty()) throw ScriptFailure(Failure{event.position, "another packet came", words, std::move(phrases)});
  check_payload(event, came);
}

// What only a packet that the script names can tell us.
void Player::note_expected(const Packet& packet, const Seen& seen, Flow& flow) {
  const auto* const tcp = std::get_if<TcpPacket>(&packet.content);
  if (tcp == nullptr || seen.ip.protocol != wire::ip_protocol::kTcp) return;
  if (tcp->flags.syn() && seen.tcp.flags.syn() && seen.tcp.seq == flow.near_syn)
    flow.near = Shift::between(tcp->sequence.first, seen.tcp.seq);
  const auto* const named = timestamps_of(tcp->options);
  if (named != nullptr && !named->any_value && seen.tcp.options.timestamps)
    flow.note_timestamp(named->value, seen.tcp.options.timestamps->value);
}

// Only where the script says how long a tick of its numbers is. Ours is a millisecond.
void Player::compare_timestamps(std::vector<std::string>& phrases, const Packet& packet, const Seen& seen,
                                const Flow& flow) const {
  const auto* const tcp = std::get_if<TcpPacket>(&packet.content);
  if (tcp == nullptr || !circumstances_.timestamp_tick || !flow.first_timestamp || !seen.tcp.options.timestamps) return;
  const auto* const named = timestamps_of(tcp->options);
  if (named == nullptr || named->any_value) return;
  const auto ticks = static_cast<std::int32_t>(named->value - flow.first_timestamp->first);
  const auto ours = static_cast<std::int32_t>(seen.tcp.options.timestamps->value - flow.first_timestamp->second);
  const Duration wanted = *circumstances_.timestamp_tick * ticks;
  const Duration came = std::chrono::milliseconds(ours);
  if (std::chrono::abs(wanted - came) <= due_->tolerance + *circumstances_.timestamp_tick) return;
  phrases.push_back(
      fmt::format("TS val {} ticks after the first instead of {}", came / *circumstances_.timestamp_tick, ticks));
}

void Player::check_payload(const Event& event, const Waiting& came) const {
  const Seen& seen = came.seen;
  const bool is_tcp = seen.ip.protocol == wire::ip_protocol::kTcp;
  const bool is_checked = options_.strict && desk_.writes_pattern() && came.flow != nullptr &&
                          (is_tcp ? came.flow->is_near_known : seen.ip.protocol == wire::ip_protocol::kUdp);
  if (!is_checked || seen.payload.empty()) return;
  const std::uint32_t offset = is_tcp ? (seen.tcp.seq - came.flow->near_syn.value).value - 1 : 0;
  const bool is_probe = is_tcp && seen.length() == 1;  // a keepalive may carry an octet of garbage [RFC9293 3.8.4]
  if (is_probe || is_from(offset, seen.payload)) return;
  throw ScriptFailure(
      Failure{event.position, "the payload is not what was written there", to_string(seen, came.flow), {}});
}

// Nothing came in time. Looking on tells whether it comes at all.
void Player::fail_for_want(const Event& event, const Packet& packet) {
  const Instant deadline = due_->deadline();
  if (deadline != kNever) {
    const Instant end = deadline + std::max<Duration>(kLookAhead, 2 * (deadline - last_));
    while (candidate(packet) == waiting_.end() && laboratory_->now() < end && !call_) move_time(end);
    if (const auto late = candidate(packet); late != waiting_.end()) check_packet(event, packet, *late);
  }
  Failure failure{event.position, "no packet came", {}, {}};
  if (!waiting_.empty()) {
    const Waiting& other = waiting_.front();
    failure.came = fmt::format("{}   at {}, of another conversation: {}", to_string(other.seen, other.flow),
                               moment_text(other.seen.time, start_), to_string(other.seen.name));
  }
  throw ScriptFailure(failure);
}

// What the script does not speak of.
void Player::check_rest() {
  collect();
  if (!options_.strict || waiting_.empty()) return;
  const Waiting& extra = waiting_.front();
  const Position position = script_.events.empty() ? Position{} : script_.events.back().position;
  throw ScriptFailure(
      Failure{position,
              "after the last event there is a packet that nothing expects",
              fmt::format("{}   at {}", to_string(extra.seen, extra.flow), moment_text(extra.seen.time, start_)),
              {}});
}

}  // namespace fourtuple::drill
