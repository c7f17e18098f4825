// getsockopt() and setsockopt() that every kind of socket answers alike.
#include <algorithm>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/time.h>

#include "stack/socket/options.hpp"
#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {
namespace {

template <class Object>
[[nodiscard]] Result<Object> read_object(std::span<const std::byte> value) {
  Object object{};
  if (value.size() < sizeof object) return failure(std::errc::invalid_argument);
  std::memcpy(&object, value.data(), sizeof object);
  return object;
}
template <class Object>
void write_object(const Object& object, std::span<std::byte> value, std::size_t& size) {
  write_octets(std::as_bytes(std::span(&object, 1)), value, size);
}

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
  settings.linger_seconds = std::max(wanted->l_linger, 0);
  return {};
}

// Where only one interface could be meant, naming it changes nothing; a stack has no others.
Result<void> bind_to_device(std::span<const std::byte> value, Turn& turn) {
  std::string name;
  for (const std::byte octet : value) {
    if (octet == std::byte{0}) break;
    name.push_back(static_cast<char>(octet));
  }
  if (name.empty()) return {};
  for (std::size_t i = 0; i < turn.stack().interface_count(); ++i) {
    if (turn.stack().interface(i).name == name) return {};
  }
  return failure(std::errc::no_such_device);
}

[[nodiscard]] bool is_known_level(int level, int type) {
  return level == SOL_SOCKET || level == IPPROTO_IP || (level == IPPROTO_TCP && type == SOCK_STREAM);
}

}  // namespace

Result<void> Socket::set_option(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (!is_known_level(level, type())) return failure(std::errc::no_protocol_option);
  if (const NumberOption* const option = find_number_option(level, name)) {
    if (option->set == nullptr) return failure(std::errc::no_protocol_option);
    const auto number = read_number(level, value);
    if (!number) return failure(number.error());
    if (const std::errc error = option->set(settings_, *number); error != std::errc{}) return failure(error);
    if (const auto done = set_special(level, name, value, turn);
        !done && done.error() != std::errc::no_protocol_option) {
      return done;
    }
    return apply_settings(turn);
  }
  if (level == SOL_SOCKET) {
    switch (name) {
      case SO_RCVTIMEO:
        return set_timeout(settings_.receive_timeout, value);
      case SO_SNDTIMEO:
        return set_timeout(settings_.send_timeout, value);
      case SO_LINGER:
        return set_linger(settings_, value);
      case SO_BINDTODEVICE:
        return bind_to_device(value, turn);
      default:
        break;
    }
  }
  return set_special(level, name, value, turn);
}

Result<void> Socket::get_option(int level, int name, std::span<std::byte> value, std::size_t& size, Turn& turn) {
  if (!is_known_level(level, type())) return failure(std::errc::no_protocol_option);
  if (const auto answered = get_special(level, name, value, size, turn);
      answered || answered.error() != std::errc::no_protocol_option) {
    return answered;
  }
  if (const NumberOption* const option = find_number_option(level, name)) {
    write_number(level, option->get(settings_), value, size);
    return {};
  }
  if (level != SOL_SOCKET) return failure(std::errc::no_protocol_option);
  switch (name) {
    case SO_ERROR:
      write_number(level, static_cast<int>(take_error(turn)), value, size);
      return {};
    case SO_TYPE:
      write_number(level, this->type(), value, size);
      return {};
    case SO_DOMAIN:
      write_number(level, AF_INET, value, size);
      return {};
    case SO_PROTOCOL:
      write_number(level, protocol(), value, size);
      return {};
    case SO_ACCEPTCONN:
      write_number(level, 0, value, size);
      return {};
    case SO_RCVTIMEO:
      write_object(to_timeval(settings_.receive_timeout), value, size);
      return {};
    case SO_SNDTIMEO:
      write_object(to_timeval(settings_.send_timeout), value, size);
      return {};
    case SO_LINGER:
      write_object(linger{settings_.linger ? 1 : 0, settings_.linger_seconds}, value, size);
      return {};
    default:
      return failure(std::errc::no_protocol_option);
  }
}

Result<void> Socket::get_special(int, int, std::span<std::byte>, std::size_t&, Turn&) {
  return failure(std::errc::no_protocol_option);
}

Result<void> Socket::set_special(int, int, std::span<const std::byte>, Turn&) {
  return failure(std::errc::no_protocol_option);
}

}  // namespace fourtuple::sockets
