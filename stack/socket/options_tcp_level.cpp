// IPPROTO_TCP, tcp(7), and IPPROTO_UDP, udp(7).
#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "stack/socket/number_rows.hpp"

namespace fourtuple::sockets {
namespace {

// Linux's bounds, tcp(7).
constexpr int kMaxKeepAliveSeconds = 32767;
constexpr int kMaxCount = 127;
constexpr int kMinSegment = 88;
constexpr int kMaxSegment = 32767;
constexpr int kMinWindowClamp = 1152;

[[nodiscard]] constexpr int seconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}
std::errc set_seconds(Duration& to, int value) {
  if (!is_within(value, 1, kMaxKeepAliveSeconds)) return kInvalid;
  to = std::chrono::seconds(value);
  return kFine;
}
std::errc set_max_segment(Settings& s, int value, Kind) {
  if (value != 0 && !is_within(value, kMinSegment, kMaxSegment)) return kInvalid;
  s.tcp.max_segment = static_cast<std::uint16_t>(value);
  return kFine;
}
std::errc set_window_clamp(Settings& s, int value, Kind) {
  s.tcp.window_clamp = value == 0 ? 0 : static_cast<std::uint32_t>(std::max(value, kMinWindowClamp));
  return kFine;
}
std::errc set_user_timeout(Settings& s, int value, Kind) {
  if (value < 0) return kInvalid;
  s.tcp.user_timeout = std::chrono::milliseconds(value);
  return kFine;
}
int get_user_timeout(const Settings& s) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(s.tcp.user_timeout).count());
}
// Negative: no FIN-WAIT-2 at all for an orphan; Linux shows -1.
std::errc set_linger2(Settings& s, int value, Kind) {
  s.tcp.fin_wait_2_timeout =
      value < 0 ? Duration::zero() : std::chrono::seconds(value == 0 ? 60 : std::min(value, 120));
  return kFine;
}
int get_linger2(const Settings& s) {
  return s.tcp.fin_wait_2_timeout == Duration::zero() ? -1 : seconds(s.tcp.fin_wait_2_timeout);
}
// Linux keeps a number of SYN-ACK retransmissions and shows when the last of them would be: 1, 3, 7, ... seconds.
std::errc set_defer_accept(Settings& s, int value, Kind) {
  constexpr int kMaxRetransmissions = 255;
  constexpr int kMaxTimeout = 120;
  int total = 0;
  for (int count = 0, timeout = 1; total < value && count < kMaxRetransmissions; ++count) {
    total += timeout;
    timeout = std::min(timeout * 2, kMaxTimeout);
  }
  s.defer_accept_seconds = total;
  return kFine;
}
std::errc set_not_sent_low_water(Settings& s, int value, Kind) {
  s.not_sent_low_water = static_cast<std::uint32_t>(value);
  return kFine;
}
// Fast Open is not spoken: sockets that want it are told so, and 0 changes nothing.
std::errc set_fast_open(Settings&, int value, Kind) {
  return value == 0 ? kFine : value < 0 ? kInvalid : std::errc::operation_not_supported;
}
int none(const Settings&) { return 0; }
// Repairing a connection takes the right to forge one.
std::errc refuse_repair(Settings&, int, Kind) { return std::errc::operation_not_permitted; }

constexpr std::array kTcpLevel = {
    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_NODELAY, tcp.no_delay),
    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_CORK, tcp.cork),
    FOURTUPLE_FLAG(IPPROTO_TCP, TCP_QUICKACK, quick_ack),
    FOURTUPLE_NUMBER(IPPROTO_TCP, TCP_KEEPCNT, tcp.keep_alive_count, 1, kMaxCount),
    FOURTUPLE_NUMBER(IPPROTO_TCP, TCP_SYNCNT, tcp.syn_retries, 1, kMaxCount),
    FOURTUPLE_NUMBER(IPPROTO_TCP, TCP_SAVE_SYN, save_syn, 0, 2),
    FOURTUPLE_NUMBER(IPPROTO_TCP, TCP_INQ, tell_unread, 0, 1),
    NumberOption{IPPROTO_TCP, TCP_DEFER_ACCEPT, set_defer_accept,
                 [](const Settings& s) { return s.defer_accept_seconds; }},
    NumberOption{IPPROTO_TCP, TCP_NOTSENT_LOWAT, set_not_sent_low_water,
                 [](const Settings& s) { return static_cast<int>(s.not_sent_low_water); }},
    NumberOption{IPPROTO_TCP, TCP_KEEPIDLE,
                 [](Settings& s, int value, Kind) { return set_seconds(s.tcp.keep_alive_idle, value); },
                 [](const Settings& s) { return seconds(s.tcp.keep_alive_idle); }},
    NumberOption{IPPROTO_TCP, TCP_KEEPINTVL,
                 [](Settings& s, int value, Kind) { return set_seconds(s.tcp.keep_alive_interval, value); },
                 [](const Settings& s) { return seconds(s.tcp.keep_alive_interval); }},
    NumberOption{IPPROTO_TCP, TCP_MAXSEG, set_max_segment,
                 [](const Settings& s) { return s.tcp.max_segment == 0 ? 536 : int{s.tcp.max_segment}; }},
    NumberOption{IPPROTO_TCP, TCP_WINDOW_CLAMP, set_window_clamp,
                 [](const Settings& s) { return static_cast<int>(s.tcp.window_clamp); }},
    NumberOption{IPPROTO_TCP, TCP_USER_TIMEOUT, set_user_timeout, get_user_timeout},
    NumberOption{IPPROTO_TCP, TCP_LINGER2, set_linger2, get_linger2},
    NumberOption{IPPROTO_TCP, TCP_FASTOPEN, set_fast_open, none},
    NumberOption{IPPROTO_TCP, TCP_FASTOPEN_CONNECT, set_fast_open, none},
    NumberOption{IPPROTO_TCP, TCP_REPAIR, refuse_repair, none},
    NumberOption{IPPROTO_TCP, TCP_REPAIR_QUEUE, refuse_repair, nullptr},
    NumberOption{IPPROTO_TCP, TCP_QUEUE_SEQ, refuse_repair, nullptr},
    NumberOption{IPPROTO_TCP, TCP_REPAIR_OPTIONS, refuse_repair, nullptr},
    NumberOption{IPPROTO_TCP, TCP_REPAIR_WINDOW, refuse_repair, nullptr},
    NumberOption{IPPROTO_TCP, TCP_TIMESTAMP, refuse_repair, none},  // read by StreamSocket

    FOURTUPLE_FLAG(IPPROTO_UDP, UDP_CORK, udp_cork),
    FOURTUPLE_NUMBER(IPPROTO_UDP, UDP_SEGMENT, udp_segment, 0, 65535),
};

}  // namespace

std::span<const NumberOption> tcp_level_options() { return kTcpLevel; }

}  // namespace fourtuple::sockets
