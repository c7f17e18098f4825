// A stranger who sees every frame as it is sent, before the wire does anything to it, and judges both hosts by what
// TCP allows to be seen (RFC 9293, RFC 7323, RFC 2018). It has its own memory of each connection and trusts nobody's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/simulate/frame_log.hpp"
#include "apps/simulate/stream.hpp"
#include "apps/simulate/wire.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::simulate {

class WireObserver final : public Stranger {
 public:
  using Ports = std::array<Port, 2>;  // of host 0 and of host 1

  explicit WireObserver(std::size_t mtu) : mtu_(mtu) {}

  // The next connection between these ports says this; by the host that writes it.
  void expect(Ports ports, const std::array<Stream, 2>& streams);
  // From now on any connection may be reset: a host has forgotten everything.
  void allow_all_resets() { all_resets_allowed_ = true; }
  // Resets that nothing on the wire explains, since the last call.
  struct Reset {
    Ports ports;
    int from;
  };
  [[nodiscard]] std::vector<Reset> take_unexplained_resets() { return std::exchange(resets_, {}); }

  void on_frame(int from, ByteView frame, const OffloadInfo& offload, Instant now) override;
  void on_fate(int from, std::uint32_t frame, const Fate& fate, ByteView packet) override;

  // The first thing that must not be; empty while all is well.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  // Over all frames and their times: equal for equal runs.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t segments() const { return segments_; }
  // Segments with neither text nor SYN, FIN or RST.
  [[nodiscard]] std::uint64_t bare_acks_from(int host) const { return bare_acks_[static_cast<std::size_t>(host)]; }
  [[nodiscard]] FrameLog& log() { return log_; }

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
    std::optional<std::int64_t> fin;  // where its FIN stands
  };
  struct Talk {
    std::array<Side, 2> sides;
    std::array<Stream, 2> streams;
    bool is_known = false;  // `streams` is
    bool is_over = false;   // both FINs were seen: late segments may find nobody, or a listener that takes them for new
    bool is_doubtful = false;  // a half-open connection was begun anew: what answers which is not known
  };
  // The segment that is being judged.
  struct Seen {
    std::size_t from;
    const Segment* segment;
    const OffloadInfo* offload;
    Instant now;
    Ports ports;
  };

  void note(ByteView frame, Instant now);
  void judge(const Seen& seen);
  void judge_syn(Talk& talk, const Seen& seen);
  void judge_reset(Talk& talk, const Seen& seen);
  void judge_numbers(Side& me, const Side& peer, const Seen& seen);
  void judge_offer(Side& me, const Side& peer, const Seen& seen);
  void judge_options(Side& me, const Side& peer, const Seen& seen);
  void judge_octets(const Talk& talk, const Seen& seen);
  void count(const Seen& seen);
  void log(const Seen& seen, const Talk& talk);
  void require(bool condition, const char* what, const Seen* seen);

  std::size_t mtu_;
  std::map<Ports, Talk> talks_;
  bool all_resets_allowed_ = false;
  std::vector<Reset> resets_;
  std::string violation_;
  std::uint64_t hash_ = 14695981039346656037U;
  std::uint64_t segments_ = 0;
  std::array<std::uint64_t, 2> bare_acks_{};
  FrameLog log_;
};

}  // namespace fourtuple::simulate
