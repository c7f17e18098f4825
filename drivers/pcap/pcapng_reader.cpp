#include "drivers/pcap/pcapng_reader.hpp"

#include <algorithm>
#include <array>

namespace fourtuple {
namespace {

namespace block_type {
constexpr std::uint32_t kSection = 0x0a0d0d0a;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kOldPacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
}  // namespace block_type

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::size_t kBlockFrame = 12;  // type, length, and the length once more behind
constexpr std::size_t kLargestBlock = std::size_t{16} << 20;
constexpr std::size_t kMostInterfaces = 65536;

constexpr std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

struct CountedTime {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
};

// Units of 10^-n, or 2^-n seconds. Finer ones than a count of 64 bits can hold are taken for the finest.
CountedTime count_time(std::uint64_t units, std::uint8_t resolution) {
  constexpr std::uint64_t kNanos = 1'000'000'000;
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & 0x80U) != 0) {
    const unsigned shift = std::min(exponent, 63U);
    const std::uint64_t rest = units & ((std::uint64_t{1} << shift) - 1);
    const unsigned coarse = std::min(shift, 30U);  // so that the product fits
    return {units >> shift, (rest >> (shift - coarse)) * kNanos >> coarse};
  }
  const std::uint64_t whole = power_of_ten(std::min(exponent, 19U));
  const std::uint64_t rest = units % whole;
  return {units / whole, whole <= kNanos ? rest * (kNanos / whole) : rest / (whole / kNanos)};
}

std::chrono::nanoseconds bounded_time(const CountedTime& time, std::int64_t offset) {
  constexpr std::int64_t kLatest = 9'000'000'000;  // in the year 2255
  const auto seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(time.seconds, kLatest));
  const std::int64_t moved = std::clamp<std::int64_t>(seconds + std::clamp(offset, -kLatest, kLatest), 0, kLatest);
  return std::chrono::seconds(moved) + std::chrono::nanoseconds(time.nanoseconds);
}

}  // namespace

bool PcapngReader::knows(std::string_view begin) { return begin.starts_with("\n\r\r\n"); }

// The first frame's interface is described before it, so the first interface is the first that matters.
PcapngReader::PcapngReader(std::FILE* stream) : stream_(stream) {
  while (interfaces_.empty()) {
    const auto block = read_block();
    if (!block) return;
    static_cast<void>(frame_in(*block));
  }
  first_link_type_ = interfaces_.front().link_type;
}

std::uint16_t PcapngReader::word(ByteView bytes, std::size_t at) const {
  const unsigned first = bytes[at];
  const unsigned second = bytes[at + 1];
  return static_cast<std::uint16_t>(is_big_endian_ ? first << 8U | second : second << 8U | first);
}

std::uint32_t PcapngReader::number(ByteView bytes, std::size_t at) const {
  const std::uint32_t first = word(bytes, at);
  const std::uint32_t second = word(bytes, at + 2);
  return is_big_endian_ ? first << 16U | second : second << 16U | first;
}

std::nullopt_t PcapngReader::fail(const char* why) {
  if (error_.empty()) error_ = why;
  return std::nullopt;
}

// Appends to the block. Memory grows with what is there, not with what a length claims.
bool PcapngReader::read_exactly(std::size_t octets) {
  constexpr std::size_t kStep = 65536;
  while (octets > 0) {
    const std::size_t step = std::min(octets, kStep);
    const std::size_t before = block_.size();
    block_.resize(before + step);
    if (std::fread(&block_[before], 1, step, stream_) != step) return false;
    octets -= step;
  }
  return true;
}

// Behind type and length of a section header, which read the same in both orders as far as that matters.
bool PcapngReader::take_byte_order() {
  if (!read_exactly(4)) return false;
  is_big_endian_ = block_[8] == 0x1a;
  return number(block_, 8) == kByteOrderMagic;
}

