// Between the kernel's sockaddr_in and our Endpoint.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::sockets {

[[nodiscard]] inline sockaddr_in to_sockaddr(const Endpoint& endpoint) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(endpoint.port);
  name.sin_addr.s_addr = htonl(endpoint.address.v4().value);
  return name;
}

// address_family_not_supported where it is not IPv4.
[[nodiscard]] inline Result<Endpoint> to_endpoint(const sockaddr_in& name) {
  if (name.sin_family != AF_INET) return failure(std::errc::address_family_not_supported);
  return Endpoint{Ipv4Address{ntohl(name.sin_addr.s_addr)}, ntohs(name.sin_port)};
}

}  // namespace fourtuple::sockets
