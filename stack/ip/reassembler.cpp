#include "stack/ip/reassembler.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fourtuple::ip {
namespace {

// A small fragment in a large receive buffer would hold far more memory than it brings.
std::optional<PacketBuffer> right_sized(PacketBuffer&& packet, BufferPool& pool) {
  if (packet.capacity() <= 2 * packet.size() + 512) return std::move(packet);
  return pool.copy(packet.bytes());
}

bool is_malformed(const wire::Ipv4Header& header) {
  const std::size_t size = header.payload_size();
  if (size == 0 || (header.more_fragments && size % 8 != 0)) return true;
  return header.header_size + header.fragment_offset + size > wire::kIpv4MaxPacketSize;
}

}  // namespace

Reassembler::Answer Reassembler::add(const wire::Ipv4Header& header, PacketBuffer&& packet, Instant now,
                                     BufferPool& pool) {
  Answer answer;
  const auto drop = [&answer](DropReason reason) {
    answer.dropped = reason;
    return std::move(answer);
  };
  if (is_malformed(header)) return drop(DropReason::kFragmentBad);
  auto kept = right_sized(std::move(packet), pool);
  if (!kept) return drop(DropReason::kNoBuffer);
  Fragment fragment{.begin = header.fragment_offset,
                    .end = header.fragment_offset + header.payload_size(),
                    .header_size = header.header_size,
                    .more = header.more_fragments,
                    .packet = std::move(*kept)};
  // [RFC791 3.2] [RFC1122 3.3.2]
  const Place place = find_or_create({header.source, header.destination, header.identification, header.protocol}, now);
  const Fit how = place->is_dead ? Fit::kOverlap : fit(*place, fragment);
  if (how == Fit::kOverlap) {  // [RFC5722 4]
    kill(*place);
    answer.evicted = evict_for(*place);
    return drop(DropReason::kFragmentOverlap);
  }
  if (how == Fit::kRepeated) return answer;
  insert(*place, std::move(fragment));
  if (is_complete(*place)) {
    auto whole = assemble(*place, pool);
    remove(place);
    if (!whole) return drop(whole.error());
    answer.complete = std::move(*whole);
    return answer;
  }
  answer.evicted = evict_for(*place);
  if (place->fragments.size() <= config_.max_fragments_per_datagram && bytes_ <= config_.max_reassembly_bytes) {
    return answer;
  }
  kill(*place);
  return drop(DropReason::kFragmentLimit);
}

Reassembler::Place Reassembler::find_or_create(const Key& key, Instant now) {
  if (const auto found = index_.find(key); found != index_.end()) return found->second;
  const Place place = datagrams_.insert(datagrams_.end(), Datagram{});
  place->key = key;
  place->expires = now + config_.reassembly_timeout;  // [RFC1122 3.3.2(a)]
  index_.emplace(key, place);
  return place;
}

Reassembler::Fit Reassembler::fit(const Datagram& datagram, const Fragment& fragment) {
  const auto next = std::partition_point(datagram.fragments.begin(), datagram.fragments.end(),
                                         [&](const Fragment& each) { return each.end <= fragment.begin; });
  if (next != datagram.fragments.end() && next->begin < fragment.end) {
    const bool is_same = next->begin == fragment.begin && next->end == fragment.end && next->more == fragment.more;
    const std::size_t size = fragment.end - fragment.begin;
    const bool has_same_bytes = is_same && std::memcmp(next->packet.data() + next->header_size,
                                                       fragment.packet.data() + fragment.header_size, size) == 0;
    return has_same_bytes ? Fit::kRepeated : Fit::kOverlap;
  }
  // Two different ends, or octets behind the end, contradict each other as overlaps do.
  if (datagram.total && (!fragment.more || fragment.end > *datagram.total)) return Fit::kOverlap;
  const bool has_beyond = !datagram.fragments.empty() && datagram.fragments.back().end > fragment.end;
  return !fragment.more && has_beyond ? Fit::kOverlap : Fit::kNew;
}

void Reassembler::insert(Datagram& datagram, Fragment&& fragment) {
  bytes_ += fragment.packet.capacity();
  datagram.received += fragment.end - fragment.begin;
  if (!fragment.more) datagram.total = fragment.end;
  const auto next = std::partition_point(datagram.fragments.begin(), datagram.fragments.end(),
                                         [&](const Fragment& each) { return each.end <= fragment.begin; });
  datagram.fragments.insert(next, std::move(fragment));
}

