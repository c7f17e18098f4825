#include "stack/socket/options.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <netinet/in.h>

namespace fourtuple::sockets {

const NumberOption* find_number_option(int level, int name) {
  const auto table = level == SOL_SOCKET   ? socket_level_options()
                     : level == IPPROTO_IP ? ip_level_options()
                                           : tcp_level_options();
  const auto found = std::find_if(table.begin(), table.end(), [&](const NumberOption& option) {
    return option.level == level && option.name == name;
  });
  return found == table.end() ? nullptr : &*found;
}

Result<int> read_number(int level, std::span<const std::byte> value) {
  int number = 0;
  if (value.size() >= sizeof number) {
    std::memcpy(&number, value.data(), sizeof number);
    return number;
  }
  if (level != IPPROTO_IP) return failure(std::errc::invalid_argument);
  return value.empty() ? 0 : std::to_integer<int>(value[0]);
}

void write_number(int level, int number, std::span<std::byte> value, std::size_t& size) {
  const bool fits_an_octet = number >= 0 && number <= 255;
  if (level == IPPROTO_IP && !value.empty() && value.size() < sizeof number && fits_an_octet) {
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
