#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "apps/packet_script/numbers.hpp"
#include "apps/packet_script/packets.hpp"

namespace fourtuple::packet_script {
namespace {

using OptionKind = TcpOption::Kind;

constexpr std::size_t kMaxOptionOctets = 40;

constexpr std::array<std::pair<std::string_view, OptionKind>, 10> kOptionNames = {{
    {"mss", OptionKind::kMss},
    {"wscale", OptionKind::kWindowScale},
    {"sackOK", OptionKind::kSackOk},
    {"sack", OptionKind::kSack},
    {"TS", OptionKind::kTimestamps},
    {"nop", OptionKind::kNop},
    {"eol", OptionKind::kEnd},
    {"FO", OptionKind::kFastOpen},
    {"FOEXP", OptionKind::kFastOpenExp},
    {"raw", OptionKind::kRaw},
}};
constexpr std::string_view kExpectedOption = "a TCP option (mss, wscale, sackOK, sack, TS, nop, eol, FO, FOEXP or raw)";

std::optional<OptionKind> option_named(std::string_view name) {
  for (const auto& [known, kind] : kOptionNames)
    if (known == name) return kind;
  return std::nullopt;
}

// Octets in a header.
std::size_t octets_of(const TcpOption& option) {
  switch (option.kind) {
    case OptionKind::kMss:
      return 4;
    case OptionKind::kWindowScale:
      return 3;
    case OptionKind::kSackOk:
      return 2;
    case OptionKind::kSack:
      return 2 + 8 * option.blocks.size();
    case OptionKind::kTimestamps:
      return 10;
    case OptionKind::kNop:
    case OptionKind::kEnd:
      return 1;
    case OptionKind::kFastOpen:
      return 2 + option.octets.size();
    case OptionKind::kFastOpenExp:
      return 4 + option.octets.size();
    case OptionKind::kRaw:
      return option.octets.size();
  }
  return 0;
}

// 1:11 21:31
void read_blocks(Cursor& in, TcpOption& option) {
  do {
    if (octets_of(option) > kMaxOptionOctets) return;
    TcpOption::Block block;
    block.left = read_number32(in, "a SACK block");
    in.expect(":", "between the edges of a SACK block");
    block.right = read_number32(in, "the right edge of a SACK block");
    option.blocks.push_back(block);
  } while (is_digit(in.peek()) || in.definition(in.peek_word()) != nullptr);
}

// val A ecr B
void read_timestamps(Cursor& in, TcpOption& option) {
  if (!in.accept_word("val")) return in.expected_next("'val' after TS");
  option.any_value = in.accept("...");
  if (!option.any_value) option.value = read_number32(in, "a timestamp");
  if (!in.accept_word("ecr")) return in.expected_next("'ecr' after a timestamp's value");
  option.echo = read_number32(in, "a timestamp");
}

// Hexadecimal digits in pairs; none where `may_be_absent`.
void read_octets(Cursor& in, TcpOption& option, bool may_be_absent) {
  const Position position = in.position();
  const std::string_view digits = in.take_while(is_word_part);
  if (digits.empty() && !may_be_absent) return in.expected_next("hexadecimal digits");
  for (std::size_t i = 0; i < digits.size() && i <= 2 * kMaxOptionOctets; i += 2) {
    const int high = hex_value(digits[i]);
    const int low = i + 1 < digits.size() ? hex_value(digits[i + 1]) : -1;
    if (high < 0 || low < 0)
      return in.fail(position, fmt::format("expected hexadecimal digits in pairs, found '{:.40}'", digits));
    option.octets.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
}

void read_option_value(Cursor& in, TcpOption& option) {
  switch (option.kind) {
    case OptionKind::kMss:
      option.value = read_number16(in, "an mss");
      break;
    case OptionKind::kWindowScale:
      option.value = read_number8(in, "a window scale");
      break;
    case OptionKind::kSack:
      read_blocks(in, option);
      break;
    case OptionKind::kTimestamps:
      read_timestamps(in, option);
      break;
    case OptionKind::kFastOpen:
    case OptionKind::kFastOpenExp:
      read_octets(in, option, true);
      break;
    case OptionKind::kRaw:
      read_octets(in, option, false);
      break;
    case OptionKind::kSackOk:
    case OptionKind::kNop:
    case OptionKind::kEnd:
      break;
  }
}

TcpOption read_option(Cursor& in) {
  TcpOption option;
  option.position = in.position();
  const auto kind = option_named(in.peek_word());
  if (!kind) {
    in.expected(kExpectedOption);
    return option;
  }
  in.take_word();
  option.kind = *kind;
  read_option_value(in, option);
  return option;
}

}  // namespace

void read_tcp_options(Cursor& in, TcpPacket& packet) {
  in.take(1);
  if (in.accept("...")) {
    packet.any_options = true;
    return in.expect(">", "after '...' for any options");
  }
  if (in.accept(">")) return;
  std::size_t octets = 0;
  do {
    packet.options.push_back(read_option(in));
    octets += octets_of(packet.options.back());
    if (octets > kMaxOptionOctets)
      in.fail(packet.options.back().position, "with this the options take more than 40 octets, all that a header has");
  } while (in.accept(","));
  in.expect(">", "or ',' after a TCP option");
}

bool at_tcp_options(const Cursor& in) {
  if (in.peek() != '<' || !in.at_new_line()) return in.peek() == '<';
  std::string_view inside = in.rest().substr(1);
  inside.remove_prefix(std::min(inside.find_first_not_of(" \t"), inside.size()));
  return inside.starts_with("...") || inside.starts_with(">") || option_named(leading_word(inside));
}

}  // namespace fourtuple::packet_script
