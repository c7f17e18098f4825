#include "apps/simulate/frames.hpp"

#include <algorithm>

#include "apps/simulate/dice.hpp"

namespace fourtuple::simulate {
namespace {

constexpr std::size_t kEthernet = 14;
constexpr std::size_t kTcp = 6;
constexpr std::size_t kUdp = 17;

std::size_t word_at(ByteView bytes, std::size_t at) { return std::size_t{bytes[at]} << 8U | bytes[at + 1]; }

// Ones' complement, word by word (RFC 1071): 0xffff over what carries its own sum.
std::uint64_t sum_of(ByteView bytes, std::uint64_t sum = 0) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += word_at(bytes, i);
  if (bytes.size() % 2 != 0) sum += std::uint64_t{bytes.back()} << 8U;
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return sum;
}

bool is_ipv4(ByteView frame) { return frame.size() >= kEthernet + 20 && word_at(frame, 12) == 0x0800; }

bool is_sound_transport(ByteView packet, std::size_t header, std::size_t total) {
  const std::size_t protocol = packet[9];
  const bool is_fragment = (word_at(packet, 6) & 0x3fffU) != 0;
  const ByteView text = packet.subspan(header, total - header);
  if (is_fragment) return true;
  if (protocol == 1) return sum_of(text) == 0xffff;
  if (protocol != kTcp && protocol != kUdp) return true;
  if (text.size() < (protocol == kTcp ? 20U : 8U)) return false;
  if (protocol == kUdp && word_at(text, 6) == 0) return true;  // RFC 768: not summed
  return sum_of(text, sum_of(packet.subspan(12, 8)) + protocol + text.size()) == 0xffff;
}

}  // namespace

bool is_sound(ByteView frame) {
  if (!is_ipv4(frame)) return true;
  const ByteView packet = frame.subspan(kEthernet);
  const std::size_t header = std::size_t{packet[0] & 0xfU} * 4;
  const std::size_t total = word_at(packet, 2);
  if (packet[0] >> 4U != 4 || header < 20 || total < header || total > packet.size()) return false;
  return sum_of(packet.first(header)) == 0xffff && is_sound_transport(packet, header, total);
}

bool damage(PacketBuffer& frame, std::uint64_t which) {
  if (!is_ipv4(frame.bytes())) return false;
  Dice dice(which, "damage");
  const auto place = kEthernet + dice.below(frame.size() - kEthernet - 1);
  std::uint8_t* const octets = frame.data();
  switch (dice.below(5)) {
    case 0:
    case 1:
      octets[place] = static_cast<std::uint8_t>(octets[place] ^ 1U << dice.below(8));
      break;
    case 2:
      std::swap(octets[place], octets[place + 1]);
      break;
    case 3:
      octets[place] = octets[place + 1] = 0;
      break;
    default:
      frame.remove_back(1 + dice.below(frame.size() - kEthernet - 1));
      break;
  }
  return !is_sound(frame.bytes());
}

}  // namespace fourtuple::simulate
