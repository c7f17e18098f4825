#include <array>
#include <fmt/format.h>
#include <utility>

#include "apps/packet_script/numbers.hpp"
#include "apps/packet_script/packets.hpp"

namespace fourtuple::packet_script {
namespace {

constexpr std::array<std::pair<char, std::uint8_t>, 8> kFlagLetters = {{
    {'S', TcpFlags::kSyn},
    {'F', TcpFlags::kFin},
    {'R', TcpFlags::kRst},
    {'P', TcpFlags::kPsh},
    {'.', TcpFlags::kAck},
    {'U', TcpFlags::kUrg},
    {'E', TcpFlags::kEce},
    {'W', TcpFlags::kCwr},
}};

constexpr std::string_view kExpectedFlags = "TCP flags (S F R P . U E W, or -), 'udp' or 'icmp'";

std::uint8_t flag_of(char letter) {
  for (const auto& [name, bit] : kFlagLetters)
    if (name == letter) return bit;
  return 0;
}

bool is_flag_character(char c) { return is_word_part(c) || c == '.' || c == '-'; }

// AccECN writes a third bit and a count of three bits among the flags.
bool is_accurate_ecn(char c) { return c == 'A' || c == 'C' || c == 'N' || is_digit(c); }

void complain_of_flag(Cursor& in, Position position, char letter) {
  if (is_accurate_ecn(letter))
    return in.fail(position, fmt::format("'{}' among the flags: AccECN is not supported", letter));
  in.fail(position, fmt::format("expected {}, found '{}'", kExpectedFlags, letter));
}

TcpFlags read_flags(Cursor& in) {
  TcpFlags flags;
  Position position = in.position();
  if (!is_flag_character(in.peek())) {
    in.expected_next(kExpectedFlags);
    return flags;
  }
  const std::string_view letters = in.take_while(is_flag_character);
  if (letters == "-") return flags;
  for (const char letter : letters) {
    const std::uint8_t bit = flag_of(letter);
    if (bit == 0) complain_of_flag(in, position, letter);
    if ((flags.bits & bit) != 0) in.fail(position, fmt::format("the flag '{}' stands here twice", letter));
    flags.bits |= bit;
    ++position.column;
  }
  return flags;
}

// What a TCP packet may go on with after what was read of it.
std::string_view tcp_continuation(const TcpPacket& packet, bool has_options) {
  if (has_options) return "the end of the line";
  if (packet.urgent) return "'<' or the end of the line";
  if (packet.window) return "'urg', '<' or the end of the line";
  if (packet.ack) return "'win', 'urg', '<' or the end of the line";
  return "'ack', 'win', 'urg', '<' or the end of the line";
}

}  // namespace

TcpPacket read_tcp(Cursor& in) {
  TcpPacket packet;
  packet.flags = read_flags(in);
  packet.sequence = read_range(in);
  if (in.accept_word("ack")) packet.ack = read_number32(in, "an acknowledgment number");
  if (in.accept_word("win")) packet.window = read_number16(in, "a window");
  if (in.accept_word("urg")) packet.urgent = read_number16(in, "an urgent pointer");
  const bool has_options = at_tcp_options(in);
  if (has_options) read_tcp_options(in, packet);
  in.expect_event_end(tcp_continuation(packet, has_options));
  return packet;
}

}  // namespace fourtuple::packet_script
