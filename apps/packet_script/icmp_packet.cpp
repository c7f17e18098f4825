#include "apps/packet_script/numbers.hpp"
#include "apps/packet_script/packets.hpp"

namespace fourtuple::packet_script {
namespace {

bool is_name_or_number(const Cursor& in) { return in.at_word() || is_digit(in.peek()); }

std::string_view icmp_continuation(const IcmpPacket& packet) {
  if (packet.quoted) return "the end of the line";
  if (packet.mtu) return "'[' or the end of the line";
  if (!packet.code.empty()) return "'mtu', '[' or the end of the line";
  return "a code, 'mtu', '[' or the end of the line";
}

}  // namespace

IcmpPacket read_icmp(Cursor& in) {
  IcmpPacket packet;
  if (!is_name_or_number(in)) {
    in.expected_next("an ICMP type");
    return packet;
  }
  packet.type = in.take_while(is_word_part);
  if (is_name_or_number(in) && in.peek_word() != "mtu" && !in.at_new_line()) packet.code = in.take_while(is_word_part);
  if (in.accept_word("mtu")) packet.mtu = read_number16(in, "an MTU");
  if (in.accept("[")) {
    if (in.accept_word("udp")) {
      const std::uint32_t length = read_udp(in).length;
      packet.quoted = SequenceRange{0, length, length};
    } else {
      packet.quoted = read_range(in);
    }
    in.expect("]", "after the quoted packet");
  }
  in.expect_event_end(icmp_continuation(packet));
  return packet;
}

}  // namespace fourtuple::packet_script
