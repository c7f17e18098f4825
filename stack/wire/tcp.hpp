// The TCP header (RFC 9293 3.1): first proven bytes (TcpView), then host-order meaning (Segment).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple {

// The control bits, one name each.
struct TcpFlags {
  std::uint8_t bits = 0;

  static constexpr std::uint8_t kFin = 0x01;
  static constexpr std::uint8_t kSyn = 0x02;
  static constexpr std::uint8_t kRst = 0x04;
  static constexpr std::uint8_t kPsh = 0x08;
  static constexpr std::uint8_t kAck = 0x10;
  static constexpr std::uint8_t kUrg = 0x20;
  static constexpr std::uint8_t kEce = 0x40;
  static constexpr std::uint8_t kCwr = 0x80;

  [[nodiscard]] constexpr bool fin() const { return (bits & kFin) != 0; }
  [[nodiscard]] constexpr bool syn() const { return (bits & kSyn) != 0; }
  [[nodiscard]] constexpr bool rst() const { return (bits & kRst) != 0; }
  [[nodiscard]] constexpr bool psh() const { return (bits & kPsh) != 0; }
  [[nodiscard]] constexpr bool ack() const { return (bits & kAck) != 0; }
  [[nodiscard]] constexpr bool urg() const { return (bits & kUrg) != 0; }
  [[nodiscard]] constexpr bool ece() const { return (bits & kEce) != 0; }
  [[nodiscard]] constexpr bool cwr() const { return (bits & kCwr) != 0; }

  friend constexpr bool operator==(TcpFlags, TcpFlags) = default;
  friend constexpr TcpFlags operator|(TcpFlags a, TcpFlags b) { return {static_cast<std::uint8_t>(a.bits | b.bits)}; }
};
// Packet-script letters in the order S F R P . U E W ("S.", "FP.", "." for a bare ACK, "-" for none).
[[nodiscard]] std::string to_string(TcpFlags flags);

struct SackBlock {
  SeqNum left;   // first octet of the block
  SeqNum right;  // first octet after it
  friend constexpr bool operator==(SackBlock, SackBlock) = default;
};

struct TcpTimestamps {
  std::uint32_t value = 0;       // TSval
  std::uint32_t echo_reply = 0;  // TSecr
  friend constexpr bool operator==(TcpTimestamps, TcpTimestamps) = default;
};

// The options we understand; others are skipped by their length (RFC 9293 MUST-6, MUST-7).
struct SegmentOptions {
  static constexpr std::size_t kMaxSackBlocks = 4;

  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;  // as sent; RFC 7323 2.3 caps its use at 14
  bool sack_permitted = false;
  std::optional<TcpTimestamps> timestamps;
  std::array<SackBlock, kMaxSackBlocks> sack{};
  std::uint8_t sack_count = 0;

  // Octets these options take in a header, padded to a multiple of 4; at most 40, as SACK blocks that find no room
  // beside the other options are left out from the back (RFC 2018 3).
  [[nodiscard]] std::size_t encoded_size() const;
  friend bool operator==(const SegmentOptions&, const SegmentOptions&) = default;
};

// What a segment means. The payload belongs to the buffer that the segment was parsed from.
struct Segment {
  Port source_port = 0;
  Port destination_port = 0;
  SeqNum seq;
  SeqNum ack;  // meaningful with the ACK flag
  TcpFlags flags;
  std::uint16_t window = 0;  // unscaled, as in the header
  std::uint16_t urgent = 0;  // as in the header; meaningful with the URG flag
  SegmentOptions options;
  ByteView payload;
  bool congestion_experienced = false;  // the datagram it came in was marked CE (RFC 3168 5); never sent by us

  // SEG.LEN: octets of sequence space, counting SYN and FIN.
  [[nodiscard]] std::uint32_t length() const {
    return static_cast<std::uint32_t>(payload.size()) + (flags.syn() ? 1U : 0U) + (flags.fin() ? 1U : 0U);
  }
};

// In which order a SYN carries its options. No RFC cares; people who compare traces do.
enum class SynOptionOrder : std::uint8_t {
  kLinux,    // MSS, SACK permitted, timestamps, window scale; what is aligned has NOPs in front
  kFreeBsd,  // MSS, window scale, SACK permitted, timestamps; SACK permitted in the end has an end of options behind it
};

namespace wire {

inline constexpr std::size_t kTcpHeaderSize = 20;     // without options
inline constexpr std::size_t kTcpMaxHeaderSize = 60;  // with options

// TCP bytes whose lengths are proven.
class TcpView {
 public:
  // Reasons: kTcpTruncated, kTcpBadDataOffset.
  [[nodiscard]] static Result<TcpView, DropReason> parse(ByteView segment);

  [[nodiscard]] std::size_t header_size() const { return header_size_; }
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] ByteView options() const { return bytes_.subspan(kTcpHeaderSize, header_size_ - kTcpHeaderSize); }
  [[nodiscard]] ByteView payload() const { return bytes_.subspan(header_size_); }
  [[nodiscard]] bool checksum_is_good(const IpAddress& source, const IpAddress& destination) const;

  // Host-order meaning. Does not fail: options that cannot be read are left out, as with Linux and BSD.
  [[nodiscard]] Segment to_segment() const;

 private:
  ByteView bytes_;
  std::size_t header_size_ = kTcpHeaderSize;
};

// Reads options from the option area of a header. Never reads past it. Of an option that comes twice the first
// counts; options of unknown kind are skipped by their length.
// Reason: kTcpBadOption, where a length is below 2, runs past the area, or is not the one that a known option has.
[[nodiscard]] Result<SegmentOptions, DropReason> parse_tcp_options(ByteView area);
// The same in place: false for kTcpBadOption. `options` comes in empty; after false it holds what could be read: known
// options of a wrong length are skipped, and the list ends where a length is impossible.
[[nodiscard]] bool parse_tcp_options(ByteView area, SegmentOptions& options);

// Writes options, padded with NOPs in front of the aligned ones as is customary, to `to`; answers the octets
// written (= options.encoded_size(), in every order). `to` needs encoded_size() octets.
std::size_t emit_tcp_options(const SegmentOptions& options, ByteSpan to, SynOptionOrder order = SynOptionOrder::kLinux);

// Writes header and options with a checksum field of 0; answers the header size. The payload is not touched.
// Precondition: to.size() >= 20 + segment.options.encoded_size().
std::size_t emit_tcp_header(const Segment& segment, ByteSpan to, SynOptionOrder order = SynOptionOrder::kLinux);

inline constexpr std::size_t kTcpChecksumOffset = 16;  // octets from the start of the TCP header

}  // namespace wire
}  // namespace fourtuple
