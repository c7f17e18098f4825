// F13: addresses as text. What is accepted prints as what was read; what is printed is accepted; and the system's own
// parser agrees.
#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <string>

#include "stack/wire/address.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

template <typename Value>
void check_round_trip(const Value& value) {
  const auto again = Value::parse(to_string(value));
  require(again.has_value() && *again == value, "what is printed is accepted and means the same");
}

void check_ipv4(const std::string& text) {
  const auto address = Ipv4Address::parse(text);
  in_addr system{};
  const bool accepted = text.find('\0') == std::string::npos && ::inet_pton(AF_INET, text.c_str(), &system) == 1;
  require(address.has_value() == accepted, "the system's parser agrees");
  if (!address) return;
  require(address->value == ntohl(system.s_addr), "on the value too");
  require(to_string(*address) == text, "an address has one spelling");
}

void check_mac(const std::string& text) {
  const auto address = MacAddress::parse(text);
  if (!address) return;
  std::string canonical = text;
  std::ranges::replace(canonical, '-', ':');
  std::ranges::transform(canonical, canonical.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  require(to_string(*address) == canonical, "a MAC address prints in lower case with colons");
  check_round_trip(*address);
}

void check_prefix(const std::string& text) {
  const auto prefix = Ipv4Prefix::parse(text);
  if (!prefix) return;
  require(prefix->length <= 32, "a prefix has at most 32 bits");
  require(prefix->contains(prefix->network()), "a network contains itself");
  require(to_string(*prefix) == text || to_string(*prefix) == text + "/32", "a prefix has one spelling, or two");
}

void check_endpoint(const std::string& text) {
  const auto endpoint = Endpoint::parse(text);
  if (endpoint) require(to_string(*endpoint) == text, "an endpoint has one spelling");
}

void check_ipv6_text(Input input) {
  const IpAddress address = IpAddress::from_words(input.quad_word(), input.quad_word());
  if (address.is_v4()) return;
  std::array<std::uint8_t, 16> system{};
  const std::string text = to_string(address);
  require(::inet_pton(AF_INET6, text.c_str(), system.data()) == 1, "the system reads our IPv6 text");
  require(bits(system, 0, 64) == address.high() && bits(system, 64, 64) == address.low(), "as the same address");
}

void check_values(Input input) {
  const Ipv4Address address{input.double_word()};
  check_round_trip(address);
  check_round_trip(Ipv4Prefix{address, static_cast<std::uint8_t>(input.octet() % 33)});
  check_round_trip(Endpoint{address, input.word()});
  MacAddress mac;
  std::ranges::generate(mac.octets, [&] { return input.octet(); });
  check_round_trip(mac);
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fourtuple::fuzz;
  const auto octets = exact_copy({data, size});
  const std::string text(octets.begin(), octets.end());
  check_ipv4(text);
  check_mac(text);
  check_prefix(text);
  check_endpoint(text);
  check_values({data, size});
  check_ipv6_text({data, size});
  return 0;
}