void Reassembler::kill(Datagram& datagram) {
  for (const Fragment& fragment : datagram.fragments) bytes_ -= fragment.packet.capacity();
  datagram.fragments.clear();
  datagram.is_dead = true;
}

void Reassembler::remove(Place place) {
  kill(*place);
  index_.erase(place->key);
  datagrams_.erase(place);
}

// The oldest datagrams make room for the newest, so that a few hundred that never complete block nobody.
std::size_t Reassembler::evict_for(const Datagram& newest) {
  std::size_t count = 0;
  const auto is_over = [this] {
    return datagrams_.size() > config_.max_reassemblies || bytes_ > config_.max_reassembly_bytes;
  };
  while (is_over()) {
    const Place victim = &datagrams_.front() == &newest ? std::next(datagrams_.begin()) : datagrams_.begin();
    if (victim == datagrams_.end()) break;
    remove(victim);
    ++count;
  }
  return count;
}

bool Reassembler::is_complete(const Datagram& datagram) {
  // Disjoint fragments inside [0, total) whose sizes add up to total leave no hole.
  return datagram.total && datagram.received == *datagram.total;
}

Result<PacketBuffer, DropReason> Reassembler::assemble(const Datagram& datagram, BufferPool& pool) {
  const Fragment& first = datagram.fragments.front();
  const std::size_t size = first.header_size + *datagram.total;
  // The first header may be longer than the others.
  if (size > wire::kIpv4MaxPacketSize) return failure(DropReason::kFragmentBad);
  auto whole = pool.take(size);
  if (!whole) return failure(DropReason::kNoBuffer);
  const auto header_bytes = ByteView(first.packet.bytes()).first(first.header_size);
  std::memcpy(whole->append(first.header_size).data(), header_bytes.data(), header_bytes.size());
  for (const Fragment& fragment : datagram.fragments) {
    const std::size_t count = fragment.end - fragment.begin;
    std::memcpy(whole->append(count).data(), fragment.packet.data() + fragment.header_size, count);
  }
  auto header = wire::Ipv4Header::parse(first.packet.bytes(), false);
  if (!header) return failure(header.error());
  header->total_length = static_cast<std::uint16_t>(size);  // [RFC791 3.2(b)]
  header->more_fragments = false;
  header->emit(whole->bytes());
  return std::move(*whole);
}

std::vector<Reassembler::Expired> Reassembler::advance(Instant now) {
  std::vector<Expired> expired;
  while (!datagrams_.empty() && datagrams_.front().expires <= now) {
    Datagram& datagram = datagrams_.front();
    Expired one;
    if (!datagram.fragments.empty() && datagram.fragments.front().begin == 0) {  // [RFC1122 3.2.2(e)]
      bytes_ -= datagram.fragments.front().packet.capacity();
      one.first_fragment = std::move(datagram.fragments.front().packet);
      datagram.fragments.erase(datagram.fragments.begin());
    }
    if (!datagram.is_dead) expired.push_back(std::move(one));
    remove(datagrams_.begin());
  }
  return expired;
}

const char* Reassembler::broken_invariant() const {
  std::size_t bytes = 0;
  for (const Datagram& datagram : datagrams_) {
    std::size_t received = 0;
    std::size_t end = 0;
    for (const Fragment& fragment : datagram.fragments) {
      if (fragment.begin < end) return "fragments are unsorted or overlap";
      end = fragment.end;
      received += fragment.end - fragment.begin;
      bytes += fragment.packet.capacity();
    }
    if (!datagram.is_dead && received != datagram.received) return "the count of reassembled octets is wrong";
  }
  if (bytes != bytes_) return "the count of octets held for reassembly is wrong";
  if (index_.size() != datagrams_.size()) return "a datagram is not in its table";
  if (datagrams_.size() > config_.max_reassemblies) return "too many incomplete datagrams";
  if (bytes_ > config_.max_reassembly_bytes) return "too many octets held for reassembly";
  return nullptr;
}

}  // namespace fourtuple::ip
