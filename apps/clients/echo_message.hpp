// ICMP echo messages as ping makes and reads them (RFC 792).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

struct EchoReply {
  Ipv4Address from;
  std::uint16_t sequence = 0;
  std::uint8_t ttl = 0;
  std::size_t message_bytes = 0;  // ICMP header and data
  bool is_intact = false;         // the data is what echo_request() filled in
};

[[nodiscard]] std::vector<std::uint8_t> echo_request(std::uint16_t id, std::uint16_t sequence,
                                                     std::size_t payload_bytes);
// `packet` begins with the IPv4 header, as raw sockets deliver it. Nothing for what is no reply to `id`.
[[nodiscard]] std::optional<EchoReply> parse_echo_reply(ByteView packet, std::uint16_t id);

}  // namespace fourtuple::apps
