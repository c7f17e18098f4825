// F15: captures. Any octets are a capture file or none; any frames become conversations that agree with themselves,
// within the bounds that were set, and the same ones a second time.
#include <algorithm>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "apps/capture/splitter.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using namespace capture;

// Small, so that inputs of a few frames reach them.
constexpr Limits kSmallLimits{
    .octets_per_conversation = 2000, .frames_per_conversation = 24, .open_conversations = 3, .octets_in_all = 16384};

// A file in memory that opens by a name, as a user's would.
class MemoryFile {
 public:
  explicit MemoryFile(ByteView octets) : descriptor_(::memfd_create("capture", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "there is memory for a file");
    require(::write(descriptor_, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()),
            "and its octets");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

bool is_inside(ByteView payload, const Conversation& conversation) {
  return payload.empty() || std::ranges::any_of(conversation.octets, [&](const auto& chunk) {
           return payload.data() >= chunk.data() && payload.data() + payload.size() <= chunk.data() + chunk.size();
         });
}

struct Digest {
  std::vector<std::string> lines;
  CaptureCounters counters;

  void take(const Conversation& conversation) {
    std::string line = std::to_string(conversation.stream) + " " + to_string(conversation.hosts[0]) +
                       (conversation.is_cut ? " cut " : " whole ");
    if (conversation.refusal) line += std::string(word(*conversation.refusal)) + conversation.refusal_details;
    for (const TcpFrame& frame : conversation.frames) {
      line += " " + std::to_string(frame.number) + to_string(frame.segment.flags) +
              std::to_string(frame.segment.payload.size()) + (frame.checksum_is_wrong ? "!" : "");
    }
    lines.push_back(std::move(line));
  }
};

void check_conversation(const Conversation& conversation) {
  require(conversation.frames.size() <= kSmallLimits.frames_per_conversation, "frames are bounded");
  std::size_t octets = 0;
  const TcpFrame* before = nullptr;
  for (const TcpFrame& frame : conversation.frames) {
    octets += frame.segment.payload.size();
    require(is_inside(frame.segment.payload, conversation), "the conversation owns its payload");
    require(before == nullptr || before->time <= frame.time, "time goes on");
    require(!(frame.checksum_is_wrong && frame.odd.offloaded_checksum), "a checksum is damaged or left to the card");
    before = &frame;
  }
  require(octets <= kSmallLimits.octets_per_conversation, "octets are bounded");
  for (const IcmpFrame& message : conversation.icmp) require(message.time >= CaptureTime{}, "messages have their time");
  const Vantage vantage = estimate_vantage(conversation);
  require(vantage.to_client >= Duration{} && vantage.to_server >= Duration{}, "distances are not negative");
}

template <class NextFrame>
Digest split(int link_type, NextFrame&& next) {
  Digest digest;
  Splitter splitter(link_type, kSmallLimits, [&](const std::shared_ptr<Conversation>& conversation) {
    check_conversation(*conversation);
    digest.take(*conversation);
  });
  while (const auto frame = next()) splitter.take(*frame);
  splitter.finish();
  digest.counters = splitter.counters();
  require(digest.counters.conversations == digest.lines.size(), "every conversation is given out once");
  require(digest.counters.tcp_frames + digest.counters.other_frames <= digest.counters.frames,
          "frames are counted once");
  return digest;
}

std::optional<Digest> split_file(const std::string& path) {
  auto file = CaptureFile::open(path);
  if (!file) {
    require(!file.error().cause.empty() && !file.error().cure.empty(), "a failure has cause and cure");
    return std::nullopt;
  }
  Digest digest = split(file->link_type(), [&] { return file->next(); });
  require(file->progress().value_or(1) <= 1, "no more than all was read");
  return digest;
}

// Without a file format around them more of the octets are frames: link type, then time, length and frame.
Digest split_frames(ByteView octets) {
  constexpr std::array<int, 8> kLinks{1, 101, 113, 276, 0, 9, 51, 105};
  Input input(octets.data(), octets.size());
  const int link = kLinks[input.octet() % kLinks.size()];
  std::vector<std::uint8_t> bytes;
  std::chrono::nanoseconds time{};
  return split(link, [&]() -> std::optional<CapturedFrame> {
    if (input.empty()) return std::nullopt;
    time += std::chrono::milliseconds(static_cast<std::int8_t>(input.octet()) * 3000);
    const std::size_t size = input.octet();
    bytes.resize(std::min(size, input.rest().size()));
    for (std::uint8_t& octet : bytes) octet = input.octet();
    bytes.shrink_to_fit();
    return CapturedFrame{.time = time, .bytes = bytes, .original_bytes = static_cast<std::uint32_t>(size)};
  });
}

void check(ByteView octets) {
  const MemoryFile file(octets);
  const auto first = split_file(file.path());
  if (first) {
    require(first->lines == split_file(file.path())->lines, "the same file is the same conversations");
  } else {
    require(split_frames(octets).lines == split_frames(octets).lines, "the same frames are the same conversations");
  }
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size});
  return 0;
}