std::optional<PcapngReader::Block> PcapngReader::read_block() {
  if (!error_.empty()) return std::nullopt;
  block_.resize(1);
  if (std::fread(block_.data(), 1, 1, stream_) != 1) return std::nullopt;  // the end, where it should be
  if (!read_exactly(7)) return fail("the file ends inside a block");
  const bool is_section = number(block_, 0) == block_type::kSection;
  if (is_section && !take_byte_order()) return fail("a section has no byte order");
  const std::size_t length = number(block_, 4);
  const std::size_t here = block_.size();
  if (length < kBlockFrame || length % 4 != 0 || length < here + 4) return fail("a block's length is impossible");
  if (length > kLargestBlock) return fail("a block claims to be longer than 16 MiB");
  if (!read_exactly(length - here)) return fail("the file ends inside a block");
  if (number(block_, length - 4) != length) return fail("a block's two lengths differ");
  return Block{.type = number(block_, 0), .body = ByteView(block_).subspan(8, length - kBlockFrame)};
}

void PcapngReader::take_interface(ByteView body) {
  if (interfaces_.size() == kMostInterfaces) return static_cast<void>(fail("a section has more than 65536 interfaces"));
  if (body.size() < 8) return static_cast<void>(fail("an interface's block is too short"));
  Interface interface { .link_type = word(body, 0), .kept_octets = number(body, 4) };
  for (ByteView options = body.subspan(8); options.size() >= 4;) {
    const std::size_t length = word(options, 2);
    const std::size_t padded = (length + 3) / 4 * 4;
    if (word(options, 0) == 0 || 4 + padded > options.size()) break;
    take_interface_option(word(options, 0), options.subspan(4, length), interface);
    options = options.subspan(4 + padded);
  }
  interfaces_.push_back(interface);
}

void PcapngReader::take_interface_option(std::uint16_t code, ByteView value, Interface& interface) const {
  constexpr std::uint16_t kResolution = 9;
  constexpr std::uint16_t kOffset = 14;
  if (code == kResolution && value.size() == 1) interface.resolution = value[0];
  if (code != kOffset || value.size() != 8) return;
  const std::uint64_t low = number(value, is_big_endian_ ? 4 : 0);
  const std::uint64_t high = number(value, is_big_endian_ ? 0 : 4);
  interface.offset_seconds = static_cast<std::int64_t>(high << 32U | low);
}

std::optional<CapturedFrame> PcapngReader::enhanced_packet(ByteView body, std::size_t interface) {
  constexpr std::size_t kHeader = 20;
  if (body.size() < kHeader) return fail("a packet's block is too short");
  if (interface >= interfaces_.size()) return fail("a packet comes from an interface that is not described");
  const std::size_t kept = number(body, 12);
  if (kept > body.size() - kHeader) return fail("a packet is longer than its block");
  const Interface& from = interfaces_[interface];
  const std::uint64_t units = std::uint64_t{number(body, 4)} << 32U | number(body, 8);
  latest_ = bounded_time(count_time(units, from.resolution), from.offset_seconds);
  return CapturedFrame{.time = latest_,
                       .bytes = body.subspan(kHeader, kept),
                       .original_bytes = number(body, 16),
                       .link_type = from.link_type};
}

// Without a time of its own, and from the first interface.
std::optional<CapturedFrame> PcapngReader::simple_packet(ByteView body) {
  if (body.size() < 4 || interfaces_.empty()) return fail("a simple packet's block is too short, or has no interface");
  const Interface& from = interfaces_.front();
  const std::size_t original = number(body, 0);
  std::size_t kept = std::min(original, body.size() - 4);
  if (from.kept_octets != 0) kept = std::min<std::size_t>(kept, from.kept_octets);
  return CapturedFrame{.time = latest_,
                       .bytes = body.subspan(4, kept),
                       .original_bytes = static_cast<std::uint32_t>(original),
                       .link_type = from.link_type};
}

std::optional<CapturedFrame> PcapngReader::frame_in(const Block& block) {
  switch (block.type) {
    case block_type::kSection:
      interfaces_.clear();
      return std::nullopt;
    case block_type::kInterface:
      take_interface(block.body);
      return std::nullopt;
    case block_type::kEnhancedPacket:
      return enhanced_packet(block.body, block.body.size() < 4 ? 0 : number(block.body, 0));
    case block_type::kOldPacket:
      return enhanced_packet(block.body, block.body.size() < 4 ? 0 : word(block.body, 0));
    case block_type::kSimplePacket:
      return simple_packet(block.body);
    default:
      return std::nullopt;  // names, statistics, comments
  }
}

std::optional<CapturedFrame> PcapngReader::next() {
  while (const auto block = read_block()) {
    if (const auto frame = frame_in(*block)) return frame;
  }
  return std::nullopt;
}

}  // namespace fourtuple
