// A stranger who sees every frame as it is sent, before the wire does anything to it, and judges both hosts by what
// TCP allows to be seen (RFC 9293, RFC 7323, RFC 2018). It has its own memory of each connection and trusts nobody's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "drivers/driver.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::test {

class WireObserver {
 public:
  // Connections are known by the server's port: number i listens on kFirstPort + i, and its two streams are the
  // patterns that begin at stream_base(i).
  static constexpr Port kFirstPort = 7000;
  [[nodiscard]] static constexpr std::uint64_t stream_base(std::size_t connection) {
    return std::uint64_t{connection} << 32;
  }

  explicit WireObserver(std::size_t mtu) : mtu_(mtu) {}

  // Host `side` (0: the client, 1: the server) sends this.
  void on_frame(int side, ByteView frame, const OffloadInfo& offload, Instant now);

  // From now on a RST may be seen for this reason: an application aborts, or a connection is gone.
  void allow_resets() { resets_allowed_ = true; }
  // The first thing that must not be; empty while all is well.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  // Over all frames and their times: equal for equal runs.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  // One direction of one connection, counted from its initial sequence number.
  struct Side {
    std::optional<SeqNum> initial;
    std::int64_t sent_end = 0;     // highest octet of sequence space sent, plus one
    std::int64_t acked = 0;        // highest ACK said
    std::int64_t offered_end = 0;  // highest right edge offered, in the other side's numbers
    std::uint8_t scale = 0;
    std::uint16_t mss = 536;
    bool offers_scale = false;
    bool offers_timestamps = false;
    bool offers_sack = false;
    std::optional<std::uint32_t> last_timestamp;
    bool finished = false;  // has sent its FIN
  };
  struct Talk {
    std::array<Side, 2> sides;
    bool is_over = false;  // both FINs were seen: late segments may find nobody, or a listener that takes them for new
  };

  void note(ByteView frame, Instant now);
  void judge(int side, const wire::Ipv4Header& ip, const Segment& segment, const OffloadInfo& offload);
  void judge_syn(Talk& talk, int side, const Segment& segment);
  void judge_numbers(Side& me, const Side& peer, const Segment& segment);
  void judge_offer(Side& me, const Side& peer, const Segment& segment);
  void judge_options(Side& me, const Side& peer, const Segment& segment);
  void judge_octets(int side, const Side& me, std::size_t connection, const Segment& segment);
  void require(bool condition, const char* what);

  std::size_t mtu_;
  std::map<std::pair<Port, Port>, Talk> talks_;  // by client port and server port
  bool resets_allowed_ = false;
  std::string violation_;
  std::string context_;
  std::uint64_t hash_ = 14695981039346656037U;
  std::uint64_t frames_ = 0;
};

}  // namespace fourtuple::test
