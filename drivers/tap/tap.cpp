#include "drivers/tap/tap.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/uio.h>
#include <system_error>

#include "drivers/tap/tap_setup.hpp"
#include "drivers/tap/vnet_header.hpp"

namespace fourtuple {
namespace {

using tap_setup::VnetHeaderFields;

// Whole packets up to the usual MTU stay in a buffer of this room; larger ones continue in the large one.
constexpr std::size_t kSmallRoom = 2048;
// The largest thing the kernel hands over: 64 KiB of IP behind an Ethernet header and a VLAN tag.
constexpr std::size_t kLargestFrame = 65535 + 14 + 4;

iovec vector_of(void* base, std::size_t size) { return {.iov_base = base, .iov_len = size}; }
// writev() takes pointers to mutable bytes and does not write to them.
iovec vector_of(ByteView bytes) { return vector_of(const_cast<std::uint8_t*>(bytes.data()), bytes.size()); }

VnetHeaderFields header_for(const OffloadInfo& offload) {
  VnetHeaderFields header{};
  if (offload.checksum == ChecksumState::kPartial) {
    header.flags = VnetHeaderFields::kNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
  }
  if (offload.gso_size != 0) {
    header.gso_type = VnetHeaderFields::kGsoTcp4;
    header.gso_size = offload.gso_size;
    header.header_length = offload.header_length;
  }
  return header;
}

// Nothing where the kernel used something that was not agreed upon.
std::optional<OffloadInfo> offload_of(const VnetHeaderFields& header, std::size_t frame_size) {
  OffloadInfo offload;
  const bool partial = (header.flags & VnetHeaderFields::kNeedsChecksum) != 0;
  if (partial) {
    if (std::size_t{header.checksum_start} + header.checksum_offset + 2 > frame_size) return std::nullopt;
    offload.checksum = ChecksumState::kPartial;
    offload.checksum_start = header.checksum_start;
    offload.checksum_offset = header.checksum_offset;
  } else if ((header.flags & VnetHeaderFields::kDataValid) != 0) {
    offload.checksum = ChecksumState::kVerified;
  }
  const auto gso_type = static_cast<std::uint8_t>(header.gso_type & ~VnetHeaderFields::kGsoEcn);
  if (gso_type == VnetHeaderFields::kGsoNone) return offload;
  if (gso_type != VnetHeaderFields::kGsoTcp4 || header.gso_size == 0 || !partial) return std::nullopt;
  offload.gso_size = header.gso_size;
  offload.header_length = header.header_length;
  return offload;
}

}  // namespace

SetupResult<std::unique_ptr<TapDriver>> TapDriver::open(const TapOptions& options, BufferPool& pool) {
  auto device = tap_setup::attach(options);
  if (!device) return failure(device.error());
  std::unique_ptr<TapDriver> driver(new TapDriver(std::move(device->descriptor), device->name, pool));
  driver->created_ = device->created;
  driver->vnet_header_ = device->vnet_header;
  driver->capabilities_ = {.mtu = device->mtu,
                           .transmit_checksum = device->vnet_header,
                           .receive_checksum = device->vnet_header,
                           .tso4 = device->vnet_header};
  return driver;
}

TapDriver::TapDriver(Descriptor device, std::string name, BufferPool& pool)
    : device_(std::move(device)), name_(std::move(name)), pool_(pool) {}

TapDriver::~TapDriver() { tap_setup::release(device_.get(), vnet_header_); }

std::size_t TapDriver::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant /*now*/) {
  std::size_t count = 0;
  // Dropped frames count against the limit too: a flood that fits no buffer must not hold the caller here.
  for (std::size_t tries = 0; tries < limit; ++tries) {
    const Outcome outcome = receive_one(frames);
    if (outcome == Outcome::kNothing) break;
    if (outcome == Outcome::kFrame) ++count;
  }
  return count;
}

bool TapDriver::has_room() {
  if (!small_) {
    if (auto buffer = pool_.take(kSmallRoom)) small_ = std::move(*buffer);
  }
  if (!large_) {
    if (auto buffer = pool_.take(kLargestFrame)) large_ = std::move(*buffer);
  }
  return small_ && large_;
}

