// TCP options (RFC 9293 3.2; RFC 7323 window scale and timestamps; RFC 2018 SACK).
#include <algorithm>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

enum Kind : std::uint8_t {
  kEnd = 0,
  kNop = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

constexpr std::size_t kMaxOptionSize = 40;
constexpr std::size_t kSackBlockSize = 8;
// Sizes with their padding, as emitted.
constexpr std::size_t kPaddedMss = 4;
constexpr std::size_t kPaddedWindowScale = 4;
constexpr std::size_t kPaddedSackPermitted = 4;
constexpr std::size_t kPaddedTimestamps = 12;
constexpr std::size_t kPaddedSackHead = 4;

// SACK permitted takes the place of the timestamps' two NOPs where both are there.
std::size_t size_without_sack(const SegmentOptions& options) {
  const std::size_t permitted = options.sack_permitted ? kPaddedSackPermitted : 0;
  return (options.mss ? kPaddedMss : 0) + (options.timestamps ? kPaddedTimestamps : permitted) +
         (options.window_scale ? kPaddedWindowScale : 0);
}

// As many blocks as the option area has room for after the others: three beside timestamps. [RFC2018 3]
std::size_t sack_blocks_that_fit(const SegmentOptions& options, std::size_t used) {
  const std::size_t room = (kMaxOptionSize - kPaddedSackHead - used) / kSackBlockSize;
  return std::min({std::size_t{options.sack_count}, SegmentOptions::kMaxSackBlocks, room});
}

}  // namespace

std::size_t SegmentOptions::encoded_size() const {
  const std::size_t used = size_without_sack(*this);
  if (sack_count == 0) return used;
  return used + kPaddedSackHead + kSackBlockSize * sack_blocks_that_fit(*this, used);
}

namespace wire {
namespace {

// Each of these takes one option, whole and with its kind and length in front, and answers whether its length is
// what the option's definition says. Of an option that comes twice the first counts.

bool take_mss(ByteView option, SegmentOptions& options) {  // [RFC9293 MUST-4, MUST-14]
  if (option.size() != 4) return false;
  if (!options.mss) options.mss = load_be16(option.data() + 2);  // [RFC9293 MUST-64]
  return true;
}

bool take_window_scale(ByteView option, SegmentOptions& options) {
  if (option.size() != 3) return false;
  if (!options.window_scale) options.window_scale = option[2];
  return true;
}

bool take_sack_permitted(ByteView option, SegmentOptions& options) {
  if (option.size() != 2) return false;
  options.sack_permitted = true;
  return true;
}

bool take_timestamps(ByteView option, SegmentOptions& options) {
  if (option.size() != 10) return false;
  if (!options.timestamps) {
    options.timestamps = TcpTimestamps{load_be32(option.data() + 2), load_be32(option.data() + 6)};
  }
  return true;
}

bool take_sack(ByteView option, SegmentOptions& options) {
  const ByteView blocks = option.subspan(2);
  const std::size_t count = blocks.size() / kSackBlockSize;
  if (count == 0 || count > SegmentOptions::kMaxSackBlocks || blocks.size() % kSackBlockSize != 0) return false;
  if (options.sack_count != 0) return true;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* const at = blocks.data() + i * kSackBlockSize;
    options.sack[i] = {{load_be32(at)}, {load_be32(at + 4)}};
  }
  options.sack_count = static_cast<std::uint8_t>(count);
  return true;
}

bool take_option(ByteView option, SegmentOptions& options) {
  switch (option[0]) {
    case kMss:
      return take_mss(option, options);
    case kWindowScale:
      return take_window_scale(option, options);
    case kSackPermitted:
      return take_sack_permitted(option, options);
    case kSack:
      return take_sack(option, options);
    case kTimestamps:
      return take_timestamps(option, options);
    default:
      return true;  // [RFC9293 MUST-6]
  }
}

// What nearly every segment of a connection with timestamps carries: NOP NOP timestamps and nothing else.
bool is_aligned_timestamps(ByteView area) {
  constexpr std::uint32_t kHead = std::uint32_t{kNop} << 24 | kNop << 16 | kTimestamps << 8 | 10;
  return area.size() == kPaddedTimestamps && load_be32(area.data()) == kHead;
}

std::uint8_t* store_timestamps(std::uint8_t* at, const SegmentOptions& options) {
  store_be16(at, options.sack_permitted ? kSackPermitted << 8 | 2 : kNop << 8 | kNop);
  store_be16(at + 2, kTimestamps << 8 | 10);
  store_be32(at + 4, options.timestamps->value);
  store_be32(at + 8, options.timestamps->echo_reply);
  return at + kPaddedTimestamps;
}

std::uint8_t* store_sack_permitted(std::uint8_t* at) {
  store_be16(at, kNop << 8 | kNop);
  store_be16(at + 2, kSackPermitted << 8 | 2);
  return at + kPaddedSackPermitted;
}

std::uint8_t* store_sack_permitted_as_last(std::uint8_t* at) {
  store_be16(at, kSackPermitted << 8 | 2);
  store_be16(at + 2, kEnd << 8 | kEnd);
  return at + kPaddedSackPermitted;
}

std::uint8_t* store_mss(std::uint8_t* at, std::uint16_t mss) {
  store_be16(at, kMss << 8 | 4);  // [RFC9293 MUST-68]
  store_be16(at + 2, mss);
  return at + kPaddedMss;
}

std::uint8_t* store_window_scale(std::uint8_t* at, std::uint8_t shift) {
  store_be16(at, kNop << 8 | kWindowScale);  // [RFC9293 MUST-69]
  store_be16(at + 2, static_cast<std::uint16_t>(3 << 8 | shift));
  return at + kPaddedWindowScale;
}

std::uint8_t* store_sack(std::uint8_t* at, const SegmentOptions& options) {
  const std::size_t count = sack_blocks_that_fit(options, size_without_sack(options));
  store_be16(at, kNop << 8 | kNop);
  store_be16(at + 2, static_cast<std::uint16_t>(kSack << 8 | (2 + count * kSackBlockSize)));
  at += kPaddedSackHead;
  for (std::size_t i = 0; i < count; ++i, at += kSackBlockSize) {
    store_be32(at, options.sack[i].left.value);
    store_be32(at + 4, options.sack[i].right.value);
  }
  return at;
}

}  // namespace

