#include "drivers/tee/tee.hpp"

#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"

namespace fourtuple {

SetupResult<std::unique_ptr<TeeDriver>> TeeDriver::open(const TeeOptions& options, std::unique_ptr<Driver> inner) {
  auto writer = PcapWriter::open(options.path);
  if (!writer) return failure(writer.error());
  return std::unique_ptr<TeeDriver>(new TeeDriver(std::move(inner), std::move(*writer), options));
}

TeeDriver::TeeDriver(std::unique_ptr<Driver> inner, PcapWriter writer, const TeeOptions& options)
    : inner_(std::move(inner)),
      writer_(std::move(writer)),
      wall_clock_offset_(options.wall_clock_offset),
      on_failure_(options.on_failure) {}

TeeDriver::~TeeDriver() { flush(); }

std::size_t TeeDriver::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) {
  const std::size_t before = frames.size();
  const std::size_t count = inner_->receive(frames, limit, now);
  for (std::size_t i = before; i < frames.size(); ++i) write(frame_of(frames[i]), now);
  flush_if_due(now);
  return count;
}

// Frames are written whether or not the device takes them: the file shows what the stack wanted to say.
std::size_t TeeDriver::send(std::span<const TransmitFrame> frames, Instant now) {
  for (const TransmitFrame& frame : frames) write(frame, now);
  const std::size_t taken = inner_->send(frames, now);
  flush_if_due(now);
  return taken;
}

Instant TeeDriver::next_deadline() const { return std::min(inner_->next_deadline(), flush_deadline_); }

void TeeDriver::write(const TransmitFrame& frame, Instant now) {
  const Duration time = now.time_since_epoch() + wall_clock_offset_;
  if (flush_deadline_ == kNever) flush_deadline_ = now + kFlushInterval;
  const bool is_plain = frame.piece_count == 1 && frame.offload.checksum != ChecksumState::kPartial;
  if (is_plain) return writer_.write(frame.pieces[0], time);
  copy_frame(frame, scratch_);
  OffloadInfo offload = frame.offload;
  // A checksum field outside of the frame stays as it is: the file shows what was there.
  static_cast<void>(complete_checksum(scratch_, offload));
  writer_.write(scratch_, time);
}

void TeeDriver::flush_if_due(Instant now) {
  if (now < flush_deadline_) return;
  flush();
  flush_deadline_ = kNever;
}

void TeeDriver::flush() {
  writer_.flush();
  if (writer_.error().empty() || !on_failure_) return;
  std::exchange(on_failure_, nullptr)(writer_.error());
}

}  // namespace fourtuple
