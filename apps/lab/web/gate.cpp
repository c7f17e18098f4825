#include "apps/lab/web/gate.hpp"

#include <fmt/format.h>

#include "stack/base/random.hpp"
#include "stack/runtime/entropy.hpp"

namespace fourtuple::lab::web {
namespace {

// In the same time wherever they differ.
bool is_equal_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

bool Gate::is_ours(std::string_view authority) const {
  const bool is_loopback =
      authority == fmt::format("127.0.0.1:{}", port_) || authority == fmt::format("localhost:{}", port_);
  return is_loopback || (!other_.empty() && authority == other_);
}

std::optional<Reply> Gate::refusal(const Request& request) const {
  if (!is_ours(request.host)) return error_reply(403, "this server is asked by its own address only", address());
  constexpr std::string_view kScheme = "http://";
  const bool has_good_origin =
      request.origin.empty() || (request.origin.starts_with(kScheme) && is_ours(request.origin.substr(kScheme.size())));
  if (!has_good_origin) return error_reply(403, "only the page of this server may ask");
  const bool is_data = path_of(request.target).starts_with("/api/");
  if (is_data && !is_equal_secret(request.token, token_)) {
    return error_reply(401, "the token is missing or not ours", "the address that the program printed");
  }
  return std::nullopt;
}

std::string Gate::address() const { return fmt::format("http://127.0.0.1:{}/?token={}", port_, token_); }

std::string new_token() {
  RandomSource random(system_entropy());
  return fmt::format("{:016x}{:016x}", random.secret(), random.secret());
}

}  // namespace fourtuple::lab::web
