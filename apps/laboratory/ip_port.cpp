#include "apps/laboratory/ip_port.hpp"

#include <cstring>
#include <utility>

#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::laboratory {
namespace {

[[nodiscard]] wire::EthernetHeader header_for(ByteView datagram) {
  const bool is_v6 = !datagram.empty() && datagram[0] >> 4 == 6;
  return {IpPort::kOurs, IpPort::kTheirs, is_v6 ? wire::ether_type::kIpv6 : wire::ether_type::kIpv4};
}

// What follows the Ethernet header, gathered.
[[nodiscard]] std::vector<std::byte> payload_of(const TransmitFrame& frame) {
  std::vector<std::byte> octets;
  octets.reserve(frame.size());
  for (std::size_t i = 0; i < frame.piece_count; ++i) {
    const ByteView piece = i == 0 ? frame.pieces[0].subspan(wire::kEthernetHeaderSize) : frame.pieces[i];
    const auto bytes = std::as_bytes(piece);
    octets.insert(octets.end(), bytes.begin(), bytes.end());
  }
  return octets;
}

}  // namespace

void IpPort::put(ByteView datagram) {
  const std::lock_guard lock(mutex_);
  auto frame = datagram.size() <= wire::kIpv4MaxPacketSize ? pool_.copy(datagram) : std::nullopt;
  if (!frame) {
    ++dropped_;
    return;
  }
  header_for(datagram).emit(frame->prepend(wire::kEthernetHeaderSize));
  arriving_.push_back(std::move(*frame));
}

std::optional<Emitted> IpPort::take() {
  const std::lock_guard lock(mutex_);
  if (leaving_.empty()) return std::nullopt;
  Emitted oldest = std::move(leaving_.front());
  leaving_.pop_front();
  return oldest;
}

bool IpPort::has_emitted() const {
  const std::lock_guard lock(mutex_);
  return !leaving_.empty();
}

std::size_t IpPort::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::size_t IpPort::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant /*now*/) {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (; count < limit && !arriving_.empty(); ++count) {
    frames.push_back(std::move(arriving_.front()));
    arriving_.pop_front();
  }
  return count;
}

std::size_t IpPort::send(std::span<const TransmitFrame> frames, Instant now) {
  const std::lock_guard lock(mutex_);
  for (const TransmitFrame& frame : frames) {
    if (!keep(frame, now)) ++dropped_;
  }
  return frames.size();
}

bool IpPort::keep(const TransmitFrame& frame, Instant now) {
  if (frame.piece_count == 0) return false;
  const auto header = wire::EthernetHeader::parse(frame.pieces[0]);
  if (!header || leaving_.size() >= Laboratory::kMaxWaiting) return false;
  if (header->type != wire::ether_type::kIpv4 && header->type != wire::ether_type::kIpv6) return true;  // ARP: no LAN
  leaving_.push_back({now, payload_of(frame)});
  return true;
}

Instant IpPort::next_deadline() const {
  const std::lock_guard lock(mutex_);
  return arriving_.empty() ? kNever : Instant{};
}

}  // namespace fourtuple::laboratory
