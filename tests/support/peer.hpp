// The other end of a connection under test: it knows both initial sequence numbers and both timestamp clocks, and so
// translates between a script's relative numbers and the wire's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/time.hpp"
#include "stack/tcp/layer.hpp"
#include "stack/wire/tcp.hpp"
#include "tests/support/script.hpp"

namespace fourtuple::test {

// A segment that the layer under test has sent. `header.payload` is empty; the octets are in `payload`.
struct Sent {
  Instant time;
  FourTuple name;
  Segment header;
  std::vector<std::uint8_t> payload;
  Cause cause{};
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  bool dont_fragment = false;
  bool from_super_segment = false;
};

class Peer {
 public:
  // `name` as the layer under test sees it: local is the layer.
  Peer(const FourTuple& name, SeqNum initial, std::uint32_t timestamp_base)
      : name_(name), initial_(initial), timestamp_base_(timestamp_base) {}

  [[nodiscard]] const FourTuple& name() const { return name_; }
  [[nodiscard]] SeqNum initial() const { return initial_; }
  [[nodiscard]] SeqNum our_initial() const { return our_initial_.value_or(SeqNum{}); }

  // What the peer says, in the wire's numbers. Without "win" the window is the one of the line before.
  [[nodiscard]] Segment to_segment(const ScriptSegment& line);
  // The stream offset of the payload's first octet.
  [[nodiscard]] std::uint64_t stream_offset(const ScriptSegment& line) const;

  // Learns initial sequence number and timestamp clock from the first SYN that the layer sent on this connection.
  void learn(const Sent& sent);
  // The next conversation of the same four-tuple: forgets the layer's numbers, and starts from its own new one.
  void begin_again(SeqNum initial);

  // A segment in script notation.
  [[nodiscard]] ScriptSegment describe(const Sent& sent) const;
  // Where `sent` differs from the line; empty when it matches. Window, urgent pointer and PSH are compared where the
  // line names them, options unless it says "...".
  [[nodiscard]] std::string difference(const ScriptSegment& wanted, const Sent& sent) const;

  // The connection of the layer under test that talks to this peer, and how far its application has come.
  tcp::ConnectionId connection;
  std::uint64_t octets_written = 0;
  std::uint64_t octets_read = 0;

 private:
  [[nodiscard]] SegmentOptions to_options(const ScriptSegment& line) const;
  [[nodiscard]] std::int64_t relative_timestamp(std::uint32_t value, const std::optional<std::uint32_t>& base) const;

  FourTuple name_;
  SeqNum initial_;
  std::uint32_t timestamp_base_;
  std::optional<SeqNum> our_initial_;
  std::optional<std::uint32_t> our_timestamp_base_;
  std::uint16_t last_window_ = 65535;
};

}  // namespace fourtuple::test
