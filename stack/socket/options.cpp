#include "stack/socket/options.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace fourtuple::sockets {
namespace {

constexpr std::errc kFine{};
constexpr std::errc kInvalid = std::errc::invalid_argument;

// Linux's bounds, tcp(7).
constexpr int kMaxKeepAliveSeconds = 32767;
constexpr int kMaxCount = 127;
constexpr int kMinSegment = 88;
constexpr int kMaxSegment = 32767;
constexpr int kMinWindowClamp = 1152;

[[nodiscard]] constexpr int seconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}
[[nodiscard]] constexpr bool is_within(int value, int low, int high) { return value >= low && value <= high; }

std::errc set_seconds(Duration& to, int value) {
  if (!is_within(value, 1, kMaxKeepAliveSeconds)) return kInvalid;
  to = std::chrono::seconds(value);
  return kFine;
}
std::errc set_count(std::uint32_t& to, int value) {
  if (!is_within(value, 1, kMaxCount)) return kInvalid;
  to = static_cast<std::uint32_t>(value);
  return kFine;
}
// A negative size is read as a huge one, as Linux does; the engine cuts it to its limit.
std::errc set_size(std::size_t& to, int value) {
  to = value < 0 ? static_cast<std::size_t>(std::numeric_limits<int>::max()) / 2 : static_cast<std::size_t>(value);
  to = std::max<std::size_t>(to, 1);  // 0 would mean the default
  return kFine;
}
// Linux doubles what is set, to account for its own overhead, and shows the doubled number.
[[nodiscard]] int doubled(std::size_t bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes * 2, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

#define FOURTUPLE_FLAG(level, name, member)                          \
  NumberOption {                                                     \
    level, name,                                                     \
        [](Settings& s, int value) {                                 \
          s.member = value != 0;                                     \
          return kFine;                                              \
        },                                                           \
        [](const Settings& s) { return static_cast<int>(s.member); } \
  }
#define FOURTUPLE_REMEMBERED(level, name, member)                    \
  NumberOption {                                                     \
    level, name,                                                     \
        [](Settings& s, int value) {                                 \
          s.member = value;                                          \
          return kFine;                                              \
        },                                                           \
        [](const Settings& s) { return static_cast<int>(s.member); } \
  }

std::errc set_ttl(Settings& s, int value) {
  if (value == -1) value = 64;
  if (!is_within(value, 1, 255)) return kInvalid;
  s.tcp.ttl = static_cast<std::uint8_t>(value);
  return kFine;
}
std::errc set_tos(Settings& s, int value) {
  s.tcp.tos = static_cast<std::uint8_t>(value & 0xfc);  // the ECN bits are not the program's
  return kFine;
}
std::errc set_multicast_ttl(Settings& s, int value) {
  if (value == -1) value = 1;
  if (!is_within(value, 0, 255)) return kInvalid;
  s.multicast_ttl = static_cast<std::uint8_t>(value);
  return kFine;
}
std::errc set_mtu_discover(Settings& s, int value) {
  if (!is_within(value, IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT)) return kInvalid;
  s.mtu_discover = value;
  s.tcp.path_mtu_discovery = is_within(value, IP_PMTUDISC_WANT, IP_PMTUDISC_PROBE);
  return kFine;
}
std::errc set_max_segment(Settings& s, int value) {
  if (value != 0 && !is_within(value, kMinSegment, kMaxSegment)) return kInvalid;
  s.tcp.max_segment = static_cast<std::uint16_t>(value);
  return kFine;
}
std::errc set_window_clamp(Settings& s, int value) {
  if (value < 0) return kInvalid;
  s.tcp.window_clamp = value == 0 ? 0 : static_cast<std::uint32_t>(std::max(value, kMinWindowClamp));
  return kFine;
}
std::errc set_user_timeout(Settings& s, int value) {
  if (value < 0) return kInvalid;
  s.tcp.user_timeout = std::chrono::milliseconds(value);
  return kFine;
}
// Negative: no FIN-WAIT-2 at all for an orphan; Linux shows -1.
std::errc set_linger2(Settings& s, int value) {
  s.tcp.fin_wait_2_timeout =
      value < 0 ? Duration::zero() : std::chrono::seconds(value == 0 ? 60 : std::min(value, 120));
  return kFine;
}
std::errc set_receive_low_water(Settings& s, int value) {
  s.receive_low_water = value < 0 ? std::numeric_limits<int>::max() : std::max(value, 1);
  return kFine;
}
std::errc set_priority(Settings& s, int value) {
  if (!is_within(value, 0, 6)) return std::errc::operation_not_permitted;
  s.priority = value;
  return kFine;
}

constexpr std::array kOptions = {
    FOURTUPLE_FLAG(SOL_SOCKET, SO_REUSEADDR, reuse_address),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_REUSEPORT, reuse_port),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_KEEPALIVE, tcp.keep_alive),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_BROADCAST, broadcast),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_OOBINLINE, tcp.urgent_inline),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_DONTROUTE, dont_route),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_DEBUG, debug),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_TIMESTAMP, timestamp),
    FOURTUPLE_REMEMBERED(SOL_SOCKET, SO_MARK, mark),
    NumberOption{SOL_SOCKET, SO_PRIORITY, set_priority, [](const Settings& s) { return s.priority; }},
    NumberOption{SOL_SOCKET, SO_RCVLOWAT, set_receive_low_water, [](const Settings& s) { return s.receive_low_water; }},
    NumberOption{SOL_SOCKET, SO_SNDLOWAT, nullptr, [](const Settings&) { return 1; }},
    NumberOption{SOL_SOCKET, SO_RCVBUF,
                 [](Settings& s, int value) { return set_size(s.tcp.receive_buffer_bytes, value); },
                 [](const Settings& s) { return doubled(s.tcp.receive_buffer_bytes); }},
    NumberOption{SOL_SOCKET, SO_SNDBUF, [](Settings& s, int value) { return set_size(s.tcp.send_buffer_bytes, value); },
                 [](const Settings& s) { return doubled(s.tcp.send_buffer_bytes); }},

    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_NODELAY, tcp.no_delay),
    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_CORK, tcp.cork),
    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_QUICKACK, quick_ack),
    FOURTUPLE_REMEMBERED(IPPROTO_TCP, TCP_DEFER_ACCEPT, defer_accept_seconds),
    NumberOption{IPPROTO_TCP, TCP_NOTSENT_LOWAT,
                 [](Settings& s, int value) {
                   s.not_sent_low_water = static_cast<std::uint32_t>(value);
                   return kFine;
                 },
                 [](const Settings& s) { return static_cast<int>(s.not_sent_low_water); }},
    NumberOption{IPPROTO_TCP, TCP_KEEPIDLE,
                 [](Settings& s, int value) { return set_seconds(s.tcp.keep_alive_idle, value); },
                 [](const Settings& s) { return seconds(s.tcp.keep_alive_idle); }},
    NumberOption{IPPROTO_TCP, TCP_KEEPINTVL,
                 [](Settings& s, int value) { return set_seconds(s.tcp.keep_alive_interval, value); },
                 [](const Settings& s) { return seconds(s.tcp.keep_alive_interval); }},
    NumberOption{IPPROTO_TCP, TCP_KEEPCNT,
                 [](Settings& s, int value) { return set_count(s.tcp.keep_alive_count, value); },
                 [](const Settings& s) { return static_cast<int>(s.tcp.keep_alive_count); }},
    NumberOption{IPPROTO_TCP, TCP_SYNCNT, [](Settings& s, int value) { return set_count(s.tcp.syn_retries, value); },
                 [](const Settings& s) { return static_cast<int>(s.tcp.syn_retries); }},
    NumberOption{IPPROTO_TCP, TCP_MAXSEG, set_max_segment,
                 [](const Settings& s) { return s.tcp.max_segment == 0 ? 536 : int{s.tcp.max_segment}; }},
    NumberOption{IPPROTO_TCP, TCP_WINDOW_CLAMP, set_window_clamp,
                 [](const Settings& s) { return static_cast<int>(s.tcp.window_clamp); }},
    NumberOption{IPPROTO_TCP, TCP_USER_TIMEOUT, set_user_timeout,
                 [](const Settings& s) {
                   return static_cast<int>(
                       std::chrono::duration_cast<std::chrono::milliseconds>(s.tcp.user_timeout).count());
                 }},
    NumberOption{IPPROTO_TCP, TCP_LINGER2, set_linger2,
                 [](const Settings& s) {
                   return s.tcp.fin_wait_2_timeout == Duration::zero() ? -1 : seconds(s.tcp.fin_wait_2_timeout);
                 }},

    NumberOption{IPPROTO_IP, IP_TTL, set_ttl, [](const Settings& s) { return int{s.tcp.ttl}; }},
    NumberOption{IPPROTO_IP, IP_TOS, set_tos, [](const Settings& s) { return int{s.tcp.tos}; }},
    NumberOption{IPPROTO_IP, IP_MTU_DISCOVER, set_mtu_discover, [](const Settings& s) { return s.mtu_discover; }},
    NumberOption{IPPROTO_IP, IP_MULTICAST_TTL, set_multicast_ttl,
                 [](const Settings& s) { return int{s.multicast_ttl}; }},
    FOURTUPLE_FLAG(IPPROTO_IP, IP_MULTICAST_LOOP, multicast_loop),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVTTL, recv_ttl),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVTOS, recv_tos),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_PKTINFO, packet_info),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_HDRINCL, header_included),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, bind_address_no_port),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVERR, receive_errors),
};
#undef FOURTUPLE_FLAG
#undef FOURTUPLE_REMEMBERED

}  // namespace

const NumberOption* find_number_option(int level, int name) {
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(), [&](const NumberOption& option) {
    return option.level == level && option.name == name;
  });
  return found == kOptions.end() ? nullptr : found;
}

Result<int> read_number(int level, std::span<const std::byte> value) {
  int number = 0;
  if (value.size() >= sizeof number) {
    std::memcpy(&number, value.data(), sizeof number);
    return number;
  }
  if (level == IPPROTO_IP && !value.empty()) return std::to_integer<int>(value[0]);
  return failure(kInvalid);
}

void write_number(int level, int number, std::span<std::byte> value, std::size_t& size) {
  if (level == IPPROTO_IP && !value.empty() && value.size() < sizeof number && is_within(number, 0, 255)) {
    value[0] = static_cast<std::byte>(number);
    size = 1;
    return;
  }
  write_octets(std::as_bytes(std::span(&number, 1)), value, size);
}

void write_octets(std::span<const std::byte> object, std::span<std::byte> value, std::size_t& size) {
  size = std::min(object.size(), value.size());
  if (size != 0) std::memcpy(value.data(), object.data(), size);
}

}  // namespace fourtuple::sockets
