#include <algorithm>
#include <array>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "stack/socket/options.hpp"

// Newer than the headers of Debian 12.
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif

namespace fourtuple::sockets {
namespace {

constexpr int kMinInt = std::numeric_limits<int>::min();
constexpr int kMaxInt = std::numeric_limits<int>::max();
constexpr std::errc kUnknown = std::errc::no_protocol_option;
constexpr std::errc kUnsupported = std::errc::operation_not_supported;

[[nodiscard]] constexpr RememberedOption flag(int level, int name, int kinds = kAll, std::errc for_others = kUnknown) {
  return {level, name, kMinInt, kMaxInt, true, 0, kinds, for_others};
}

constexpr std::array kRemembered = {
    flag(SOL_SOCKET, SO_DEBUG),
    RememberedOption{SOL_SOCKET, SO_MARK, kMinInt, kMaxInt},  // no firewall here to look at it
    RememberedOption{SOL_SOCKET, SO_INCOMING_CPU, kMinInt, kMaxInt, false, -1},
    RememberedOption{SOL_SOCKET, SO_BUSY_POLL, 0, kMaxInt},  // the pump polls as it sees fit
    flag(SOL_SOCKET, SO_PREFER_BUSY_POLL),
    flag(SOL_SOCKET, SO_WIFI_STATUS),
    flag(SOL_SOCKET, SO_NOFCS),
    flag(SOL_SOCKET, SO_LOCK_FILTER),  // there are no filters
    RememberedOption{SOL_SOCKET, SO_TXREHASH, -1, 1, false, 1, kStream, kUnsupported},
    flag(SOL_SOCKET, SO_RCVMARK),
    flag(SOL_SOCKET, SO_RCVPRIORITY),
    RememberedOption{SOL_SOCKET, SO_BUF_LOCK, 0, 3},
    RememberedOption{IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, 1},
    RememberedOption{IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 1},
    flag(IPPROTO_IP, IP_NODEFRAG, kRaw),  // what is for us is always reassembled
    flag(IPPROTO_IP, IP_CHECKSUM),
    flag(IPPROTO_IP, IP_RECVFRAGSIZE, kDatagram | kRaw, std::errc::invalid_argument),
    RememberedOption{IPPROTO_IP, IP_RECVERR_RFC4884, 0, 1},
    flag(IPPROTO_IP, IP_PASSSEC),
    flag(IPPROTO_IP, IP_ROUTER_ALERT, kRaw, std::errc::invalid_argument),  // nothing passes through here
    flag(IPPROTO_UDP, UDP_GRO),                                            // each datagram comes by itself
    flag(IPPROTO_UDP, UDP_NO_CHECK6_TX),                                   // of IPv6
    flag(IPPROTO_UDP, UDP_NO_CHECK6_RX),
};
static_assert(kRemembered.size() <= Settings::kMaxRemembered);

}  // namespace

int find_remembered_option(int level, int name) {
  const auto* const found = std::find_if(kRemembered.begin(), kRemembered.end(), [&](const RememberedOption& option) {
    return option.level == level && option.name == name;
  });
  return found == kRemembered.end() ? -1 : static_cast<int>(found - kRemembered.begin());
}

const RememberedOption& remembered_option(int row) { return kRemembered[static_cast<std::size_t>(row)]; }

}  // namespace fourtuple::sockets
