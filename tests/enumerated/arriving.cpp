#include "tests/enumerated/arriving.hpp"

#include <algorithm>

#include "tests/enumerated/talk.hpp"

namespace fourtuple::enumerated {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t kFar = 0x40000000;  // a quarter of the circle

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

// Far below the window, all below it, across its left edge, just below it, at its left edge, inside, the last octet,
// at its right edge, beyond, far beyond.
Numbers sequence_numbers(const Position& at) {
  if (at.state <= TcpState::kSynSent) return {-kFar, -1, 0, 1, 1000, kFar};
  return sorted({at.rcv_nxt - kFar, at.rcv_nxt - 101, at.rcv_nxt - 50, at.rcv_nxt - 1, at.rcv_nxt, at.rcv_nxt + 1,
                 at.rcv_nxt + at.rcv_wnd / 2, at.rcv_edge() - 1, at.rcv_edge(), at.rcv_edge() + 1,
                 at.rcv_edge() + kFar});
}

// Far and just too old, the oldest that counts, old, nothing new, inside what is in flight, all but our last number,
// all, one too many, far too many.
Numbers acknowledgment_numbers(const Position& at, TcpFlags flags) {
  if (!flags.ack()) return {0};
  return sorted({at.snd_una - kFar, at.snd_una - at.max_snd_wnd - 1, at.snd_una - at.max_snd_wnd, at.snd_una - 1,
                 at.snd_una, (at.snd_una + at.snd_nxt) / 2, at.snd_nxt - 1, at.snd_nxt, at.snd_nxt + 1,
                 at.snd_nxt + kFar});
}

// The last one is longer than the window.
constexpr std::int64_t kTexts[] = {0, 1, 100, static_cast<std::int64_t>(Talk::kReceiveBuffer) + 50};

std::uint16_t urgent_pointer(const Arriving& segment, std::size_t number) {
  if (!segment.flags.urg()) return static_cast<std::uint16_t>(number % 3 * 50);  // to be ignored
  const std::int64_t pointers[] = {1, std::max(segment.text, std::int64_t{1}), segment.text + 2, 5000};
  return static_cast<std::uint16_t>(pointers[number % 4]);
}

}  // namespace

// All combinations of FIN, SYN, RST and ACK with everything else. PSH and URG, which change little, alternate such that
// each of the 64 combinations occurs with every position.
std::vector<Arriving> arriving(const Position& at) {
  std::vector<Arriving> all;
  constexpr std::uint8_t kDeciding[] = {TcpFlags::kFin, TcpFlags::kSyn, TcpFlags::kRst, TcpFlags::kAck};
  constexpr std::uint8_t kDecoration[] = {0, TcpFlags::kPsh, TcpFlags::kUrg, TcpFlags::kPsh | TcpFlags::kUrg};
  std::size_t number = 0;
  for (unsigned choice = 0; choice < 16; ++choice) {
    std::uint8_t bits = 0;
    for (unsigned i = 0; i < 4; ++i) bits |= ((choice >> i) & 1U) != 0 ? kDeciding[i] : std::uint8_t{0};
    for (const auto seq : sequence_numbers(at)) {
      for (const auto ack : acknowledgment_numbers(at, {bits})) {
        for (const auto text : kTexts) {
          const auto flags = static_cast<std::uint8_t>(bits | kDecoration[(number + number / 4) % 4]);
          Arriving segment{.flags = {flags}, .seq = seq, .ack = ack, .text = text};
          segment.urgent = urgent_pointer(segment, number / 3);
          segment.window = static_cast<std::uint16_t>(Talk::kPeerWindow - number % 2 * 100);  // shrinks now and then
          all.push_back(segment);
          ++number;
        }
      }
    }
  }
  return all;
}

}  // namespace fourtuple::enumerated
