// A packet that arrives (`<`) or is expected (`>`): what the IP header says, then TCP, UDP or ICMP.
#pragma once

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

// From the '<' or '>' on.
[[nodiscard]] Packet read_packet(Cursor& in);

// seq:end(length), checked to agree.
[[nodiscard]] SequenceRange read_range(Cursor& in);

// Flags, sequence numbers, ack, win, urg and options.
[[nodiscard]] TcpPacket read_tcp(Cursor& in);

// The options' list, from its '<' on.
void read_tcp_options(Cursor& in, TcpPacket& packet);
// Whether a '<' that stands here begins a list of options: one on a line of its own may begin a packet that arrives.
[[nodiscard]] bool at_tcp_options(const Cursor& in);

// (length), the word udp being read.
[[nodiscard]] UdpPacket read_udp(Cursor& in);

// icmp TYPE [CODE] [mtu N] [quotation], the word icmp being read.
[[nodiscard]] IcmpPacket read_icmp(Cursor& in);

}  // namespace fourtuple::packet_script
