#include "apps/drill/values.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <limits>

#include "apps/counted.hpp"
#include "apps/drill/outcome.hpp"
#include "apps/drill/symbols.hpp"

namespace fourtuple::drill {
namespace {

using ExpressionKind = Expression::Kind;

std::int64_t address_number(const Expression& text) {
  const auto address = Ipv4Address::parse(text.text);
  if (text.kind != ExpressionKind::kString || !address)
    throw ScriptFailure(text.position, fmt::format("'{}' is not an IPv4 address", text.text));
  return htonl(address->value);
}

// The functions that C programmers write around constants. Results are in the order that the C function gives.
std::int64_t called(const Expression& call) {
  if (call.parts.empty()) throw ScriptFailure(call.position, fmt::format("{}() needs an argument", call.text));
  const Expression& first = call.parts.front();
  if (call.text == "htons" || call.text == "ntohs") return htons(static_cast<std::uint16_t>(number(first)));
  if (call.text == "htonl" || call.text == "ntohl") return htonl(static_cast<std::uint32_t>(number(first)));
  if (call.text == "inet_addr") return address_number(first);
  if (call.text == "inet_pton") return address_number(call.parts.back());
  throw ScriptFailure(call.position, fmt::format("there is no function {}() for arguments here", call.text));
}

std::int64_t named(const Expression& expression) {
  if (const auto value = symbol(expression.text)) return *value;
  throw ScriptFailure(expression.position, fmt::format("the symbol {} is not known here", expression.text));
}

std::int64_t joined(const Expression& expression) {
  std::int64_t bits = 0;
  for (const Expression& part : expression.parts) bits |= number(part);
  return bits;
}

}  // namespace

std::int64_t number(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kInteger:
      return expression.number;
    case ExpressionKind::kSymbol:
      return named(expression);
    case ExpressionKind::kOr:
      return joined(expression);
    case ExpressionKind::kCall:
      return called(expression);
    case ExpressionKind::kList:
      if (expression.parts.size() == 1) return number(expression.parts.front());
      break;
    case ExpressionKind::kStruct:
    case ExpressionKind::kString:
    case ExpressionKind::kEllipsis:
      break;
  }
  throw ScriptFailure(expression.position, "a number or a symbol belongs here");
}

int integer(const Expression& expression) {
  const std::int64_t value = number(expression);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<std::uint32_t>::max())
    throw ScriptFailure(expression.position, fmt::format("{} does not fit into an int", value));
  return static_cast<int>(value);
}

const Expression& argument(const Call& call, std::size_t index) {
  if (index < call.arguments.size()) return call.arguments[index];
  const Position position = call.arguments.empty() ? Position{} : call.arguments.back().position;
  throw ScriptFailure(position, call.name + "() needs more than " + apps::counted(call.arguments.size(), "argument"));
}

const Expression* field(const Expression& structure, std::string_view name) {
  for (const auto& one : structure.fields) {
    if (one.name == name && !one.value.empty()) return &one.value.front();
  }
  return nullptr;
}

std::int64_t field_number(const Expression& structure, std::string_view name, std::int64_t otherwise) {
  const Expression* const value = field(structure, name);
  return value == nullptr || value->is_ellipsis() ? otherwise : number(*value);
}

bool is_null(const Expression& expression) {
  return expression.kind == ExpressionKind::kSymbol && expression.text == "NULL";
}

sockaddr_in to_sockaddr(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.v4().value);
  return address;
}

Endpoint to_endpoint(const sockaddr_in& address) {
  return {Ipv4Address{ntohl(address.sin_addr.s_addr)}, ntohs(address.sin_port)};
}

sockaddr_in socket_address(const Expression& expression, const Endpoint& otherwise) {
  sockaddr_in address = to_sockaddr(otherwise);
  if (expression.kind != ExpressionKind::kStruct) {
    if (expression.is_ellipsis()) return address;
    throw ScriptFailure(expression.position, "an address is written ... or {sa_family = AF_INET, sin_port = ...}");
  }
  for (const char* const name : {"sa_family", "sin_family"})
    address.sin_family = static_cast<sa_family_t>(field_number(expression, name, address.sin_family));
  // A bare port number means that port, whatever the machine's byte order is.
  if (const Expression* const port = field(expression, "sin_port"); port != nullptr && !port->is_ellipsis()) {
    const auto value = static_cast<in_port_t>(number(*port));
    address.sin_port = port->kind == ExpressionKind::kCall ? value : htons(value);
  }
  const Expression* host = field(expression, "sin_addr");
  if (host != nullptr && host->kind == ExpressionKind::kStruct) host = field(*host, "s_addr");
  if (host == nullptr || host->is_ellipsis()) return address;
  const std::int64_t value = host->kind == ExpressionKind::kString ? address_number(*host) : number(*host);
  const bool is_host_order = host->kind == ExpressionKind::kSymbol || host->kind == ExpressionKind::kInteger;
  address.sin_addr.s_addr =
      is_host_order ? htonl(static_cast<std::uint32_t>(value)) : static_cast<std::uint32_t>(value);
  return address;
}

}  // namespace fourtuple::drill
