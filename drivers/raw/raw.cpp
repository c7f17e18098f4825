#include "drivers/raw/raw.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "drivers/interface.hpp"
#include "drivers/raw/raw_setup.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kBatch = 16;
constexpr std::size_t kSmallRoom = 2048;
// The kernel merges TCP segments on their way in (GRO): one frame may hold 64 KiB.
constexpr std::size_t kLargestFrame = 65535 + wire::kEthernetHeaderSize;
constexpr std::size_t kRestRoom = kLargestFrame - kSmallRoom;
constexpr std::size_t kControlRoom = CMSG_SPACE(sizeof(tpacket_auxdata));

iovec vector_of(void* base, std::size_t size) { return {.iov_base = base, .iov_len = size}; }
// sendmmsg() takes pointers to mutable bytes and does not write to them.
iovec vector_of(ByteView bytes) { return vector_of(const_cast<std::uint8_t*>(bytes.data()), bytes.size()); }

// The device says "partial" but not where: TCP and UDP over IPv4 keep their checksum at known places.
OffloadInfo partial_offload(ByteView frame) {
  if (frame.size() < wire::kEthernetHeaderSize) return {};
  const auto ip = wire::Ipv4Header::parse(frame.subspan(wire::kEthernetHeaderSize), false);
  if (!ip || ip->is_fragment()) return {};
  const bool is_tcp = ip->protocol == wire::ip_protocol::kTcp;
  if (!is_tcp && ip->protocol != wire::ip_protocol::kUdp) return {};
  constexpr std::uint16_t kUdpChecksumOffset = 6;
  return {.checksum = ChecksumState::kPartial,
          .checksum_start = static_cast<std::uint16_t>(wire::kEthernetHeaderSize + ip->header_size),
          .checksum_offset = is_tcp ? static_cast<std::uint16_t>(wire::kTcpChecksumOffset) : kUdpChecksumOffset};
}

// Zero where there is none.
tpacket_auxdata auxiliary_data(msghdr& message) {
  tpacket_auxdata result{};
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_PACKET || control->cmsg_type != PACKET_AUXDATA) continue;
    if (control->cmsg_len < CMSG_LEN(sizeof(result))) continue;
    std::memcpy(&result, CMSG_DATA(control), sizeof(result));
  }
  return result;
}

OffloadInfo offload_of(const tpacket_auxdata& aux, ByteView frame) {
  if ((aux.tp_status & TP_STATUS_CSUMNOTREADY) != 0) return partial_offload(frame);
  OffloadInfo offload;
  if ((aux.tp_status & TP_STATUS_CSUM_VALID) != 0) offload.checksum = ChecksumState::kVerified;
  return offload;
}

}  // namespace

// A frame is received into its slot's small buffer and what does not fit goes on in the slot's part of `rest`.
struct RawDriver::ReceiveBatch {
  std::array<PacketBuffer, kBatch> small;
  // Pages that no large frame touches cost nothing.
  std::unique_ptr<std::uint8_t[]> rest = std::make_unique_for_overwrite<std::uint8_t[]>(kBatch * kRestRoom);
  std::array<std::array<iovec, 2>, kBatch> vectors{};
  std::array<mmsghdr, kBatch> messages{};
  alignas(cmsghdr) std::array<std::array<std::uint8_t, kControlRoom>, kBatch> control{};

  [[nodiscard]] std::uint8_t* rest_of(std::size_t slot) { return rest.get() + slot * kRestRoom; }
  void prepare(std::size_t slot) {
    // Without a small buffer the frame is still taken from the kernel, and dropped.
    vectors[slot] = {vector_of(small[slot] ? small[slot].data() : nullptr, small[slot] ? kSmallRoom : 0),
                     vector_of(rest_of(slot), kRestRoom)};
    msghdr& message = messages[slot].msg_hdr;
    message = {};
    message.msg_iov = vectors[slot].data();
    message.msg_iovlen = vectors[slot].size();
    message.msg_control = control[slot].data();
    message.msg_controllen = control[slot].size();
  }
};

struct RawDriver::SendBatch {
  std::array<std::array<iovec, TransmitFrame::kMaxPieces>, kBatch> vectors{};
  std::array<mmsghdr, kBatch> messages{};

  void prepare(std::size_t slot, const TransmitFrame& frame) {
    for (std::size_t i = 0; i < frame.piece_count; ++i) vectors[slot][i] = vector_of(frame.pieces[i]);
    messages[slot] = {};
    messages[slot].msg_hdr.msg_iov = vectors[slot].data();
    messages[slot].msg_hdr.msg_iovlen = frame.piece_count;
  }
};

SetupResult<std::unique_ptr<RawDriver>> RawDriver::open(const RawOptions& options, BufferPool& pool) {
  auto attached = raw_setup::attach(options);
  if (!attached) return failure(attached.error());
  return std::unique_ptr<RawDriver>(new RawDriver(std::move(attached->socket), options.interface, attached->mtu, pool));
}

