// Our addresses and the groups we are in: what decides whether a packet is for us.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/wire/address.hpp"

namespace fourtuple::ip {

// The interface number of packets that never leave this host.
inline constexpr std::size_t kLoopbackInterface = static_cast<std::size_t>(-1);

class LocalAddresses {
 public:
  struct Assigned {
    std::size_t interface_index = 0;
    Ipv4Prefix prefix;
  };

  void add(std::size_t interface_index, Ipv4Prefix prefix);

  // An address of any interface of ours, or 127.0.0.0/8. We are a weak end system (RFC 1122 3.3.4.2), as Linux is:
  // an address is ours whichever interface it came by.
  [[nodiscard]] bool is_ours(Ipv4Address address) const;
  [[nodiscard]] bool is_assigned(std::size_t interface_index, Ipv4Address address) const;
  // Limited broadcast, or the directed broadcast of a network of ours.
  [[nodiscard]] bool is_broadcast(Ipv4Address address) const;
  // A unicast address on a network of this interface, so somebody who can be a neighbour.
  [[nodiscard]] bool is_on_link(std::size_t interface_index, Ipv4Address address) const;
  // The address to speak with on an interface: one on the network of `towards` if there is one, else the first.
  // 0.0.0.0 where the interface has none.
  [[nodiscard]] Ipv4Address source_for(std::size_t interface_index, Ipv4Address towards) const;
  [[nodiscard]] const std::vector<Assigned>& all() const { return assigned_; }

 private:
  std::vector<Assigned> assigned_;
};

}  // namespace fourtuple::ip
