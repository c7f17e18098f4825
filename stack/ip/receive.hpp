// The first look at an IPv4 packet: is it sound, can its sender exist, and is it for us (RFC 1122 3.2.1).
#pragma once

#include <functional>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/result.hpp"
#include "stack/ip/local_addresses.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::ip {

enum class Destination : std::uint8_t { kUnicast, kBroadcast, kMulticast };

// How a packet reached us.
struct Way {
  std::size_t interface_index = 0;
  bool is_link_unicast = true;     // the frame was addressed to this station alone
  bool is_from_ourselves = false;  // looped back: our own addresses are valid sources
};

struct Arrival {
  wire::Ipv4Header header;
  Destination destination = Destination::kUnicast;
  Way way;
};

using IsGroupMember = std::function<bool(std::size_t interface_index, Ipv4Address group)>;

// Reasons: those of Ipv4Header::parse, kIpBadOption, kIpBadSource, kIpNotForUs, kIpLinkBroadcast.
[[nodiscard]] Result<Arrival, DropReason> accept_packet(ByteView packet, const Way& way, const LocalAddresses& local,
                                                        const IsGroupMember& is_member, bool verify_checksum = true,
                                                        bool accept_source_routes = false);

// Walks options by their lengths. Source routes are refused unless they are wanted and have ended here: we are no
// router. Everything else is skipped. [RFC1122 3.2.1.8]
[[nodiscard]] bool options_are_acceptable(ByteView options, bool accept_source_routes);

}  // namespace fourtuple::ip
