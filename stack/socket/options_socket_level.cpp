// SOL_SOCKET, socket(7).
#include <algorithm>
#include <array>
#include <limits>

#include "stack/socket/number_rows.hpp"

namespace fourtuple::sockets {
namespace {

constexpr int kMaxInt = std::numeric_limits<int>::max();
constexpr int kMinInt = std::numeric_limits<int>::min();
// Half of what Linux shows for what is smaller.
constexpr std::size_t kMinReceiveBuffer = 1152;
constexpr std::size_t kMinSendBuffer = 2304;

// A negative size is read as a huge one, as Linux does; the engine cuts it to its limit.
void set_buffer(std::size_t& to, int value, std::size_t least) {
  to = std::max(value < 0 ? std::size_t{kMaxInt} / 2 : static_cast<std::size_t>(value), least);
}
std::errc set_receive_buffer(Settings& s, int value, Kind) {
  set_buffer(s.tcp.receive_buffer_bytes, value, kMinReceiveBuffer);
  return kFine;
}
std::errc set_send_buffer(Settings& s, int value, Kind) {
  set_buffer(s.tcp.send_buffer_bytes, value, kMinSendBuffer);
  return kFine;
}
// Linux doubles what is set, to account for its own overhead, and shows the doubled number.
[[nodiscard]] int doubled(std::size_t bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes * 2, std::size_t{kMaxInt}));
}
std::errc set_receive_low_water(Settings& s, int value, Kind) {
  s.receive_low_water = value < 0 ? kMaxInt : std::max(value, 1);
  return kFine;
}
std::errc set_timestamp(Settings& s, int value, Kind) {
  s.timestamp = value != 0;
  s.timestamp_ns = false;
  return kFine;
}
std::errc set_timestamp_ns(Settings& s, int value, Kind) {
  s.timestamp_ns = value != 0;
  s.timestamp = false;
  return kFine;
}
int get_timestamp(const Settings& s) { return s.timestamp ? 1 : 0; }
int get_timestamp_ns(const Settings& s) { return s.timestamp_ns ? 1 : 0; }

constexpr std::array kSocketLevel = {
    FOURTUPLE_FLAG(SOL_SOCKET, SO_REUSEADDR, reuse_address),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_REUSEPORT, reuse_port),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_KEEPALIVE, tcp.keep_alive),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_BROADCAST, broadcast),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_OOBINLINE, tcp.urgent_inline),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_DONTROUTE, dont_route),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_NO_CHECK, no_checksum),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_RXQ_OVFL, count_losses),
    FOURTUPLE_FLAG(SOL_SOCKET, SO_SELECT_ERR_QUEUE, select_error_queue),
    FOURTUPLE_NUMBER(SOL_SOCKET, SO_PRIORITY, priority, kMinInt, kMaxInt),
    FOURTUPLE_NUMBER(SOL_SOCKET, SO_PEEK_OFF, peek_offset, kMinInt, kMaxInt, kStream | kDatagram,
                     std::errc::operation_not_supported),
    NumberOption{SOL_SOCKET, SO_TIMESTAMP, set_timestamp, get_timestamp},
    NumberOption{SOL_SOCKET, SO_TIMESTAMPNS, set_timestamp_ns, get_timestamp_ns},
    NumberOption{SOL_SOCKET, SO_RCVLOWAT, set_receive_low_water, [](const Settings& s) { return s.receive_low_water; }},
    NumberOption{SOL_SOCKET, SO_SNDLOWAT, nullptr, [](const Settings&) { return 1; }},
    NumberOption{SOL_SOCKET, SO_RCVBUF, set_receive_buffer,
                 [](const Settings& s) { return doubled(s.tcp.receive_buffer_bytes); }},
    NumberOption{SOL_SOCKET, SO_SNDBUF, set_send_buffer,
                 [](const Settings& s) { return doubled(s.tcp.send_buffer_bytes); }},
    NumberOption{SOL_SOCKET, SO_RCVBUFFORCE, set_receive_buffer, nullptr},
    NumberOption{SOL_SOCKET, SO_SNDBUFFORCE, set_send_buffer, nullptr},
};

}  // namespace

std::span<const NumberOption> socket_level_options() { return kSocketLevel; }

}  // namespace fourtuple::sockets
