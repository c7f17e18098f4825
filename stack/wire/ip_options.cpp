#include "stack/wire/ip_options.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"

namespace fourtuple::wire {
namespace {

constexpr std::size_t kRouteData = 3;  // behind kind, length and pointer
constexpr std::size_t kAddressSize = 4;
constexpr std::uint8_t kFirstPointer = 4;

bool has_pointer(std::uint8_t kind) {
  return ip_option::is_source_route(kind) || kind == ip_option::kRecordRoute || kind == ip_option::kTimestamp;
}

// A pointer names a whole entry, or lies behind the end: the option is full.
bool has_room_at_pointer(ByteView option) {
  return option[2] > option.size() || option[2] + std::size_t{3} <= option.size();
}

bool is_fresh_route(ByteView option) {
  return option.size() >= kRouteData + kAddressSize && (option.size() - kRouteData) % kAddressSize == 0 &&
         option[2] == kFirstPointer;
}

}  // namespace

std::optional<IpOptionView> next_ip_option(ByteView options, std::size_t at) {
  while (at < options.size() && options[at] == ip_option::kNoOperation) ++at;
  if (at >= options.size() || options[at] == ip_option::kEnd) return std::nullopt;
  return IpOptionView{options[at], at, options[at + 1]};
}

bool ip_options_are_sound(ByteView options) {
  std::size_t at = 0;
  while (at < options.size() && options[at] != ip_option::kEnd) {
    if (options[at] == ip_option::kNoOperation) {
      ++at;
      continue;
    }
    const std::size_t room = options.size() - at;
    if (room < 2 || options[at + 1] < 2 || options[at + 1] > room) return false;
    if (has_pointer(options[at]) && (options[at + 1] < kRouteData || options[at + 2] < kFirstPointer)) return false;
    at += options[at + 1];
  }
  return true;
}

std::optional<IpOptions> IpOptions::from_application(ByteView bytes) {
  if (bytes.size() > kMaxSize) return std::nullopt;
  IpOptions options;
  std::copy(bytes.begin(), bytes.end(), options.bytes_.begin());
  options.size_ = static_cast<std::uint8_t>((bytes.size() + 3) / 4 * 4);
  const ByteView padded = options.bytes();
  if (!ip_options_are_sound(padded)) return std::nullopt;
  std::size_t used = 0;
  for (auto each = next_ip_option(padded, 0); each; each = next_ip_option(padded, used)) {
    used = each->at + each->length;
    const ByteView option = padded.subspan(each->at, each->length);
    if (has_pointer(each->kind) && !has_room_at_pointer(option)) return std::nullopt;
    if (!ip_option::is_source_route(each->kind)) continue;
    const bool is_second = options.route_at_ != 0;  // [RFC1122 3.2.1.8(c)]
    if (is_second || !is_fresh_route(option)) return std::nullopt;
    options.route_at_ = static_cast<std::uint8_t>(each->at + 1);
  }
  while (used < options.size_ && options.bytes_[used] == ip_option::kNoOperation) ++used;
  std::fill(options.bytes_.begin() + static_cast<std::ptrdiff_t>(used), options.bytes_.end(), ip_option::kEnd);
  return options;
}

std::optional<IpOptions> IpOptions::return_route(ByteView received) {
  for (auto each = next_ip_option(received, 0); each; each = next_ip_option(received, each->at + each->length)) {
    if (!ip_option::is_source_route(each->kind)) continue;
    const ByteView option = received.subspan(each->at, each->length);
    const std::size_t hops = (option.size() - kRouteData) / kAddressSize;
    const bool is_completed = option[2] > option.size();
    if (!is_completed || hops == 0) return std::nullopt;
    IpOptions back;
    std::array<std::uint8_t, kMaxSize> reversed{};
    reversed[0] = each->kind;
    reversed[1] = static_cast<std::uint8_t>(kRouteData + hops * kAddressSize);
    reversed[2] = kFirstPointer;
    for (std::size_t i = 0; i < hops; ++i) {
      const auto from = option.subspan(kRouteData + (hops - 1 - i) * kAddressSize, kAddressSize);
      std::copy(from.begin(), from.end(),
                reversed.begin() + static_cast<std::ptrdiff_t>(kRouteData + i * kAddressSize));
    }
    back.append(ByteView(reversed).first(reversed[1]));
    back.pad();
    return back;
  }
  return std::nullopt;
}

IpOptions IpOptions::router_alert() {
  static constexpr std::array<std::uint8_t, 4> kAlert{ip_option::kRouterAlert, 4, 0, 0};  // [RFC2113 2.1]
  IpOptions options;
  options.append(kAlert);
  return options;
}

Ipv4Address IpOptions::first_hop(Ipv4Address destination) const {
  if (route_at_ == 0) return destination;
  return {load_be32(bytes_.data() + route_at_ - 1 + kRouteData)};
}

void IpOptions::emit(ByteSpan to, Ipv4Address destination) const {
  std::copy_n(bytes_.begin(), size_, to.begin());
  if (route_at_ == 0) return;
  std::uint8_t* const option = to.data() + route_at_ - 1;
  const std::size_t length = option[1];
  std::copy(option + kRouteData + kAddressSize, option + length, option + kRouteData);
  store_be32(option + length - kAddressSize, destination.value);
}

IpOptions IpOptions::copied() const {
  IpOptions result;
  for (auto each = next_ip_option(bytes(), 0); each; each = next_ip_option(bytes(), each->at + each->length)) {
    if (ip_option::is_copied(each->kind)) result.append(bytes().subspan(each->at, each->length));
  }
  result.pad();
  return result;
}

void IpOptions::append(ByteView option) {
  if (ip_option::is_source_route(option[0])) route_at_ = static_cast<std::uint8_t>(size_ + 1);
  std::copy(option.begin(), option.end(), bytes_.begin() + size_);
  size_ = static_cast<std::uint8_t>(size_ + option.size());
}

void IpOptions::pad() {
  while (size_ % 4 != 0) bytes_[size_++] = ip_option::kEnd;
}

}  // namespace fourtuple::wire
