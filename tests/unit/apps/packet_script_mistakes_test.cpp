// What a user reads about a script that is none: the place, what was expected, what is there.
#include <span>

#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

TEST(PacketScriptMistake, ShowsFilePlaceLineAndAMark) {
  EXPECT_EQ(mistake_in("// first\n+0 > . 1:1(0) ack 1 wim 5 // soon\n"),
            "test.pkt:2:21: expected 'win', 'urg', '<' or the end of the line, found 'wim'\n"
            "  +0 > . 1:1(0) ack 1 wim 5 // soon\n"
            "                      ^");
}

TEST(PacketScriptMistake, MarksTheSameColumnBehindTabs) {
  EXPECT_EQ(mistake_in("\t+0 >\t> 1:1(0)\n"),
            "test.pkt:1:7: expected TCP flags (S F R P . U E W, or -), 'udp' or 'icmp', found '>'\n"
            "  \t+0 >\t> 1:1(0)\n"
            "  \t    \t^");
}

TEST(PacketScriptMistake, ShowsAPartOfALongLine) {
  const std::string text = "0 f(" + std::string(5000, ' ') + "@" + std::string(5000, ' ') + ")";
  const std::string mistake = mistake_in(text);
  EXPECT_LT(mistake.size(), 600U);
  EXPECT_EQ(mistake.substr(mistake.rfind('\n')), "\n  " + std::string(100, ' ') + "^");
}

struct Mistake {
  const char* text;
  const char* message;  // with line and column
};

void expect_explained(std::span<const Mistake> mistakes) {
  for (const Mistake& mistake : mistakes) EXPECT_EQ(mistake_line(mistake.text), mistake.message) << mistake.text;
}

constexpr Mistake kInCalls[] = {
    {"+0 close(3\n+0 close(4) = 0", "1:11: expected ')' or ',' after an argument, found the end of the line"},
    {"+0 close(3", "1:11: expected ')' or ',' after an argument, found the end of the script"},
    {"+0 close(3,)", "1:12: expected an argument, found ')'"},
    {"+0 foo 3", "1:8: expected '(' after 'foo', found '3'"},
    {"+0 close(3) == 0", "1:14: expected a result, found '='"},
    {"+0 close(3) 0", "1:13: expected '=' or the end of the line after the call, found '0'"},
    {"+0 close(3) = 0 EBADF", "1:17: expected '(' or the end of the line after the result, found 'EBADF'"},
    {"+0 close(3) = -1 EBADF (Bad", "1:24: this note has no ')' on its line"},
    {"+0 f([1)", "1:8: expected ']' or ',' in a list, found ')'"},
    {"+0 f({fd=4 events=1})", "1:12: expected '}' or ',' in a structure, found 'events'"},
    {"+0 f(A|)", "1:8: expected a value after '|', found ')'"},
    {"+0 f(12abc)", "1:6: expected a number, found '12abc'"},
    {"+0 f(9223372036854775808)", "1:6: a number is at most 9223372036854775807, found 9223372036854775808"},
    {"+0 f(\"abc)\n\"", "1:6: this string has no closing '\"' on its line"},
    {"+0 f(\"a\\qc\")", "1:8: this escape is none of \\n \\r \\t \\a \\b \\f \\v \\\\ \\\" \\' \\? \\ooo \\xHH"},
};
TEST(PacketScriptMistake, InCallsIsExplained) { expect_explained(kInCalls); }

constexpr Mistake kInPackets[] = {
    {"+0 < S 0:1(0)", "1:10: 0 and 0 octets end at 0, not at 1 (SYN and FIN do not count)"},
    {"+0 < P. 4294967295:5(5)", "1:20: 4294967295 and 5 octets end at 4, not at 5 (SYN and FIN do not count)"},
    {"+0 < S 0:0", "1:11: expected '(' before a segment's length, found the end of the script"},
    {"+0 < S", "1:7: expected a sequence number, found the end of the script"},
    {"+0 < S -1:0(1)", "1:8: expected a sequence number, found '-'"},
    {"+0 >\n+0 < S 0:0(0)",
     "1:5: expected TCP flags (S F R P . U E W, or -), 'udp' or 'icmp', found the end of the line"},
    {"+0 < SX 0:0(0)", "1:7: expected TCP flags (S F R P . U E W, or -), 'udp' or 'icmp', found 'X'"},
    {"+0 < SS 0:0(0)", "1:7: the flag 'S' stands here twice"},
    {"+0 < S- 0:0(0)", "1:7: expected TCP flags (S F R P . U E W, or -), 'udp' or 'icmp', found '-'"},
    {"+0 > SEWA 0:0(0)", "1:9: 'A' among the flags: AccECN is not supported"},
    {"+0 > P.5 0:0(0)", "1:8: '5' among the flags: AccECN is not supported"},
    {"+0 > . 1:1(0) ack 4294967296", "1:19: an acknowledgment number is at most 4294967295, found 4294967296"},
    {"+0 > . 1:1(0) ack 1 win 65536", "1:25: a window is at most 65535, found 65536"},
    {"+0 > . 1:1(0) ack 1 win", "1:24: expected a window, found the end of the script"},
    {"+0 > . 1:1(0) win 1 ack 1", "1:21: expected 'urg', '<' or the end of the line, found 'ack'"},
    {"+0 < 5000>80800 S 0:0(0)", "1:11: a port is at most 65535, found 80800"},
    {"+0 < (ttl 256) . 1:1(0)", "1:11: a ttl is at most 255, found 256"},
    {"+0 < [ect2] . 1:1(0)", "1:7: expected ttl, tos, ect0, ect1, ce or noecn, found 'ect2'"},
    {"+0 < (flowlabel 0x1) . 1:1(0)", "1:7: a flow label is IPv6, which is not supported yet"},
    {"+0 < icmpv6 unreachable", "1:6: IPv6 is not supported yet"},
    {"+0 < ipv6 1::2 > 3::4: . 1:1(0)", "1:6: IPv6 is not supported yet"},
    {"+0 < gre: ipv4", "1:6: gre packets are not supported"},
    {"+0 < sctp: COOKIE_ACK", "1:6: sctp packets are not supported"},
    {"+0 < udp (65508)", "1:11: a UDP payload's length is at most 65507, found 65508"},
    {"+0 < icmp", "1:10: expected an ICMP type, found the end of the script"},
    {"+0 < icmp unreachable frag_needed mtx 3", "1:35: expected 'mtu', '[' or the end of the line, found 'mtx'"},
    {"+0 < icmp unreachable mtu 65536", "1:27: an MTU is at most 65535, found 65536"},
    {"+0 < icmp unreachable mtu 12 [1:2(0)]", "1:33: 1 and 0 octets end at 1, not at 2 (SYN and FIN do not count)"},
};
TEST(PacketScriptMistake, InPacketsIsExplained) { expect_explained(kInPackets); }

