#include "drivers/pcap/capture_file.hpp"

#include <algorithm>
#include <array>
#include <pcap/pcap.h>

#include "drivers/pcap/gzip_stream.hpp"

namespace fourtuple {
namespace {

// libpcap gives one kind of frames of one greatest length per file; pcapng files may have more.
std::string cure_for(const std::string& reason) {
  if (reason.find("interface has a type") != std::string::npos) {
    return "it holds frames of several kinds of links; write those of one of them to a file of their own "
           "(tshark -Y 'frame.interface_id == 0' -w ONE.pcap -F pcap)";
  }
  if (reason.find("interface has a snapshot length") != std::string::npos) {
    return "its interfaces kept different lengths of their frames; rewrite it with: editcap -F nsecpcap IN OUT";
  }
  return "give a file in pcap or pcapng format; editcap of Wireshark converts most others";
}

SetupError capture_error(const std::string& path, const std::string& reason) {
  return {.cause = "cannot read the capture file " + path + ": " + reason, .cure = cure_for(reason)};
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
    if (handle != nullptr) ::pcap_close(handle);  // which closes the stream
  }

  std::string path;
  std::unique_ptr<GzipStream> gzip;
  pcap_t* handle = nullptr;
  std::uint64_t frames = 0;
  std::string error;
  bool ended = false;
};

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
  std::FILE* const stream = file->gzip->stream();
  if (stream == nullptr) return failure(capture_error(file->path, "out of memory"));
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  file->handle = ::pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why.data());
  if (file->handle == nullptr) {
    std::fclose(stream);
    const std::string& cause = file->gzip->error();
    return failure(capture_error(file->path, cause.empty() ? why.data() : cause));
  }
  return CaptureFile(std::move(file));
}

int CaptureFile::link_type() const { return ::pcap_datalink(file_->handle); }

std::string CaptureFile::link_type_name() const {
  const char* const name = ::pcap_datalink_val_to_name(link_type());
  return name != nullptr ? name : "number " + std::to_string(link_type());
}

std::optional<CapturedFrame> CaptureFile::next() {
  if (file_->ended) return std::nullopt;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int outcome = ::pcap_next_ex(file_->handle, &header, &bytes);
  if (outcome == 1) {
    ++file_->frames;
    return CapturedFrame{.time = time_of(*header), .bytes = {bytes, header->caplen}, .original_bytes = header->len};
  }
  file_->ended = true;
  const std::string& broken = file_->gzip->error();
  if (outcome == PCAP_ERROR || !broken.empty()) {
    const std::string reason = broken.empty() ? ::pcap_geterr(file_->handle) : broken;
    file_->error = file_->path + " cannot be read beyond frame " + std::to_string(file_->frames) + ": " + reason;
    if (reason.find("an interface has") != std::string::npos) file_->error += "; " + cure_for(reason);
  }
  return std::nullopt;
}

const std::string& CaptureFile::error() const { return file_->error; }
std::optional<double> CaptureFile::progress() const { return file_->gzip->progress(); }

}  // namespace fourtuple
