// F6: the TCP header and its options: parsed as a second parser parses them, built again, parsed to the same.
#include <algorithm>
#include <optional>

#include "stack/wire/tcp.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using wire::TcpView;

std::optional<DropReason> naive_fault(ByteView segment) {
  if (segment.size() < 20) return DropReason::kTcpTruncated;
  const auto header_size = bits(segment, 96, 4) * 4;
  if (header_size < 20 || header_size > segment.size()) return DropReason::kTcpBadDataOffset;
  return std::nullopt;
}

// The lengths that an option's kind may have; anything from 2 on for kinds unknown to us.
bool is_length_of_kind(std::uint64_t kind, std::uint64_t length) {
  if (kind == 2) return length == 4;
  if (kind == 3) return length == 3;
  if (kind == 4) return length == 2;
  if (kind == 5) return length == 10 || length == 18 || length == 26 || length == 34;
  if (kind == 8) return length == 10;
  return length >= 2;
}

void naive_take(ByteView option, SegmentOptions& options) {
  const auto kind = option[0];
  if (kind == 2 && !options.mss) options.mss = static_cast<std::uint16_t>(bits(option, 16, 16));
  if (kind == 3 && !options.window_scale) options.window_scale = option[2];
  if (kind == 4) options.sack_permitted = true;
  if (kind == 8 && !options.timestamps) {
    options.timestamps = TcpTimestamps{static_cast<std::uint32_t>(bits(option, 16, 32)),
                                       static_cast<std::uint32_t>(bits(option, 48, 32))};
  }
  if (kind != 5 || options.sack_count != 0) return;
  for (std::size_t at = 2; at < option.size(); at += 8) {
    options.sack[options.sack_count++] = {{static_cast<std::uint32_t>(bits(option, at * 8, 32))},
                                          {static_cast<std::uint32_t>(bits(option, at * 8 + 32, 32))}};
  }
}

struct NaiveOptions {
  SegmentOptions options;
  bool legal = true;
};

NaiveOptions naive_options(ByteView area) {
  NaiveOptions read;
  for (std::size_t at = 0; at < area.size() && area[at] != 0;) {
    if (area[at] == 1) {
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < area.size() ? area[at + 1] : 0U;
    const bool is_known_length = is_length_of_kind(area[at], length);
    read.legal = read.legal && is_known_length && at + length <= area.size();
    if (length < 2 || at + length > area.size()) return read;
    if (is_known_length) naive_take(area.subspan(at, length), read.options);
    at += length;
  }
  return read;
}

void check_fields(const Segment& segment, ByteView bytes) {
  require(segment.source_port == bits(bytes, 0, 16), "source port");
  require(segment.destination_port == bits(bytes, 16, 16), "destination port");
  require(segment.seq.value == bits(bytes, 32, 32), "sequence number");
  require(segment.ack.value == bits(bytes, 64, 32), "acknowledgment number");
  require(segment.flags.bits == bits(bytes, 104, 8), "control bits");
  require(segment.window == bits(bytes, 112, 16), "window");
  require(segment.urgent == bits(bytes, 144, 16), "urgent pointer");
  require(segment.payload.size() == bytes.size() - bits(bytes, 96, 4) * 4, "payload");
}

// SACK blocks without room beside the other options are left out from the back; all else comes back.
void check_same_options(const SegmentOptions& built, SegmentOptions original) {
  require(built.sack_count <= original.sack_count, "no block is invented");
  std::fill(original.sack.begin() + built.sack_count, original.sack.end(), SackBlock{});
  original.sack_count = built.sack_count;
  require(built == original, "the options come back");
}

void check_build(const Segment& segment) {
  const std::size_t size = wire::kTcpHeaderSize + segment.options.encoded_size();
  require(size <= wire::kTcpMaxHeaderSize && size % 4 == 0, "a header of at most 60 octets in words of 4");
  std::vector<std::uint8_t> built(size);
  require(wire::emit_tcp_header(segment, built) == size, "the size was foretold");
  const auto view = TcpView::parse(built);
  require(view.has_value() && view->header_size() == size, "what was built is accepted");
  const auto again = view->to_segment();
  check_same_options(again.options, segment.options);
  std::vector<std::uint8_t> twice(size);
  wire::emit_tcp_header(again, twice);
  require(again.options.encoded_size() + wire::kTcpHeaderSize == size && twice == built, "building again is the same");
}

void check_checksum(const TcpView& view) {
  const IpAddress source = Ipv4Address::from_octets(10, 0, 0, 5);
  const IpAddress destination = Ipv4Address::from_octets(10, 0, 0, 4);
  constexpr std::uint64_t kPseudoSum = 0x0a00 + 0x0005 + 0x0a00 + 0x0004 + 6;
  const bool good = naive_sum(view.bytes(), kPseudoSum + view.bytes().size()) == 0xffff;
  require(view.checksum_is_good(source, destination) == good, "the naive sum agrees");
}

void check(ByteView input) {
  const auto bytes = exact_copy(input);
  const auto view = TcpView::parse(bytes);
  const auto fault = naive_fault(bytes);
  require(view.has_value() == !fault, "accepted as the naive parser accepts it");
  if (!view) return require(view.error() == *fault, "refused for the reason of the naive parser");
  check_checksum(*view);
  const auto segment = view->to_segment();
  const auto options = naive_options(view->options());
  require(segment.options == options.options, "options are read as the naive parser reads them");
  check_fields(segment, bytes);
  check_build(segment);
}

// The whole input as an option area: short inputs reach the options at once, without a header in front.
void check_area(ByteView input) {
  const auto area = exact_copy(input.first(std::min<std::size_t>(input.size(), 40)));
  const auto options = wire::parse_tcp_options(area);
  const auto naive = naive_options(area);
  require(options.has_value() == naive.legal, "an option area alone is accepted as by the naive parser");
  if (options) require(*options == naive.options, "and read as by it");
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size});
  fourtuple::fuzz::check_area({data, size});
  return 0;
}
