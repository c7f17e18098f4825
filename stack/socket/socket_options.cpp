// getsockopt() and setsockopt() that every kind of socket answers alike.
#include <algorithm>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string>
#include <sys/time.h>

#include "stack/socket/interface_requests.hpp"
#include "stack/socket/options.hpp"
#include "stack/socket/sockaddr.hpp"
#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {
namespace {

[[nodiscard]] timeval to_timeval(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(duration - whole);
  return {.tv_sec = whole.count(), .tv_usec = rest.count()};
}

Result<void> set_timeout(Duration& to, std::span<const std::byte> value) {
  const auto time = read_object<timeval>(value);
  if (!time) return failure(time.error());
  if (time->tv_usec < 0 || time->tv_usec >= 1000000) return failure(std::errc::argument_out_of_domain);
  // Linux reads negative seconds as "do not wait".
  to = time->tv_sec < 0 ? Duration(1) : std::chrono::seconds(std::min<long>(time->tv_sec, 1L << 32));
  to += std::chrono::microseconds(time->tv_usec);
  return {};
}

Result<void> set_linger(Settings& settings, std::span<const std::byte> value) {
  const auto wanted = read_object<linger>(value);
  if (!wanted) return failure(wanted.error());
  settings.linger = wanted->l_onoff != 0;
  // Off leaves the time alone.
  if (settings.linger) settings.linger_seconds = std::max(wanted->l_linger, 0);
  return {};
}

[[nodiscard]] std::string text_of(std::span<const std::byte> value) {
  std::string text;
  for (const std::byte octet : value) {
    if (octet == std::byte{0}) break;
    text.push_back(static_cast<char>(octet));
  }
  return text;
}

// By its name (SO_BINDTODEVICE), or by its number (SO_BINDTOIFINDEX); an empty name or 0 sets free.
Result<void> bind_to_device(Settings& settings, int name, std::span<const std::byte> value, const Stack& stack) {
  if (name == SO_BINDTOIFINDEX) {
    const auto number = read_object<int>(value);
    if (!number || *number < 0) return failure(std::errc::invalid_argument);
    if (*number != 0 && !interface_of_number(*number, stack)) return failure(std::errc::no_such_device);
    settings.bound_interface = *number;
    return {};
  }
  const std::string wanted = text_of(value);
  const auto index = interface_of_name(wanted, stack);
  if (!wanted.empty() && !index) return failure(std::errc::no_such_device);
  settings.bound_interface = wanted.empty() ? 0 : number_of_interface(*index);
  return {};
}

// Stamps of what was received, made by software; devices and what is sent have none.
Result<void> set_timestamping(Settings& settings, std::span<const std::byte> value) {
  constexpr int kKnown = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  const auto flags = read_object<int>(value);
  if (!flags || (*flags & ~kKnown) != 0) return failure(std::errc::invalid_argument);
  settings.timestamping = *flags;
  return {};
}

// Octets a second, in eight octets or in four; all ones: no limit, and none is what 0 means to the kernel, too.
Result<void> set_pacing_rate(Settings& settings, std::span<const std::byte> value) {
  constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};
  if (const auto wide = read_object<std::uint64_t>(value)) {
    settings.max_pacing_rate = *wide;
  } else {
    const auto narrow = read_object<std::uint32_t>(value);
    if (!narrow) return failure(narrow.error());
    settings.max_pacing_rate = *narrow == ~std::uint32_t{0} ? kUnlimited : *narrow;
  }
  settings.tcp.max_pacing_rate = settings.max_pacing_rate == kUnlimited ? 0 : settings.max_pacing_rate;
  return {};
}

// Where there is room for four octets only, as much as they can say.
void write_pacing_rate(std::uint64_t rate, std::span<std::byte> value, std::size_t& size) {
  if (value.size() >= sizeof rate) return write_object(rate, value, size);
  write_object(static_cast<std::uint32_t>(std::min<std::uint64_t>(rate, ~std::uint32_t{0})), value, size);
}

[[nodiscard]] bool is_known_level(int level, int type) {
  return level == SOL_SOCKET || level == IPPROTO_IP || (level == IPPROTO_TCP && type == SOCK_STREAM) ||
         (level == IPPROTO_UDP && type == SOCK_DGRAM) || (level == SOL_RAW && type == SOCK_RAW);
}

