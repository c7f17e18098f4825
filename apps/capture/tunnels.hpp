// Network packets inside others. What runs in a tunnel is shown, and refused: nobody here knows the tunnel's own doing.
#pragma once

#include "apps/capture/datagram.hpp"

namespace fourtuple::capture {

// The datagram that another holds; one without contents where the tunnel hides it (ESP) or was cut; nothing where
// `datagram` is no tunnel's. IPv4 or IPv6, from its header on.
[[nodiscard]] std::optional<FoundDatagram> find_in_tunnel(ByteView datagram);
// Behind a stack of MPLS labels (RFC 3032).
[[nodiscard]] FoundDatagram find_in_mpls(ByteView bytes);

}  // namespace fourtuple::capture
