// Splits a capture into conversations and prepares each: step 0 of replaying.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "apps/capture/conversation.hpp"
#include "drivers/pcap/capture_file.hpp"

namespace fourtuple::capture {

struct Limits {
  std::size_t octets_per_conversation = std::size_t{64} << 20;  // payload; then the rest is left out and is_cut is set
  std::size_t frames_per_conversation = 1'000'000;
  std::size_t errors_per_conversation = 4096;          // ICMP; then the rest is left out and counted
  std::size_t open_conversations = 65536;              // then the oldest is given out as it stands
  std::size_t octets_in_all = std::size_t{512} << 20;  // then the one that was quiet longest is given out
};

struct CaptureCounters {
  std::uint64_t frames = 0;
  std::uint64_t tcp_frames = 0;
  std::uint64_t other_frames = 0;           // UDP, ARP, ICMP about nothing that we know ...
  std::uint64_t malformed_frames = 0;       // IP or TCP headers that contradict themselves
  std::uint64_t errors_left_out = 0;        // ICMP about a conversation that has too many
  std::array<std::uint64_t, 16> refused{};  // frames that are in no conversation, by Refusal
  std::uint64_t conversations = 0;
};

// Feed it frames; it gives out conversations as they end (both directions closed or reset, and then 2 minutes of
// quiet or a new SYN on the same four-tuple), the rest with finish(). Memory is bounded by Limits, whatever the file.
class Splitter {
 public:
  using Give = std::function<void(std::shared_ptr<Conversation>)>;
  // `link_type` is that of frames that do not name one of their own.
  Splitter(int link_type, const Limits& limits, Give give);
  ~Splitter();
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  void take(const CapturedFrame& frame);
  void finish();
  [[nodiscard]] const CaptureCounters& counters() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fourtuple::capture