// At SOL_SOCKET other kinds may not read an option either; below they read what nobody can have set.
[[nodiscard]] bool is_readable_by(int level, int kinds, Kind kind) {
  return level != SOL_SOCKET || (kinds & kind) != 0;
}

struct Credentials {
  std::int32_t process = 0;
  std::int32_t user = -1;
  std::int32_t group = -1;
};

}  // namespace

Result<void> Socket::set_remembered(int row, std::span<const std::byte> value) {
  const RememberedOption& option = remembered_option(row);
  if ((option.kinds & kind_of(type())) == 0) return failure(option.for_others);
  const auto number = read_number(option.level, value);
  if (!number) return failure(number.error());
  if (*number < option.low || *number > option.high) return failure(std::errc::invalid_argument);
  const int stored = option.is_flag ? (*number != 0 ? 1 : 0) : *number;
  settings_.remembered[static_cast<std::size_t>(row)] = stored - option.initially;
  return {};
}

Result<void> Socket::set_option(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (!is_known_level(level, type())) return failure(std::errc::no_protocol_option);
  if (value.data() == nullptr && !value.empty()) return failure(std::errc::bad_address);
  if (const int row = find_remembered_option(level, name); row >= 0) return set_remembered(row, value);
  const NumberOption* const option = find_number_option(level, name);
  if (option == nullptr) return set_object(level, name, value, turn);
  if (level == SOL_SOCKET && value.size() < sizeof(int)) return failure(std::errc::invalid_argument);
  if (option->set == nullptr) return failure(std::errc::no_protocol_option);
  if ((option->kinds & kind_of(type())) == 0) return failure(option->for_others);
  if (option->needs_value && value.empty()) return failure(std::errc::invalid_argument);
  const auto number = read_number(level, value);
  if (!number) return failure(number.error());
  const std::errc error = option->set(settings_, *number, kind_of(type()));
  if (error != std::errc{}) return failure(error);
  const auto special = set_special(level, name, value, turn);
  if (!special && special.error() != std::errc::no_protocol_option) return special;
  return apply_settings(turn);
}

Result<void> Socket::set_object(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (level != SOL_SOCKET) return set_special(level, name, value, turn);
  // Every option of this level is an int at least, but for one name.
  if (name != SO_BINDTODEVICE && value.size() < sizeof(int)) return failure(std::errc::invalid_argument);
  switch (name) {
    case SO_RCVTIMEO:
    case SO_RCVTIMEO_NEW:
      return set_timeout(settings_.receive_timeout, value);
    case SO_SNDTIMEO:
    case SO_SNDTIMEO_NEW:
      return set_timeout(settings_.send_timeout, value);
    case SO_LINGER:
      return set_linger(settings_, value);
    case SO_BINDTODEVICE:
    case SO_BINDTOIFINDEX:
      return bind_to_device(settings_, name, value, turn.stack()).and_then([&] { return apply_settings(turn); });
    case SO_TIMESTAMPING:
      return set_timestamping(settings_, value);
    case SO_MAX_PACING_RATE:
      return set_pacing_rate(settings_, value).and_then([&] { return apply_settings(turn); });
    case SO_BSDCOMPAT:
      return {};
    case SO_DETACH_FILTER:
      return failure(std::errc::no_such_file_or_directory);  // none was attached: that is refused
    case SO_ZEROCOPY:                                        // MSG_ZEROCOPY would promise notices that never come
      if (read_number(level, value).value_or(1) == 0) return {};
      return failure(std::errc::operation_not_supported);
    case SO_PASSCRED:
    case SO_PASSSEC:
      return failure(std::errc::operation_not_supported);
    default:
      return set_special(level, name, value, turn);
  }
}

