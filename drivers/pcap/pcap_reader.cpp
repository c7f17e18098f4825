#include "drivers/pcap/pcap_reader.hpp"

#include <algorithm>
#include <utility>

#include "stack/wire/ethernet.hpp"

namespace fourtuple {
namespace {

constexpr int kEthernet = 1;  // DLT_EN10MB

SetupError no_ethernet(const std::string& path, const std::string& kind) {
  return {.cause = "cannot play the capture file " + path + ": its frames are " + kind + ", not Ethernet",
          .cure = "capture on an Ethernet interface (not on \"any\")"};
}

}  // namespace

SetupResult<std::unique_ptr<PcapReader>> PcapReader::open(const PcapReaderOptions& options, BufferPool& pool) {
  auto file = CaptureFile::open(options.path);
  if (!file) return failure(file.error());
  if (file->link_type() != kEthernet) return failure(no_ethernet(options.path, file->link_type_name()));
  return std::unique_ptr<PcapReader>(new PcapReader(options, std::move(*file), pool));
}

PcapReader::PcapReader(PcapReaderOptions options, CaptureFile file, BufferPool& pool)
    : options_(std::move(options)), file_(std::move(file)), pool_(pool) {
  read_ahead();
}

DriverCapabilities PcapReader::capabilities() const { return {.mtu = options_.mtu}; }

void PcapReader::read_ahead() {
  do {
    pending_ = read_frame();
    if (pending_ && !is_wanted(pending_->frame)) ++counters_.skipped_frames;
  } while (pending_ && !is_wanted(pending_->frame));
}

std::optional<PcapReader::Pending> PcapReader::read_frame() {
  const auto frame = file_.next();
  if (!frame) return std::nullopt;
  if (!first_time_) first_time_ = frame->time;
  latest_ = std::max<Duration>(latest_, frame->time - *first_time_);
  const bool is_ethernet = frame->link_type < 0 || frame->link_type == kEthernet;
  return Pending{.frame = is_ethernet ? frame->bytes : ByteView(), .since_first = latest_};
}

bool PcapReader::is_wanted(ByteView frame) const {
  const auto header = wire::EthernetHeader::parse(frame);
  return header && header->source != options_.skip_source;
}

std::size_t PcapReader::receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant now) {
  if (!options_.start) options_.start = now;
  std::size_t count = 0;
  while (count < limit && pending_ && *options_.start + pending_->since_first <= now) {
    auto copy = pool_.copy(pending_->frame);
    read_ahead();
    if (!copy) {
      ++counters_.dropped_no_buffer;
      continue;
    }
    frames.push_back(std::move(*copy));
    ++count;
  }
  counters_.played_frames += count;
  return count;
}

std::size_t PcapReader::send(std::span<const TransmitFrame> frames, Instant /*now*/) {
  counters_.sent_frames += frames.size();
  return frames.size();
}

Instant PcapReader::next_deadline() const {
  if (!pending_) return kNever;
  return options_.start ? *options_.start + pending_->since_first : Instant{};
}

}  // namespace fourtuple
