#include "drivers/pcap/capture_file.hpp"

#include <algorithm>
#include <array>
#include <pcap/pcap.h>
#include <string_view>

#include "drivers/pcap/gzip_stream.hpp"
#include "drivers/pcap/pcapng_reader.hpp"

namespace fourtuple {
namespace {

SetupError capture_error(const std::string& path, const std::string& reason) {
  return {.cause = "cannot read the capture file " + path + ": " + reason,
          .cure = "give a file in pcap or pcapng format; editcap of Wireshark converts most others"};
}

// What people pack captures with, and we cannot unpack.
struct Packing {
  std::string_view name;
  std::string_view begin;
};
constexpr std::array<Packing, 5> kPackings{{{"xz", "\xfd\x37\x7a\x58"},
                                            {"zstd", "\x28\xb5\x2f\xfd"},
                                            {"lz4", "\x04\x22\x4d\x18"},
                                            {"bzip2", "BZh"},
                                            {"zip", "PK\x03\x04"}}};

// Where it is no capture; empty: it may be one.
std::optional<SetupError> foreign_kind(const std::string& path, std::string_view begin) {
  if (begin.empty()) return capture_error(path, "it is empty");
  for (const Packing& packing : kPackings) {
    if (!begin.starts_with(packing.begin)) continue;
    return SetupError{
        .cause = "cannot read the capture file " + path + ": it is packed with " + std::string(packing.name),
        .cure = "unpack it first; only gzip is read as it is"};
  }
  return std::nullopt;
}

// A file may claim any time; what lies beyond a signed count of nanoseconds is brought to its edge.
std::chrono::nanoseconds time_of(const pcap_pkthdr& header) {
  constexpr std::int64_t kLatest = 9'000'000'000;  // in the year 2255
  const std::int64_t seconds = std::clamp<std::int64_t>(header.ts.tv_sec, 0, kLatest);
  // With nanosecond precision tv_usec holds nanoseconds.
  const std::int64_t fraction = std::clamp<std::int64_t>(header.ts.tv_usec, 0, 999'999'999);
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(fraction);
}

}  // namespace

struct CaptureFile::File {
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (handle != nullptr) {
      ::pcap_close(handle);  // which closes the stream
    } else if (stream != nullptr) {
      std::fclose(stream);
    }
  }

  std::string path;
  std::unique_ptr<GzipStream> gzip;
  std::FILE* stream = nullptr;
  std::optional<PcapngReader> pcapng;  // or else:
  pcap_t* handle = nullptr;
  std::uint64_t frames = 0;
  std::string failure_of_pcap;
  std::string error;
  bool ended = false;

  [[nodiscard]] std::optional<CapturedFrame> next();
  void end();
};

std::optional<CapturedFrame> CaptureFile::File::next() {
  if (pcapng) return pcapng->next();
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int outcome = ::pcap_next_ex(handle, &header, &bytes);
  if (outcome == PCAP_ERROR) failure_of_pcap = ::pcap_geterr(handle);
  if (outcome != 1) return std::nullopt;
  return CapturedFrame{.time = time_of(*header), .bytes = {bytes, header->caplen}, .original_bytes = header->len};
}

// Whoever reads a stream sees its end only; what is wrong with the disk or the compression is the truer reason.
void CaptureFile::File::end() {
  ended = true;
  std::string reason = gzip->error();
  if (reason.empty()) reason = pcapng ? pcapng->error() : failure_of_pcap;
  if (!reason.empty()) {
    error = path + " cannot be read beyond frame " + std::to_string(frames) + ": " + reason;
  }
}

CaptureFile::CaptureFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
CaptureFile::CaptureFile(CaptureFile&&) noexcept = default;
CaptureFile& CaptureFile::operator=(CaptureFile&&) noexcept = default;
CaptureFile::~CaptureFile() = default;

SetupResult<CaptureFile> CaptureFile::open(const std::string& path) {
  auto gzip = GzipStream::open(path);
  if (!gzip) return failure(std::move(gzip.error()));
  auto file = std::make_unique<File>();
  file->path = path == "-" ? "standard input" : path;
  file->gzip = std::move(*gzip);
  const std::string begin = file->gzip->peek();
  if (file->gzip->error().empty()) {
    if (auto foreign = foreign_kind(file->path, begin)) return failure(std::move(*foreign));
  }
  const bool is_pcapng = PcapngReader::knows(begin);
  file->stream = file->gzip->stream();
  if (file->stream == nullptr) return failure(capture_error(file->path, "out of memory"));
  if (is_pcapng) {
    file->pcapng.emplace(file->stream);
    if (file->pcapng->error().empty()) return CaptureFile(std::move(file));
    const std::string& damage = file->gzip->error();
    return failure(capture_error(file->path, damage.empty() ? file->pcapng->error() : damage));
  }
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  file->handle = ::pcap_fopen_offline_with_tstamp_precision(file->stream, PCAP_TSTAMP_PRECISION_NANO, why.data());
  if (file->handle != nullptr) return CaptureFile(std::move(file));
  const std::string& broken = file->gzip->error();
  return failure(capture_error(file->path, broken.empty() ? why.data() : broken));
}

int CaptureFile::link_type() const {
  return file_->pcapng ? file_->pcapng->link_type() : ::pcap_datalink(file_->handle);
}

std::string CaptureFile::link_type_name() const {
  const char* const name = ::pcap_datalink_val_to_name(link_type());
  return name != nullptr ? name : "number " + std::to_string(link_type());
}

std::optional<CapturedFrame> CaptureFile::next() {
  if (file_->ended) return std::nullopt;
  auto frame = file_->next();
  if (frame) {
    ++file_->frames;
  } else {
    file_->end();
  }
  return frame;
}

const std::string& CaptureFile::error() const { return file_->error; }
std::optional<double> CaptureFile::progress() const { return file_->gzip->progress(); }

}  // namespace fourtuple
