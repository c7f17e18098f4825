// The names that a script may use for numbers: SOCK_STREAM, EAGAIN, MSG_PEEK.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fourtuple::drill {

// The value of a constant of the socket interface, as this machine has it; errno names are among them.
[[nodiscard]] std::optional<std::int64_t> symbol(std::string_view name);

// "EAGAIN"; the number where it has no name here.
[[nodiscard]] std::string errno_name(int error);

// "POLLIN|POLLOUT", the same for EPOLL...; what has no name stands as a number behind, nothing at all is "0".
[[nodiscard]] std::string poll_names(std::uint32_t bits);
[[nodiscard]] std::string epoll_names(std::uint32_t bits);

}  // namespace fourtuple::drill
