// What the arguments of a call mean.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

#include "apps/packet_script/script.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::drill {

using packet_script::Call;
using packet_script::Expression;

// All of these throw ScriptFailure where the script says something else than is wanted there.

// 5, 0x1f, SOCK_STREAM, A|B, NULL, htons(80). A list of one counts as its element.
[[nodiscard]] std::int64_t number(const Expression& expression);
[[nodiscard]] int integer(const Expression& expression);

// The argument with this index.
[[nodiscard]] const Expression& argument(const Call& call, std::size_t index);
// The field with this name; nullptr where there is none.
[[nodiscard]] const Expression* field(const Expression& structure, std::string_view name);
[[nodiscard]] std::int64_t field_number(const Expression& structure, std::string_view name, std::int64_t otherwise);

[[nodiscard]] bool is_null(const Expression& expression);

// {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")}; `...` is `otherwise`.
[[nodiscard]] sockaddr_in socket_address(const Expression& expression, const Endpoint& otherwise);
[[nodiscard]] sockaddr_in to_sockaddr(const Endpoint& endpoint);
[[nodiscard]] Endpoint to_endpoint(const sockaddr_in& address);

}  // namespace fourtuple::drill