RawDriver::RawDriver(Descriptor socket, std::string interface, std::size_t mtu, BufferPool& pool)
    : socket_(std::move(socket)),
      interface_(std::move(interface)),
      pool_(pool),
      capabilities_{.mtu = mtu, .receive_checksum = true},
      incoming_(std::make_unique<ReceiveBatch>()),
      outgoing_(std::make_unique<SendBatch>()) {}

RawDriver::~RawDriver() = default;

std::size_t RawDriver::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant /*now*/) {
  std::size_t asked = 0;
  const std::size_t before = frames.size();
  for (bool more = true; more && asked < limit;) {
    const std::size_t wanted = std::min(kBatch, limit - asked);
    asked += receive_batch(frames, wanted, more);
  }
  return frames.size() - before;
}

// Answers how many frames were taken from the kernel, dropped ones included. `more`: there may be others.
std::size_t RawDriver::receive_batch(std::vector<PacketBuffer>& frames, std::size_t limit, bool& more) {
  for (std::size_t slot = 0; slot < limit; ++slot) {
    PacketBuffer& small = incoming_->small[slot];
    if (!small) {
      if (auto buffer = pool_.take(kSmallRoom)) small = std::move(*buffer);
    }
    incoming_->prepare(slot);
  }
  const int got =
      ::recvmmsg(socket_.get(), incoming_->messages.data(), static_cast<unsigned>(limit), MSG_DONTWAIT, nullptr);
  more = got == static_cast<int>(limit);
  if (got < 0) {
    note_receive_error(errno);
    return 0;
  }
  for (std::size_t slot = 0; slot < static_cast<std::size_t>(got); ++slot) {
    if (auto frame = claim(slot)) frames.push_back(std::move(*frame));
  }
  return static_cast<std::size_t>(got);
}

std::optional<PacketBuffer> RawDriver::claim(std::size_t slot) {
  mmsghdr& message = incoming_->messages[slot];
  const std::size_t size = message.msg_len;
  const tpacket_auxdata aux = auxiliary_data(message.msg_hdr);
  PacketBuffer& small = incoming_->small[slot];
  if (!small) return ++counters_.receive_no_buffer, std::nullopt;
  if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0) return ++counters_.receive_vlan, std::nullopt;
  if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) return ++counters_.receive_cut, std::nullopt;
  std::optional<PacketBuffer> frame;
  if (size <= kSmallRoom) {
    frame = std::move(small);
    frame->append(size);
  } else {
    frame = pool_.take(size);
    if (!frame) return ++counters_.receive_no_buffer, std::nullopt;
    std::uint8_t* const to = frame->append(size).data();
    std::memcpy(to, small.data(), kSmallRoom);
    std::memcpy(to + kSmallRoom, incoming_->rest_of(slot), size - kSmallRoom);
  }
  frame->offload = offload_of(aux, frame->bytes());
  ++counters_.received_frames;
  return frame;
}

// An interface that goes down says so once and may come back; one that was deleted does not.
void RawDriver::note_receive_error(int error) {
  if (error == EAGAIN || error == EINTR) return;
  if (!interface::exists(interface_)) failure_ = "the interface is gone (was it deleted?)";
}

std::size_t RawDriver::send(std::span<const TransmitFrame> frames, Instant /*now*/) {
  std::size_t taken = 0;
  bool blocked = false;
  for (std::size_t at = 0; at < frames.size() && !blocked; at += kBatch) {
    taken += send_batch(frames.subspan(at, std::min(kBatch, frames.size() - at)), blocked);
  }
  counters_.sent_frames += taken;
  counters_.send_refused += frames.size() - taken;
  return taken;
}

// Frames that the kernel will not have (too long, not offered) are passed over; a full or dead device blocks the rest.
std::size_t RawDriver::send_batch(std::span<const TransmitFrame> frames, bool& blocked) {
  std::size_t count = 0;
  for (const TransmitFrame& frame : frames) {
    if (frame.offload.gso_size != 0 || frame.offload.checksum == ChecksumState::kPartial) continue;
    outgoing_->prepare(count++, frame);
  }
  std::size_t taken = 0;
  for (std::size_t at = 0; at < count && !blocked;) {
    const int sent =
        ::sendmmsg(socket_.get(), &outgoing_->messages[at], static_cast<unsigned>(count - at), MSG_DONTWAIT);
    if (sent > 0) {
      taken += static_cast<std::size_t>(sent);
      at += static_cast<std::size_t>(sent);
    } else if (errno == EMSGSIZE || errno == EINVAL) {
      ++at;
    } else if (errno != EINTR) {
      blocked = true;
    }
  }
  return taken;
}

std::uint64_t RawDriver::take_kernel_drops() {
  tpacket_stats statistics{};
  socklen_t size = sizeof(statistics);
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) return 0;
  return statistics.tp_drops;
}

}  // namespace fourtuple
