#include "drivers/impair/impair.hpp"

#include <algorithm>

#include "drivers/frame_copy.hpp"
#include "drivers/impair/rules_file.hpp"
#include "drivers/segmentation.hpp"

namespace fourtuple {
namespace {

// Directions draw from streams of their own: traffic one way does not change what happens the other way.
enum class Stream : std::uint8_t { kOutbound, kInbound, kRules };

RandomSource stream_for(const ImpairOptions& options, Stream stream) {
  auto root = RandomSource::from_seed(options.rules.seed.value_or(options.seed));
  std::uint64_t seed = root.next();
  for (unsigned i = 0; i < static_cast<unsigned>(stream); ++i) seed = root.next();
  return RandomSource::from_seed(seed);
}

}  // namespace

SetupResult<std::unique_ptr<ImpairDriver>> ImpairDriver::open(const ImpairOptions& options,
                                                              std::unique_ptr<Driver> inner, BufferPool& pool) {
  if (options.rules.rules.size() > impair::kMaxRules) {
    return failure(SetupError{.cause = "more than " + std::to_string(impair::kMaxRules) + " wire rules",
                              .cure = "say it with percentages or ranges"});
  }
  ImpairOptions loaded = options;
  if (auto done = impair::load_traces(loaded.rules); !done) return failure(done.error());
  return std::unique_ptr<ImpairDriver>(new ImpairDriver(loaded, std::move(inner), pool));
}

ImpairDriver::ImpairDriver(const ImpairOptions& options, std::unique_ptr<Driver> inner, BufferPool& pool)
    : inner_(std::move(inner)),
      pool_(pool),
      is_transparent_(options.rules.is_empty()),
      rule_book_(options.rules.rules, stream_for(options, Stream::kRules)),
      outbound_(impair::Direction::kOutbound, options.rules, stream_for(options, Stream::kOutbound), pool),
      inbound_(impair::Direction::kInbound, options.rules, stream_for(options, Stream::kInbound), pool) {}

DriverCapabilities ImpairDriver::capabilities() const {
  DriverCapabilities result = inner_->capabilities();
  if (!is_transparent_) result.tso4 = false;
  return result;
}

std::size_t ImpairDriver::send(std::span<const TransmitFrame> frames, Instant now) {
  if (is_transparent_) return inner_->send(frames, now);
  start(now);
  std::size_t taken = 0;
  for (const TransmitFrame& frame : frames) taken += take_outbound(frame, now) ? 1U : 0U;
  exchange_reports(now);
  release_outbound(now);
  return taken;
}

void ImpairDriver::start(Instant now) {
  outbound_.start(now);
  inbound_.start(now);
}

bool ImpairDriver::take_outbound(const TransmitFrame& frame, Instant now) {
  const auto checksums = capabilities().transmit_checksum ? SegmentChecksums::kLeavePartial : SegmentChecksums::kFill;
  if (frame.offload.gso_size != 0) {
    for_each_segment(
        frame, header_scratch_, [&](const TransmitFrame& packet) { static_cast<void>(take_outbound(packet, now)); },
        checksums);
    return true;
  }
  auto copy = copy_frame(frame, pool_);
  if (!copy) return outbound_.note_no_buffer(), false;
  outbound_.take(std::move(*copy), rule_book_, now);
  return true;
}

// What the wire says about a frame of one direction goes the other way.
void ImpairDriver::exchange_reports(Instant now) {
  while (PacketBuffer report = outbound_.take_report()) inbound_.carry_report(std::move(report), now);
  while (PacketBuffer report = inbound_.take_report()) outbound_.carry_report(std::move(report), now);
}

void ImpairDriver::release_outbound(Instant now) {
  buffers_.clear();
  views_.clear();
  while (PacketBuffer frame = outbound_.pop_due(now)) buffers_.push_back(std::move(frame));
  if (buffers_.empty()) return;
  for (const PacketBuffer& frame : buffers_) views_.push_back(frame_of(frame));
  inner_->send(views_, now);
  buffers_.clear();
}

std::size_t ImpairDriver::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) {
  if (is_transparent_) return inner_->receive(frames, limit, now);
  start(now);
  release_outbound(now);
  const std::size_t first = release_inbound(frames, limit, now);
  if (first < limit) pull_inbound(limit - first, now);
  exchange_reports(now);
  return first + release_inbound(frames, limit - first, now);
}

void ImpairDriver::pull_inbound(std::size_t limit, Instant now) {
  buffers_.clear();
  inner_->receive(buffers_, limit, now);
  for (PacketBuffer& frame : buffers_) take_inbound(std::move(frame), now);
  buffers_.clear();
}

void ImpairDriver::take_inbound(PacketBuffer frame, Instant now) {
  if (frame.offload.gso_size == 0) return inbound_.take(std::move(frame), rule_book_, now);
  for_each_segment(frame_of(frame), header_scratch_, [&](const TransmitFrame& packet) {
    auto copy = copy_frame(packet, pool_);
    if (!copy) return inbound_.note_no_buffer();
    copy->offload = {};  // nobody vouches for it: it is summed like any packet from a cable
    inbound_.take(std::move(*copy), rule_book_, now);
  });
}

std::size_t ImpairDriver::release_inbound(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) {
  std::size_t count = 0;
  for (; count < limit; ++count) {
    PacketBuffer frame = inbound_.pop_due(now);
    if (!frame) break;
    frames.push_back(std::move(frame));
  }
  return count;
}

Instant ImpairDriver::next_deadline() const {
  return std::min({inner_->next_deadline(), outbound_.next_due(), inbound_.next_due()});
}

}  // namespace fourtuple