constexpr Mistake kInOptions[] = {
    {"+0 < S 0:0(0) <msx 7>",
     "1:16: expected a TCP option (mss, wscale, sackOK, sack, TS, nop, eol, FO, FOEXP or raw), found 'msx'"},
    {"+0 < S 0:0(0) <mss 70000>", "1:20: an mss is at most 65535, found 70000"},
    {"+0 < S 0:0(0) <wscale 256>", "1:23: a window scale is at most 255, found 256"},
    {"+0 < S 0:0(0) <mss 7\n+0 close(3) = 0",
     "1:21: expected '>' or ',' after a TCP option, found the end of the line"},
    {"+0 < S 0:0(0) <..., mss 7>", "1:19: expected '>' after '...' for any options, found ','"},
    {"+0 < S 0:0(0) <TS 1 2>", "1:19: expected 'val' after TS, found '1'"},
    {"+0 < S 0:0(0) <TS val 1>", "1:24: expected 'ecr' after a timestamp's value, found '>'"},
    {"+0 > . 1:1(0) <TS val ... ecr ...>", "1:31: expected a timestamp, found '...'"},
    {"+0 < . 1:1(0) <sack 1>", "1:22: expected ':' between the edges of a SACK block, found '>'"},
    {"+0 < . 1:1(0) <FO abc>", "1:19: expected hexadecimal digits in pairs, found 'abc'"},
    {"+0 < . 1:1(0) <raw>", "1:19: expected hexadecimal digits, found '>'"},
    {"+0 < . 1:1(0) <nop,nop,sack 1:2 3:4 5:6 7:8,TS val 1 ecr 2>",
     "1:45: with this the options take more than 40 octets, all that a header has"},
};
TEST(PacketScriptMistake, InOptionsIsExplained) { expect_explained(kInOptions); }

constexpr Mistake kBetweenEvents[] = {
    {"+0", "1:3: expected a call, '<', '>', a `command` or '%{' after the time, found the end of the script"},
    {"@", "1:1: expected a time, a call, '<', '>', a `command` or '%{', found '@'"},
    {"\xc3\xa9", "1:1: expected a time, a call, '<', '>', a `command` or '%{', found the octet 0xc3"},
    {"+0 `a` close(3)", "1:8: expected the end of the line, found 'close'"},
    {"+0 close(3)\n--mtu=9", "2:1: settings (--name=value) stand before everything else"},
    {"--mtu=\n+0 close(3)", "1:7: expected a value after '--mtu=', found the end of the line"},
    {"+0 close(3)\n`a`\n+0 close(4)", "3:1: expected the end of the script after a command without a time, found '+'"},
    {"\n+0 `ls\n", "2:4: this command has no closing '`'"},
    {"+0 %{ assert }", "1:4: this block has no closing '}%'"},
    {"\n /* open\n", "2:2: this comment has no '*/'"},
    {"\n#ifdef A\n#else\n", "2:1: this #ifdef has no #endif"},
    {"#ifndef A\n+0 close(3)\n", "1:1: this #ifndef has no #endif"},
    {"#else", "1:1: #else without #ifdef"},
    {"#ifdef A\n#endif\n  #endif", "3:3: #endif without #ifdef"},
    {"#ifdef A\n#else\n#else\n#endif", "3:1: a second #else for the #ifdef of line 1"},
    {"#ifdef\n#endif", "1:1: expected a name after #ifdef"},
    {"#elif A", "1:1: #elif is not supported"},
};
TEST(PacketScriptMistake, BetweenEventsIsExplained) { expect_explained(kBetweenEvents); }

TEST(PacketScriptMistake, OnlyTheFirstIsTold) {
  EXPECT_EQ(mistake_line("+0 close(3,)\n+0 \"\n#ifdef A"), "1:12: expected an argument, found ')'");
}

}  // namespace
}  // namespace fourtuple::packet_script
