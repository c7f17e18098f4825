// F2: the IPv4 header against a second parser that reads it bit by bit as RFC 791 draws it.
#include "stack/wire/ipv4.hpp"

#include <algorithm>
#include <optional>

#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using wire::Ipv4Header;

std::optional<DropReason> naive_fault(ByteView packet, bool verify) {
  if (packet.size() < 20) return DropReason::kIpTruncated;
  if (bits(packet, 0, 4) != 4) return DropReason::kIpBadVersion;
  const auto header_size = bits(packet, 4, 4) * 4;
  if (header_size < 20 || header_size > packet.size()) return DropReason::kIpBadHeaderLength;
  const auto total = bits(packet, 16, 16);
  if (total < header_size || total > packet.size()) return DropReason::kIpBadTotalLength;
  if (verify && naive_sum(packet.first(header_size)) != 0xffff) return DropReason::kIpBadChecksum;
  return std::nullopt;
}

void check_fields(const Ipv4Header& header, ByteView packet) {
  require(header.header_size == bits(packet, 4, 4) * 4, "header size");
  require(header.tos == bits(packet, 8, 8), "type of service");
  require(header.total_length == bits(packet, 16, 16), "total length");
  require(header.identification == bits(packet, 32, 16), "identification");
  require(header.dont_fragment == (bits(packet, 49, 1) == 1), "don't fragment");
  require(header.more_fragments == (bits(packet, 50, 1) == 1), "more fragments");
  require(header.fragment_offset == bits(packet, 51, 13) * 8, "fragment offset");
  require(header.ttl == bits(packet, 64, 8), "time to live");
  require(header.protocol == bits(packet, 72, 8), "protocol");
  require(header.source.value == bits(packet, 96, 32), "source");
  require(header.destination.value == bits(packet, 128, 32), "destination");
  require(header.payload_size() + header.header_size <= packet.size(), "the payload lies in the packet");
}

// Everything comes back but the reserved flag, which we send as zero, and a checksum that was wrong.
void check_emit(const Ipv4Header& header, ByteView packet) {
  auto again = exact_copy(packet.first(header.header_size));
  header.emit(again);
  require(naive_sum(again) == 0xffff, "the emitted checksum is right");
  again[6] = static_cast<std::uint8_t>(again[6] | (packet[6] & 0x80));
  std::copy_n(packet.begin() + 10, 2, again.begin() + 10);
  require(std::equal(again.begin(), again.end(), packet.begin()), "the header comes back as the same octets");
}

void check(ByteView bytes, bool verify) {
  const auto packet = exact_copy(bytes);
  const auto header = Ipv4Header::parse(packet, verify);
  const auto fault = naive_fault(packet, verify);
  require(header.has_value() == !fault, "accepted as the naive parser accepts it");
  if (!header) return require(header.error() == *fault, "refused for the reason of the naive parser");
  check_fields(*header, packet);
  check_emit(*header, packet);
}

// Few random inputs get past a checksum: this one does.
void check_repaired(ByteView bytes) {
  auto packet = exact_copy(bytes);
  if (naive_fault(packet, false)) return;
  packet[10] = packet[11] = 0;
  const unsigned sum = 0xffffU - naive_sum(ByteView(packet).first(bits(packet, 4, 4) * 4));
  packet[10] = static_cast<std::uint8_t>(sum >> 8);
  packet[11] = static_cast<std::uint8_t>(sum);
  require(Ipv4Header::parse(packet).has_value(), "a repaired packet is accepted");
  check(packet, true);
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size}, true);
  fourtuple::fuzz::check({data, size}, false);
  fourtuple::fuzz::check_repaired({data, size});
  return 0;
}
