// getsockopt and setsockopt: the structures behind the options, between the script's fields and the machine's octets.
#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <sys/time.h>

#include "apps/drill/calls.hpp"
#include "apps/drill/outcome.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::drill {
namespace {

using Octets = std::vector<std::uint8_t>;

template <class Structure>
Octets octets_of(const Structure& value) {
  Octets octets(sizeof value);
  std::memcpy(octets.data(), &value, sizeof value);
  return octets;
}

std::int64_t either(const Expression& structure, std::string_view one, std::string_view other) {
  return field_number(structure, one, field_number(structure, other, 0));
}

in_addr address_field(const Expression& structure, std::string_view name) {
  const Expression* const value = field(structure, name);
  return {value == nullptr || value->is_ellipsis() ? 0 : static_cast<in_addr_t>(number(*value))};
}

// Which structure it is its fields tell.
Octets structure_octets(const Expression& value) {
  if (field(value, "onoff") != nullptr || field(value, "l_onoff") != nullptr) {
    return octets_of(linger{.l_onoff = static_cast<int>(either(value, "onoff", "l_onoff")),
                            .l_linger = static_cast<int>(either(value, "linger", "l_linger"))});
  }
  if (field(value, "tv_sec") != nullptr)
    return octets_of(timeval{.tv_sec = field_number(value, "tv_sec", 0), .tv_usec = field_number(value, "tv_usec", 0)});
  if (field(value, "imr_multiaddr") != nullptr)
    return octets_of(ip_mreq{address_field(value, "imr_multiaddr"), address_field(value, "imr_interface")});
  throw ScriptFailure(value.position, "a structure with these fields is not known here");
}

Octets value_octets(const Expression& value) {
  switch (value.kind) {
    case Expression::Kind::kString:
      return {value.text.begin(), value.text.end()};
    case Expression::Kind::kStruct:
      return structure_octets(value);
    case Expression::Kind::kList:
      if (value.parts.size() == 1) return value_octets(value.parts.front());
      break;
    case Expression::Kind::kEllipsis:
      return Octets(sizeof(int));
    case Expression::Kind::kInteger:
    case Expression::Kind::kSymbol:
    case Expression::Kind::kCall:
    case Expression::Kind::kOr:
      return octets_of(integer(value));
  }
  throw ScriptFailure(value.position, "the value of an option is written [1], {onoff=1, linger=0} or \"text\"");
}

Answer do_setsockopt(Desk& desk, const Call& call) {
  const Expression& value = argument(call, 3);
  const Expression& size = argument(call, 4);
  const bool is_nothing = is_null(value);
  Octets octets = is_nothing ? Octets{} : value_octets(value);
  const auto length = size.is_ellipsis() ? octets.size() : buffer_size(size);
  octets.resize(std::max(octets.size(), length));
  return answer(ft_setsockopt(desk.live(argument(call, 0)), integer(argument(call, 1)), integer(argument(call, 2)),
                              is_nothing ? nullptr : octets.data(), static_cast<socklen_t>(length)));
}

std::string value_text(const Octets& octets, const Expression& like) {
  if (like.kind == Expression::Kind::kString)
    return fmt::format("\"{}\"", std::string(octets.begin(), std::find(octets.begin(), octets.end(), 0)));
  if (like.kind == Expression::Kind::kStruct && octets.size() == sizeof(linger)) {
    linger value{};
    std::memcpy(&value, octets.data(), sizeof value);
    return fmt::format("{{onoff={}, linger={}}}", value.l_onoff, value.l_linger);
  }
  if (like.kind == Expression::Kind::kStruct && octets.size() == sizeof(timeval)) {
    timeval value{};
    std::memcpy(&value, octets.data(), sizeof value);
    return fmt::format("{{tv_sec={}, tv_usec={}}}", value.tv_sec, value.tv_usec);
  }
  int value = 0;
  std::memcpy(&value, octets.data(), std::min(sizeof value, octets.size()));
  return std::to_string(value);
}

// What came and what was wanted, in the same words.
void compare_value(Answer& given, Octets came, std::size_t size, const Expression& wanted) {
  if (wanted.is_ellipsis() || is_null(wanted)) return;
  const Expression& inner =
      wanted.kind == Expression::Kind::kList && wanted.parts.size() == 1 ? wanted.parts.front() : wanted;
  if (inner.is_ellipsis()) return;
  came.resize(size);
  const std::string has = value_text(came, inner);
  const std::string needs = value_text(value_octets(inner), inner);
  if (has != needs) given.differences.push_back(fmt::format("value {} instead of {}", has, needs));
}

// getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
Answer do_getsockopt(Desk& desk, const Call& call) {
  const Expression& wanted = argument(call, 3);
  const Expression& size = argument(call, 4);
  const std::size_t room = size.is_ellipsis() ? 256 : buffer_size(size);
  Octets octets(std::max<std::size_t>(room, 1));
  auto length = static_cast<socklen_t>(room);
  Answer given = answer(ft_getsockopt(desk.live(argument(call, 0)), integer(argument(call, 1)),
                                      integer(argument(call, 2)), octets.data(), &length));
  if (given.value != 0) return given;
  compare_value(given, octets, std::min<std::size_t>(length, octets.size()), wanted);
  return given;
}

constexpr std::array kOptionCalls{CallName{"setsockopt", do_setsockopt}, CallName{"getsockopt", do_getsockopt}};

}  // namespace

std::span<const CallName> option_calls() { return kOptionCalls; }

}  // namespace fourtuple::drill
