// The options that are plain numbers, as tables: what setsockopt() may set them to and what getsockopt() shows. One
// file for each level (options_*.cpp) and one for those that are only remembered.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <sys/socket.h>

#include "stack/base/result.hpp"
#include "stack/socket/settings.hpp"

namespace fourtuple::sockets {

// Which sockets have an option.
enum Kind : std::uint8_t { kStream = 1, kDatagram = 2, kRaw = 4, kAll = 7 };
[[nodiscard]] constexpr Kind kind_of(int type) {
  return type == SOCK_STREAM ? kStream : type == SOCK_DGRAM ? kDatagram : kRaw;
}

struct NumberOption {
  int level = 0;
  int name = 0;
  // Changes the settings or refuses (invalid_argument); nullptr: read-only, which setsockopt() calls unknown.
  std::errc (*set)(Settings&, int value, Kind kind) = nullptr;
  // nullptr: write-only.
  int (*get)(const Settings&) = nullptr;
  int kinds = kAll;
  // What setsockopt() answers to sockets of other kinds. Below SOL_SOCKET they may all read it.
  std::errc for_others = std::errc::no_protocol_option;
  // IPPROTO_IP: no value at all is refused, instead of meaning 0.
  bool needs_value = false;
};

// nullptr for an option that is no plain number or is unknown.
[[nodiscard]] const NumberOption* find_number_option(int level, int name);
[[nodiscard]] std::span<const NumberOption> socket_level_options();
[[nodiscard]] std::span<const NumberOption> tcp_level_options();
[[nodiscard]] std::span<const NumberOption> ip_level_options();

// Options that are accepted within their bounds and read back, because programs set them; nothing here depends on them.
struct RememberedOption {
  int level = 0;
  int name = 0;
  int low = 0;
  int high = 0;
  bool is_flag = false;  // anything but 0 reads as 1
  int initially = 0;
  int kinds = kAll;
  std::errc for_others = std::errc::no_protocol_option;
};
// The row, or -1.
[[nodiscard]] int find_remembered_option(int level, int name);
[[nodiscard]] const RememberedOption& remembered_option(int row);

// setsockopt's value as a number: an int, or for IPPROTO_IP an octet too, or nothing, which is 0. invalid_argument for
// anything shorter.
[[nodiscard]] Result<int> read_number(int level, std::span<const std::byte> value);
// getsockopt's answer, cut to the caller's room as Linux does.
void write_number(int level, int number, std::span<std::byte> value, std::size_t& size);
// The first octets of `object`, as many as there is room for.
void write_octets(std::span<const std::byte> object, std::span<std::byte> value, std::size_t& size);
// IP_OPTIONS' value; nothing where it is malformed.
[[nodiscard]] std::optional<wire::IpOptions> read_ip_options(std::span<const std::byte> value);
template <class Object>
void write_object(const Object& object, std::span<std::byte> value, std::size_t& size) {
  write_octets(std::as_bytes(std::span(&object, 1)), value, size);
}
// invalid_argument where it is shorter than an Object.
template <class Object>
[[nodiscard]] Result<Object> read_object(std::span<const std::byte> value) {
  Object object{};
  if (value.size() < sizeof object) return failure(std::errc::invalid_argument);
  std::copy_n(value.begin(), sizeof object, std::as_writable_bytes(std::span(&object, 1)).begin());
  return object;
}

}  // namespace fourtuple::sockets
