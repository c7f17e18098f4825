// From a packet in a script to the octets of an IP datagram.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "apps/drill/flows.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::drill {

using packet_script::IcmpPacket;
using packet_script::Packet;
using packet_script::Position;
using packet_script::TcpPacket;
using packet_script::UdpPacket;

// The IP protocol that a packet is of.
[[nodiscard]] std::uint8_t protocol_of(const Packet& packet);

// A packet from the far end, with correct checksums. For an ICMP message `flow` is the conversation that it is about.
// Throws ScriptFailure where no such packet can be built.
[[nodiscard]] std::vector<std::uint8_t> build(const Packet& packet, const Flow& flow, Position position);

// The numbers behind "unreachable" and "frag_needed", or behind digits; nothing where the name is not known.
[[nodiscard]] std::optional<std::uint8_t> icmp_type(std::string_view name);
[[nodiscard]] std::optional<std::uint8_t> icmp_code(std::uint8_t type, std::string_view name);

}  // namespace fourtuple::drill