Result<void> Socket::get_option(int level, int name, std::span<std::byte> value, std::size_t& size, Turn& turn) {
  if (!is_known_level(level, type())) return failure(std::errc::operation_not_supported);
  const auto answered = get_special(level, name, value, size, turn);
  if (answered || answered.error() != std::errc::no_protocol_option) return answered;
  const Kind kind = kind_of(type());
  if (const int row = find_remembered_option(level, name); row >= 0) {
    const RememberedOption& option = remembered_option(row);
    if (!is_readable_by(level, option.kinds, kind)) return failure(option.for_others);
    write_number(level, settings_.remembered[static_cast<std::size_t>(row)] + option.initially, value, size);
    return {};
  }
  if (const NumberOption* const option = find_number_option(level, name)) {
    if (!is_readable_by(level, option->kinds, kind)) return failure(option->for_others);
    if (option->get == nullptr) return failure(std::errc::no_protocol_option);
    write_number(level, option->get(settings_), value, size);
    return {};
  }
  if (level != SOL_SOCKET) return failure(std::errc::no_protocol_option);
  if (const auto number = get_number(name, turn)) {
    write_number(level, *number, value, size);
    return {};
  }
  return get_object(name, value, size, turn);
}

// What is a number and not a setting.
std::optional<int> Socket::get_number(int name, Turn& turn) {
  switch (name) {
    case SO_ERROR:
      return static_cast<int>(take_error(turn));
    case SO_TYPE:
      return this->type();
    case SO_DOMAIN:
      return AF_INET;
    case SO_PROTOCOL:
      return protocol();
    case SO_BINDTOIFINDEX:
      return settings_.bound_interface;
    case SO_ACCEPTCONN:
    case SO_ZEROCOPY:
    case SO_BSDCOMPAT:
    case SO_INCOMING_NAPI_ID:
      return 0;
    default:
      return std::nullopt;
  }
}

Result<void> Socket::get_object(int name, std::span<std::byte> value, std::size_t& size, Turn& turn) {
  const auto object = [&](const auto& answer) -> Result<void> {
    write_object(answer, value, size);
    return {};
  };
  switch (name) {
    case SO_RCVTIMEO:
    case SO_RCVTIMEO_NEW:
      return object(to_timeval(settings_.receive_timeout));
    case SO_SNDTIMEO:
    case SO_SNDTIMEO_NEW:
      return object(to_timeval(settings_.send_timeout));
    case SO_LINGER:
      return object(linger{settings_.linger ? 1 : 0, settings_.linger_seconds});
    case SO_TIMESTAMPING:
      return object(std::array<std::int32_t, 2>{settings_.timestamping, 0});
    case SO_MAX_PACING_RATE:
      write_pacing_rate(settings_.max_pacing_rate, value, size);
      return {};
    case SO_COOKIE:
      if (value.size() < sizeof(std::uint64_t)) return failure(std::errc::invalid_argument);
      return object(std::uint64_t{owner()});
    case SO_PEERCRED:
      return object(Credentials{});
    case SO_PEERNAME: {
      const auto peer = remote_name(turn);
      if (!peer) return failure(std::errc::not_connected);
      return object(to_sockaddr(*peer));
    }
    case SO_BINDTODEVICE:
      return get_bound_device(value, size, turn);
    case SO_PASSCRED:
    case SO_PASSSEC:
      return failure(std::errc::operation_not_supported);
    default:
      return failure(std::errc::no_protocol_option);
  }
}

Result<void> Socket::get_bound_device(std::span<std::byte> value, std::size_t& size, Turn& turn) const {
  const auto bound = index_of_interface(settings_.bound_interface, turn);
  const std::string text = bound ? name_of_interface(*bound, turn.stack()) + '\0' : std::string();
  if (!text.empty() && value.size() < text.size()) return failure(std::errc::invalid_argument);
  write_octets(std::as_bytes(std::span(text)), value, size);
  return {};
}

std::optional<std::size_t> Socket::index_of_interface(int number, Turn& turn) const {
  return number == 0 ? std::nullopt : interface_of_number(number, turn.stack());
}

Result<void> Socket::get_special(int, int, std::span<std::byte>, std::size_t&, Turn&) {
  return failure(std::errc::no_protocol_option);
}

Result<void> Socket::set_special(int, int, std::span<const std::byte>, Turn&) {
  return failure(std::errc::no_protocol_option);
}

}  // namespace fourtuple::sockets