bool parse_tcp_options(ByteView area, SegmentOptions& options) {
  if (is_aligned_timestamps(area)) {
    options.timestamps = TcpTimestamps{load_be32(area.data() + 4), load_be32(area.data() + 8)};
    return true;
  }
  bool is_legal = true;
  while (!area.empty() && area[0] != kEnd) {  // [RFC9293 MUST-4]
    if (area[0] == kNop) {                    // [RFC9293 MUST-4]
      area = area.subspan(1);
      continue;
    }
    const std::size_t length = area.size() > 1 ? area[1] : 0U;  // [RFC9293 MUST-68]
    // Where the next option begins is not known any more. [RFC9293 MUST-7]
    if (length < 2 || length > area.size()) return false;
    if (!take_option(area.first(length), options)) is_legal = false;
    area = area.subspan(length);
  }
  return is_legal;
}

Result<SegmentOptions, DropReason> parse_tcp_options(ByteView area) {
  SegmentOptions options;
  if (!parse_tcp_options(area, options)) return failure(DropReason::kTcpBadOption);
  return options;
}

std::size_t emit_tcp_options(const SegmentOptions& options, ByteSpan to, SynOptionOrder order) {
  const bool scale_first = order == SynOptionOrder::kFreeBsd;
  std::uint8_t* at = to.data();
  if (options.mss) at = store_mss(at, *options.mss);
  if (options.window_scale && scale_first) at = store_window_scale(at, *options.window_scale);
  if (options.timestamps) {
    at = store_timestamps(at, options);
  } else if (options.sack_permitted) {
    const bool is_last = scale_first && options.sack_count == 0;
    at = is_last ? store_sack_permitted_as_last(at) : store_sack_permitted(at);
  }
  if (options.window_scale && !scale_first) at = store_window_scale(at, *options.window_scale);
  if (options.sack_count != 0) at = store_sack(at, options);
  return static_cast<std::size_t>(at - to.data());
}

}  // namespace wire
}  // namespace fourtuple
