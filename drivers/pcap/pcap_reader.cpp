#include "drivers/pcap/pcap_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <pcap/pcap.h>
#include <system_error>

#include "stack/wire/ethernet.hpp"

namespace fourtuple {
namespace {

SetupError open_error(const std::string& path, const std::string& reason, const std::string& cure) {
  return {.cause = "cannot read the capture file " + path + ": " + reason, .cure = cure};
}

}  // namespace

struct PcapReader::File {
  explicit File(pcap_t* opened) : handle(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::pcap_close(handle); }

  pcap_t* handle;
};

SetupResult<std::unique_ptr<PcapReader>> PcapReader::open(const PcapReaderOptions& options, BufferPool& pool) {
  std::FILE* const stream = std::fopen(options.path.c_str(), "rbe");
  if (stream == nullptr) {
    return failure(open_error(options.path, std::generic_category().message(errno), "check the path"));
  }
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  pcap_t* const handle = ::pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why.data());
  if (handle == nullptr) {
    std::fclose(stream);
    return failure(open_error(options.path, why.data(), "give a file in pcap or pcapng format"));
  }
  auto file = std::make_unique<File>(handle);
  if (const int link = ::pcap_datalink(handle); link != DLT_EN10MB) {
    const char* const known = ::pcap_datalink_val_to_name(link);
    return failure(open_error(
        options.path,
        std::string("its frames are ") + (known != nullptr ? known : "of an unknown kind") + ", not Ethernet",
        "capture on an Ethernet interface (not on \"any\")"));
  }
  return std::unique_ptr<PcapReader>(new PcapReader(options, std::move(file), pool));
}

PcapReader::PcapReader(PcapReaderOptions options, std::unique_ptr<File> file, BufferPool& pool)
    : options_(std::move(options)), file_(std::move(file)), pool_(pool) {
  read_ahead();
}

PcapReader::~PcapReader() = default;

DriverCapabilities PcapReader::capabilities() const { return {.mtu = options_.mtu}; }

void PcapReader::read_ahead() {
  do {
    pending_ = read_frame();
    if (pending_ && !is_wanted(pending_->frame)) ++counters_.skipped_frames;
  } while (pending_ && !is_wanted(pending_->frame));
}

std::optional<PcapReader::Pending> PcapReader::read_frame() {
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int outcome = ::pcap_next_ex(file_->handle, &header, &bytes);
  if (outcome == PCAP_ERROR) error_ = options_.path + ": " + ::pcap_geterr(file_->handle);
  if (outcome != 1) return std::nullopt;
  // With nanosecond precision tv_usec holds nanoseconds.
  const Duration time = std::chrono::seconds(header->ts.tv_sec) + Duration(header->ts.tv_usec);
  if (!first_time_) first_time_ = time;
  latest_ = std::max(latest_, time - *first_time_);
  return Pending{.frame = {bytes, header->caplen}, .since_first = latest_};
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
