#include "apps/packetdrill/mapped.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace fourtuple::packetdrill {
namespace {

constexpr std::size_t kPrefix = 12;  // octets in front of the IPv4 address

}  // namespace

PlainName::PlainName(const sockaddr* address, socklen_t length) : address_(address), length_(length) {
  if (address == nullptr || length < sizeof(sockaddr_in)) return;
  if (address->sa_family == AF_INET) {
    std::memcpy(&plain_, address, sizeof plain_);
  } else if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 name{};
    std::memcpy(&name, address, sizeof name);
    const bool is_any = IN6_IS_ADDR_UNSPECIFIED(&name.sin6_addr);
    if (!is_any && !IN6_IS_ADDR_V4MAPPED(&name.sin6_addr)) return;
    plain_.sin_family = AF_INET;
    plain_.sin_port = name.sin6_port;
    std::memcpy(&plain_.sin_addr, name.sin6_addr.s6_addr + kPrefix, sizeof plain_.sin_addr);
    address_ = reinterpret_cast<const sockaddr*>(&plain_);
    length_ = sizeof plain_;
  }
}

const sockaddr_in* PlainName::v4() const { return plain_.sin_family == AF_INET ? &plain_ : nullptr; }

void write_mapped(const sockaddr_in& name, sockaddr* address, socklen_t* length) {
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = name.sin_port;
  std::fill_n(mapped.sin6_addr.s6_addr + kPrefix - 2, 2, std::uint8_t{0xff});
  std::memcpy(mapped.sin6_addr.s6_addr + kPrefix, &name.sin_addr, sizeof name.sin_addr);
  std::memcpy(address, &mapped, std::min<std::size_t>(*length, sizeof mapped));
  *length = sizeof mapped;
}

}  // namespace fourtuple::packetdrill
