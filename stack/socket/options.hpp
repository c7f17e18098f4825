// The options that are plain numbers, as a table: what setsockopt() may set them to and what getsockopt() shows.
#pragma once

#include <span>

#include "stack/base/result.hpp"
#include "stack/socket/settings.hpp"

namespace fourtuple::sockets {

struct NumberOption {
  int level = 0;
  int name = 0;
  // Changes the settings or refuses (invalid_argument); nullptr: read-only, which setsockopt() calls unknown.
  std::errc (*set)(Settings&, int value) = nullptr;
  int (*get)(const Settings&) = nullptr;
};

// nullptr for an option that is no plain number or is unknown.
[[nodiscard]] const NumberOption* find_number_option(int level, int name);

// setsockopt's value as a number: an int, or for IPPROTO_IP an octet too. invalid_argument for anything shorter.
[[nodiscard]] Result<int> read_number(int level, std::span<const std::byte> value);
// getsockopt's answer, cut to the caller's room as Linux does.
void write_number(int level, int number, std::span<std::byte> value, std::size_t& size);
// The first octets of `object`, as many as there is room for.
void write_octets(std::span<const std::byte> object, std::span<std::byte> value, std::size_t& size);

}  // namespace fourtuple::sockets