TapDriver::Outcome TapDriver::receive_one(std::vector<PacketBuffer>& frames) {
  if (!has_room()) return discard_one();
  VnetHeaderFields header{};
  const std::size_t header_size = vnet_header_ ? sizeof(header) : 0;
  const std::array<iovec, 3> vectors{vector_of(&header, header_size), vector_of(small_.data(), kSmallRoom),
                                     vector_of(large_.data() + kSmallRoom, kLargestFrame - kSmallRoom)};
  const ssize_t got = ::readv(device_.get(), vectors.data(), static_cast<int>(vectors.size()));
  if (got < 0) return note_read_error();
  if (static_cast<std::size_t>(got) < header_size) return ++counters_.receive_malformed, Outcome::kDropped;
  const std::size_t size = static_cast<std::size_t>(got) - header_size;
  const auto offload = offload_of(header, size);
  if (!offload) return ++counters_.receive_malformed, Outcome::kDropped;
  auto frame = claim(size);
  if (!frame) return ++counters_.receive_no_buffer, Outcome::kDropped;
  frame->offload = *offload;
  frames.push_back(std::move(*frame));
  ++counters_.received_frames;
  if (offload->gso_size != 0) ++counters_.received_super_frames;
  return Outcome::kFrame;
}

// The frame lies in small_[0, kSmallRoom) and large_[kSmallRoom, size). Gives away the buffer that fits its size:
// a frame never keeps more than about twice its octets from the pool.
std::optional<PacketBuffer> TapDriver::claim(std::size_t size) {
  if (size <= kSmallRoom) {
    small_.append(size);
    return std::move(small_);
  }
  if (size >= kLargestFrame / 2) {
    std::memcpy(large_.data(), small_.data(), kSmallRoom);
    large_.append(size);
    return std::move(large_);
  }
  auto exact = pool_.take(size);
  if (!exact) return std::nullopt;
  const ByteSpan to = exact->append(size);
  std::memcpy(to.data(), small_.data(), kSmallRoom);
  std::memcpy(to.data() + kSmallRoom, large_.data() + kSmallRoom, size - kSmallRoom);
  return exact;
}

// Without a buffer the frame must go all the same, or the descriptor would poll readable forever.
TapDriver::Outcome TapDriver::discard_one() {
  std::array<std::uint8_t, 64> start{};
  // The kernel answers EFAULT or a length where the frame is longer than this; either way it is gone.
  if (::read(device_.get(), start.data(), start.size()) < 0 && errno != EFAULT) return note_read_error();
  ++counters_.receive_no_buffer;
  return Outcome::kDropped;
}

TapDriver::Outcome TapDriver::note_read_error() {
  if (errno == EINTR) return Outcome::kDropped;  // nothing was read: try again
  if (errno == EBADFD || errno == EIO || errno == ENODEV) {
    failure_ = "the device is gone (was it deleted?): " + std::generic_category().message(errno);
  }
  return Outcome::kNothing;
}

std::size_t TapDriver::send(std::span<const TransmitFrame> frames, Instant /*now*/) {
  std::size_t taken = 0;
  for (const TransmitFrame& frame : frames) taken += send_one(frame) ? 1U : 0U;
  counters_.sent_frames += taken;
  counters_.send_refused += frames.size() - taken;
  return taken;
}

bool TapDriver::send_one(const TransmitFrame& frame) {
  const bool offloads = frame.offload.checksum == ChecksumState::kPartial || frame.offload.gso_size != 0;
  if (offloads && !vnet_header_) return false;  // capabilities() said so
  VnetHeaderFields header = header_for(frame.offload);
  std::array<iovec, TransmitFrame::kMaxPieces + 1> vectors;  // NOLINT: only the used ones are written
  std::size_t count = 0;
  if (vnet_header_) vectors[count++] = vector_of(&header, sizeof(header));
  for (std::size_t i = 0; i < frame.piece_count; ++i) vectors[count++] = vector_of(frame.pieces[i]);
  ssize_t written = 0;
  do {
    written = ::writev(device_.get(), vectors.data(), static_cast<int>(count));
  } while (written < 0 && errno == EINTR);
  return written >= 0;
}

}  // namespace fourtuple
