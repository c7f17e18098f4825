// F1, the parsing half: a frame -> Ethernet header -> ARP packet, and back to the same octets.
#include <algorithm>
#include <array>

#include "stack/wire/arp.hpp"
#include "stack/wire/ethernet.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using wire::ArpPacket;
using wire::EthernetHeader;

bool is_ethernet_ipv4_arp(ByteView packet) {
  return packet.size() >= 28 && bits(packet, 0, 48) == 0x000108000604U &&
         (bits(packet, 48, 16) == 1 || bits(packet, 48, 16) == 2);
}

void check_arp(ByteView bytes) {
  const auto exact = exact_copy(bytes);
  const auto packet = ArpPacket::parse(exact);
  require(packet.has_value() == is_ethernet_ipv4_arp(exact), "ARP is accepted as the naive parser accepts it");
  if (!packet) return;
  require(packet->sender_ip.value == bits(exact, 14 * 8, 32), "sender address");
  require(packet->target_ip.value == bits(exact, 24 * 8, 32), "target address");
  std::array<std::uint8_t, wire::kArpSize> again{};
  packet->emit(again);
  require(std::equal(again.begin(), again.end(), exact.begin()), "ARP comes back as the same octets");
}

void check_frame(ByteView bytes) {
  const auto exact = exact_copy(bytes);
  const auto header = EthernetHeader::parse(exact);
  require(header.has_value() == (exact.size() >= 14), "a frame has a header of 14 octets");
  if (!header) return;
  require(header->type == bits(exact, 12 * 8, 16), "ether type");
  require(header->destination.is_group() == (bits(exact, 7, 1) == 1), "group bit");
  std::array<std::uint8_t, wire::kEthernetHeaderSize> again{};
  header->emit(again);
  require(std::equal(again.begin(), again.end(), exact.begin()), "the header comes back as the same octets");
  check_arp(ByteView(exact).subspan(14));
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::check_frame({data, size});
  return 0;
}
