#include "drivers/pcap/pcap_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <pcap/pcap.h>
#include <system_error>

namespace fourtuple {
namespace {

SetupError open_error(const std::string& path, int error) {
  SetupError result{.cause = "cannot write the capture file " + path + ": " + std::generic_category().message(error),
                    .cure = "check the path and the free space on the disk"};
  if (error == ENOENT) result.cure = "make its directory first, or choose another path";
  if (error == EACCES || error == EPERM || error == EROFS) result.cure = "choose a directory that you may write to";
  if (error == ENOSPC || error == EDQUOT) result.cure = "free some space, or choose another disk";
  if (error == EISDIR) result.cure = "give the name of a file, not of a directory";
  return result;
}

}  // namespace

// pcap_t only says what the file's header should say; the dumper is the file.
struct PcapWriter::File {
  pcap_t* format = nullptr;
  pcap_dumper_t* dumper = nullptr;
};

void PcapWriter::FileCloser::operator()(File* file) const {
  if (file->dumper != nullptr) ::pcap_dump_close(file->dumper);
  if (file->format != nullptr) ::pcap_close(file->format);
  delete file;
}

SetupResult<PcapWriter> PcapWriter::open(const std::string& path) {
  std::FILE* const stream = std::fopen(path.c_str(), "wbe");
  if (stream == nullptr) return failure(open_error(path, errno));
  std::unique_ptr<File, FileCloser> file(new File);
  file->format =
      ::pcap_open_dead_with_tstamp_precision(DLT_EN10MB, static_cast<int>(kSnapLength), PCAP_TSTAMP_PRECISION_NANO);
  // Owns the stream from here on, also where it fails.
  if (file->format != nullptr) file->dumper = ::pcap_dump_fopen(file->format, stream);
  if (file->dumper == nullptr) return failure(open_error(path, errno));
  PcapWriter writer(std::move(file), path);
  writer.flush();  // a capture without a single frame is still a capture
  if (!writer.error().empty()) return failure(open_error(path, errno));
  return writer;
}

void PcapWriter::write(ByteView frame, std::chrono::nanoseconds since_epoch) {
  if (!error_.empty()) return;
  const std::int64_t time = std::max<std::int64_t>(0, since_epoch.count());
  pcap_pkthdr header{};
  header.ts.tv_sec = time / 1'000'000'000;
  header.ts.tv_usec = time % 1'000'000'000;  // nanoseconds, as the file's header says
  header.len = static_cast<bpf_u_int32>(frame.size());
  header.caplen = static_cast<bpf_u_int32>(std::min(frame.size(), kSnapLength));
  ::pcap_dump(static_cast<u_char*>(static_cast<void*>(file_->dumper)), &header, frame.data());
  ++frames_;
}

void PcapWriter::flush() {
  if (!error_.empty() || ::pcap_dump_flush(file_->dumper) == 0) return;
  error_ = "writing " + path_ + " failed: " + std::generic_category().message(errno);
}

}  // namespace fourtuple
