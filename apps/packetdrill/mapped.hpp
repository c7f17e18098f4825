// IPv4 behind IPv6 sockets, as --ip_version=ipv4-mapped-ipv6 has it: ::ffff:192.0.2.1 is 192.0.2.1, and :: is 0.0.0.0
// [RFC4291 2.5.5.2].
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

namespace fourtuple::packetdrill {

// A name as our sockets want it. What is no mapped name stays what it was, for them to judge.
class PlainName {
 public:
  PlainName(const sockaddr* address, socklen_t length);
  PlainName(const PlainName&) = delete;
  PlainName& operator=(const PlainName&) = delete;

  [[nodiscard]] const sockaddr* get() const { return address_; }
  [[nodiscard]] socklen_t length() const { return length_; }
  // The address, where it is one of IPv4.
  [[nodiscard]] const sockaddr_in* v4() const;

 private:
  sockaddr_in plain_{};
  const sockaddr* address_;
  socklen_t length_;
};

// Writes a peer's name for a socket of IPv6; cut to `*length`, which becomes the full length.
void write_mapped(const sockaddr_in& name, sockaddr* address, socklen_t* length);

}  // namespace fourtuple::packetdrill
