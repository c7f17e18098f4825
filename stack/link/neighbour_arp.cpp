// What the wire tells the neighbour table (RFC 826's merge, with RFC 5227's care), and what time does to it.
#include <utility>

#include "stack/link/neighbour_table.hpp"

namespace fourtuple::link {
namespace {

// A probe (RFC 5227 1.1) asks without telling: its sender has no address yet. [RFC5227 1.1]
bool is_probe(const wire::ArpPacket& arp) {
  return arp.operation == wire::ArpPacket::Operation::kRequest && arp.sender_ip.is_any();
}

bool is_bad_sender(const wire::ArpPacket& arp, const NeighbourTable::Local& local) {
  if (arp.sender_mac.is_group() || arp.sender_mac.is_zero()) return true;
  if (is_probe(arp)) return false;
  // Somebody claims our address: believing or answering would only help them. [RFC5227 2.4]
  return local.is_ours(arp.sender_ip) || !local.is_on_link(arp.sender_ip);
}

}  // namespace

NeighbourTable::Answer NeighbourTable::receive(const wire::ArpPacket& arp, const Local& local, Instant now,
                                               const trace::Tracer& trace, Outcome& out) {
  if (is_bad_sender(arp, local)) return {.reply = {}, .dropped = DropReason::kArpBadSender};
  const bool is_for_us = local.is_ours(arp.target_ip);
  const bool is_reply = arp.operation == wire::ArpPacket::Operation::kReply;
  Entry* const known = is_probe(arp) ? nullptr : find({local.interface_index, arp.sender_ip});
  // The merge of RFC 826: whoever speaks is believed about themselves, but only where we cared already.
  if (known != nullptr) learn(*known, arp.sender_mac, is_reply && is_for_us, now, trace, out);  // [RFC826 merge]
  if (!is_for_us || (is_reply && known == nullptr)) return {.reply = {}, .dropped = DropReason::kArpNotForUs};
  if (is_reply) return {};
  return answer(arp, local, now, trace, out);
}

NeighbourTable::Answer NeighbourTable::answer(const wire::ArpPacket& arp, const Local& local, Instant now,
                                              const trace::Tracer& trace, Outcome& out) {
  Answer result;
  const NeighbourKey sender{local.interface_index, arp.sender_ip};
  if (!is_probe(arp) && find(sender) == nullptr) {
    // Who asks for us will be talked to in a moment. That it gets no entry in a full table is no reason to be silent.
    Entry* const entry = create(sender, Asker::kStranger, now, trace);
    if (entry != nullptr) learn(*entry, arp.sender_mac, false, now, trace, out);
    if (entry == nullptr) result.dropped = DropReason::kArpTableFull;
  }
  result.reply = wire::ArpPacket{.operation = wire::ArpPacket::Operation::kReply,  // [RFC826 reception]
                                 .sender_mac = local.mac,
                                 .sender_ip = arp.target_ip,
                                 .target_mac = arp.sender_mac,
                                 .target_ip = arp.sender_ip};
  return result;
}

// `is_confirmed`: an answer to us, so the way there and back works. Everything else makes the entry usable but STALE,
// unless it only repeats what is REACHABLE already.
void NeighbourTable::learn(Entry& entry, const MacAddress& mac, bool is_confirmed, Instant now,
                           const trace::Tracer& trace, Outcome& out) {
  if (entry.is_static) return;
  const bool is_news = entry.mac != mac || entry.state == NeighbourState::kIncomplete;
  if (!is_confirmed && !is_news) return;
  entry.mac = mac;
  enter(entry, is_confirmed ? NeighbourState::kReachable : NeighbourState::kStale, now, trace);
  release_parked(entry, out);
}

void NeighbourTable::enter(Entry& entry, NeighbourState state, Instant now, const trace::Tracer& trace) {
  const NeighbourState from = std::exchange(entry.state, state);
  if (trace && from != state) {
    trace.emit(0, trace::NeighbourChanged{entry.key.address, entry.mac, name(from), name(state)});
  }
  entry.requests = 0;
  entry.in_use = false;
  if (state == NeighbourState::kReachable) timers_.schedule(entry, now + config_.reachable_time);
  if (state == NeighbourState::kStale) timers_.schedule(entry, now + config_.stale_timeout);
}

void NeighbourTable::release_parked(Entry& entry, Outcome& out) {
  for (Waiting& each : entry.parked) {
    parked_bytes_ -= each.frame.capacity();
    out.released.push_back({entry.key, entry.mac, std::move(each.frame), each.cause});
    // Released frames are a use of the entry: what was learned from hearsay is probed in time.
    entry.in_use = entry.state == NeighbourState::kStale;
  }
  if (!entry.parked.empty() && entry.in_use) timers_.schedule(entry, entry.touched + config_.probe_delay);
  entry.parked.clear();
}

void NeighbourTable::ask(Entry& entry, const MacAddress& to, Instant now, Outcome& out) {
  ++entry.requests;
  timers_.schedule(entry, now + config_.request_interval);  // [RFC1122 2.3.2.1, 2.3.2.1(b)]
  out.questions.push_back({entry.key, to});
}

void NeighbourTable::advance(Instant now, const trace::Tracer& trace, Outcome& out) {
  while (TimerNode* const node = timers_.pop_expired(now)) on_timer(static_cast<Entry&>(*node), now, trace, out);
}

void NeighbourTable::on_timer(Entry& entry, Instant now, const trace::Tracer& trace, Outcome& out) {
  switch (entry.state) {
    case NeighbourState::kReachable:
      return enter(entry, NeighbourState::kStale, now, trace);
    case NeighbourState::kStale:
      if (!entry.in_use) return erase(entry, trace);
      enter(entry, NeighbourState::kProbe, now, trace);
      return retry(entry, now, trace, out);
    case NeighbourState::kIncomplete:
    case NeighbourState::kProbe:
      return retry(entry, now, trace, out);
  }
}

// The transport layer's advice (RFC 1122 2.3.2.1, case 4 of its discussion, and 3.3.1.4). [RFC1122 3.3.1.4(a)]
void NeighbourTable::doubt(const NeighbourKey& key, Instant now, const trace::Tracer& trace, Outcome& out) {
  Entry* const entry = find(key);
  if (entry == nullptr || entry->is_static) return;
  if (entry->state != NeighbourState::kReachable && entry->state != NeighbourState::kStale) return;
  enter(*entry, NeighbourState::kProbe, now, trace);
  retry(*entry, now, trace, out);
}

void NeighbourTable::retry(Entry& entry, Instant now, const trace::Tracer& trace, Outcome& out) {
  if (entry.requests >= config_.max_requests) return give_up(entry, trace, out);  // [RFC1122 3.3.1.4]
  ask(entry, entry.state == NeighbourState::kProbe ? entry.mac : MacAddress::broadcast(), now, out);
}

void NeighbourTable::give_up(Entry& entry, const trace::Tracer& trace, Outcome& out) {
  for (Waiting& each : entry.parked) {
    parked_bytes_ -= each.frame.capacity();
    out.failed.push_back({entry.key, {}, std::move(each.frame), each.cause});
  }
  entry.parked.clear();
  erase(entry, trace);
}

}  // namespace fourtuple::link
