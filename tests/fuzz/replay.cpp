// F16: replays. Whatever two hosts are said to have sent each other goes through splitting, inference, the player and
// the judge, comes to an end within bounds, breaks no invariant of the stack, and does the same twice (where it is
// tried).
//
// Inputs are rows of twelve octets, a segment each, told relative to what both hosts have sent so far, so that most of
// what a fuzzer makes is a conversation. The first three segments are a handshake unless the first octet says no.
#include <algorithm>
#include <array>
#include <string>

#include "apps/capture/splitter.hpp"
#include "apps/replay/datagrams.hpp"
#include "apps/replay/outcome.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using capture::Conversation;
using capture::ConversationPtr;
using capture::Host;
using replay::Performance;

constexpr int kRawIp = 101;
constexpr std::size_t kMostSegments = 64;

struct Talker {
  Endpoint name;
  SeqNum initial;
  SeqNum next;
  std::uint32_t stamp = 1000;
};

class Talk {
 public:
  explicit Talk(ByteView octets) : input_(octets.data(), octets.size()) {
    talkers_[0] = {{Ipv4Address::from_octets(10, 0, 0, 1), 40000}, {0xfffffe00}, {0xfffffe00}, 1000};
    talkers_[1] = {{Ipv4Address::from_octets(10, 0, 0, 2), 80}, {0xffffff00}, {0xffffff00}, 7000};
  }

  std::vector<ConversationPtr> conversations() {
    capture::Splitter splitter(kRawIp, {},
                               [this](std::shared_ptr<Conversation> one) { conversations_.push_back(std::move(one)); });
    const std::uint8_t opening = input_.octet();
    if ((opening & 1) == 0) shake_hands(splitter, opening);
    for (std::size_t i = 0; i < kMostSegments && !input_.empty(); ++i) take_row(splitter);
    splitter.finish();
    return std::move(conversations_);
  }

 private:
  void shake_hands(capture::Splitter& splitter, std::uint8_t opening) {
    SegmentOptions options;
    options.mss = (opening & 2) != 0 ? 100 : 1460;
    options.sack_permitted = (opening & 4) != 0;
    stamped_ = (opening & 8) != 0;
    if ((opening & 16) != 0) options.window_scale = 7;
    const auto away = std::chrono::milliseconds((opening & 32) != 0 ? 20 : 0);
    send(splitter, 0, {TcpFlags::kSyn}, options, 0, false);
    time_ += away;
    send(splitter, 1, {TcpFlags::kSyn | TcpFlags::kAck}, options, 0, false);
    time_ += std::chrono::milliseconds((opening & 64) != 0 ? 30 : 0);
    send(splitter, 0, {TcpFlags::kAck}, {}, 0, false);
  }

  void take_row(capture::Splitter& splitter) {
    const std::uint8_t head = input_.octet();
    const TcpFlags flags{input_.octet()};
    time_ += delay(input_.octet());
    seq_shift_ = static_cast<std::int16_t>(input_.word());
    ack_shift_ = static_cast<std::int16_t>(input_.word());
    const std::size_t octets = input_.octet() * std::size_t{8};
    window_ = input_.word();
    SegmentOptions options;
    const std::size_t from = head & 1;
    const std::uint16_t block = input_.word();
    if ((head & 4) != 0) {
      const SeqNum left = talkers_[1 - from].next - std::uint32_t{block} % 4096;
      options.sack[options.sack_count++] = {left, left + (1U + block / 16U)};
    }
    send(splitter, from, flags, options, octets, (head & 2) != 0);
  }

  // From nothing to some minutes.
  static std::chrono::nanoseconds delay(std::uint8_t code) {
    constexpr std::array<std::int64_t, 4> kUnits{50'000, 2'000'000, 50'000'000, 3'000'000'000};
    return std::chrono::nanoseconds(kUnits[code >> 6] * (code & 63));
  }

  void send(capture::Splitter& splitter, std::size_t from, TcpFlags flags, const SegmentOptions& options,
            std::size_t octets, bool is_damaged) {
    Talker& own = talkers_[from];
    const Talker& other = talkers_[1 - from];
    Segment segment;
    segment.source_port = own.name.port;
    segment.destination_port = other.name.port;
    segment.seq = own.next + static_cast<std::uint32_t>(seq_shift_);
    segment.ack = other.next + static_cast<std::uint32_t>(ack_shift_);
    segment.flags = flags;
    segment.window = window_;
    segment.urgent = 1;
    segment.options = options;
    if (stamped_) segment.options.timestamps = TcpTimestamps{own.stamp++, other.stamp - 1};
    payload_.assign(octets, 0);
    for (std::size_t i = 0; i < octets; ++i) payload_[i] = static_cast<std::uint8_t>(segment.seq.value + i);
    segment.payload = payload_;
    const auto datagram = replay::datagram_of({own.name, other.name}, segment, {.is_damaged = is_damaged});
    if (distance(own.next, segment.seq + segment.length()) > 0) own.next = segment.seq + segment.length();
    splitter.take({.time = time_, .bytes = datagram, .original_bytes = static_cast<std::uint32_t>(datagram.size())});
    seq_shift_ = ack_shift_ = 0;
  }

  Input input_;
  std::array<Talker, 2> talkers_;
  std::vector<ConversationPtr> conversations_;
  std::vector<std::uint8_t> payload_;
  std::chrono::nanoseconds time_{1'000'000'000};
  std::int16_t seq_shift_ = 0;
  std::int16_t ack_shift_ = 0;
  std::uint16_t window_ = 8192;
  bool stamped_ = false;
};

void check_performance(const Performance& played) {
  for (std::size_t i = 0; i < played.segments.size(); ++i) {
    const replay::OurSegment& one = played.segments[i];
    require(one.cause != Cause::kInvariant, "the stack did nothing impossible");
    require(i == 0 || played.segments[i - 1].time <= one.time, "segments stand in order of time");
    require(one.deliveries_before <= played.deliveries.size(), "and know what was delivered before");
    require(one.time <= played.end, "nothing is sent after the end");
  }
  for (std::size_t i = 1; i < played.deliveries.size(); ++i) {
    require(played.deliveries[i - 1].delivered <= played.deliveries[i].delivered, "deliveries stand in order of time");
  }
}

void check_conversation(const ConversationPtr& conversation, Host role) {
  replay::ReplayOptions options;
  options.player.max_events = 5'000;
  const replay::Outcome first = replay::replay(conversation, role, options);
  check_performance(first.performance);
  if (conversation->frames.size() % 8 != 0) return;
  const replay::Outcome second = replay::replay(conversation, role, options);
  require(first.verdict == second.verdict && first.details.size() == second.details.size(), "twice the same outcome");
  require(first.performance.segments.size() == second.performance.segments.size() &&
              first.performance.end == second.performance.end,
          "and the same performance");
}

// The first octet also says whose place is taken, so that an input costs little.
void check(ByteView octets) {
  const Host role = !octets.empty() && octets[0] >= 128 ? Host::kServer : Host::kClient;
  for (const ConversationPtr& conversation : Talk(octets).conversations()) check_conversation(conversation, role);
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size});
  return 0;
}
