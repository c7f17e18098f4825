// F5: UDP against a second parser, with the pseudo-headers of both address families.
#include "stack/wire/udp.hpp"

#include <algorithm>
#include <optional>

#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using wire::UdpHeader;

struct Path {
  IpAddress source;
  IpAddress destination;
  std::uint64_t sum;  // of the pseudo-header without the length
};

const Path kIpv4{Ipv4Address::from_octets(10, 0, 0, 5), Ipv4Address::from_octets(10, 0, 0, 4),
                 0x0a00 + 0x0005 + 0x0a00 + 0x0004 + 17};
const Path kIpv6{IpAddress::from_words(0x20010db800000000U, 5), IpAddress::from_words(0x20010db800000000U, 4),
                 2 * (0x2001 + 0x0db8) + 5 + 4 + 17};

std::optional<DropReason> naive_fault(ByteView datagram) {
  if (datagram.size() < 8) return DropReason::kUdpTruncated;
  const auto length = bits(datagram, 32, 16);
  if (length < 8 || length > datagram.size()) return DropReason::kUdpBadLength;
  return std::nullopt;
}

void check_checksum(const UdpHeader& header, ByteView datagram, const Path& path) {
  const bool good =
      header.checksum == 0 || naive_sum(datagram.first(header.length), path.sum + header.length) == 0xffff;
  require(header.checksum_is_good(path.source, path.destination, datagram) == good, "the naive sum agrees");
}

void check_emit(const UdpHeader& header, ByteView datagram, const Path& path) {
  auto again = exact_copy(datagram.first(header.length));
  header.emit(ByteSpan(again).first(8), path.source, path.destination, datagram.subspan(8, header.length - 8U));
  const auto read = UdpHeader::parse(again);
  require(read && read->checksum != 0, "what we send has a checksum");
  require(read->checksum_is_good(path.source, path.destination, again), "and it is right");
  require(naive_sum(again, path.sum + header.length) == 0xffff, "as the naive sum says too");
  std::copy_n(datagram.begin() + 6, 2, again.begin() + 6);
  require(std::equal(again.begin(), again.end(), datagram.begin()), "the datagram comes back as the same octets");
}

void check(ByteView bytes) {
  const auto datagram = exact_copy(bytes);
  const auto header = UdpHeader::parse(datagram);
  const auto fault = naive_fault(datagram);
  require(header.has_value() == !fault, "accepted as the naive parser accepts it");
  if (!header) return require(header.error() == *fault, "refused for the reason of the naive parser");
  require(header->source_port == bits(datagram, 0, 16), "source port");
  require(header->destination_port == bits(datagram, 16, 16), "destination port");
  require(header->length == bits(datagram, 32, 16), "length");
  require(header->checksum == bits(datagram, 48, 16), "checksum");
  for (const Path* path : {&kIpv4, &kIpv6}) {
    check_checksum(*header, datagram, *path);
    check_emit(*header, datagram, *path);
  }
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check({data, size});
  return 0;
}
