#include "apps/drill/circumstances.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "apps/drill/outcome.hpp"

namespace fourtuple::drill {
namespace {

using packet_script::Setting;

std::int64_t setting_number(const Setting& setting, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = setting.value.data() + setting.value.size();
  const auto read = std::from_chars(setting.value.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end && value >= least && value <= most) return value;
  throw ScriptFailure(setting.position, fmt::format("--{} takes a number from {} to {}, not '{}'", setting.name, least,
                                                    most, setting.value));
}

Ipv4Address setting_address(const Setting& setting) {
  if (const auto address = Ipv4Address::parse(setting.value)) return *address;
  throw ScriptFailure(setting.position,
                      fmt::format("--{} takes an IPv4 address, not '{}'", setting.name, setting.value));
}

// Sockets of IPv6 with mapped addresses send IPv4, so nothing differs on the wire.
void take_ip_version(const Setting& setting, Circumstances& to) {
  if (setting.value == "ipv4" || setting.value == "ipv4-mapped-ipv6") return;
  to.skip = fmt::format("it is for {}, and the stack has IPv4 only", setting.value);
}

constexpr std::int64_t kMaxMicroseconds = 3'600'000'000;

using Take = void (*)(const Setting&, Circumstances&);
struct KnownSetting {
  std::string_view name;
  Take take;
};
constexpr KnownSetting kSettings[] = {
    {"ip_version", take_ip_version},
    {"mtu",
     [](const Setting& s, Circumstances& to) { to.mtu = static_cast<std::size_t>(setting_number(s, 68, 65535)); }},
    {"local_ip", [](const Setting& s, Circumstances& to) { to.names.local = setting_address(s); }},
    {"remote_ip", [](const Setting& s, Circumstances& to) { to.names.remote = setting_address(s); }},
    {"bind_port",
     [](const Setting& s, Circumstances& to) { to.names.bind_port = static_cast<Port>(setting_number(s, 1, 65535)); }},
    {"connect_port", [](const Setting& s,
                        Circumstances& to) { to.names.connect_port = static_cast<Port>(setting_number(s, 1, 65535)); }},
    {"tolerance_usecs",
     [](const Setting& s, Circumstances& to) {
       to.tolerance = std::chrono::microseconds(setting_number(s, 0, kMaxMicroseconds));
     }},
    {"tcp_ts_tick_usecs",
     [](const Setting& s, Circumstances& to) {
       const auto tick = setting_number(s, 0, kMaxMicroseconds);
       if (tick > 0) to.timestamp_tick = std::chrono::microseconds(tick);
     }},
};

void take_setting(const Setting& setting, Circumstances& to) {
  const auto known = std::find_if(std::begin(kSettings), std::end(kSettings),
                                  [&](const KnownSetting& one) { return one.name == setting.name; });
  if (known != std::end(kSettings)) return known->take(setting, to);
  to.ignored.push_back("--" + setting.name + (setting.value.empty() ? "" : "=" + setting.value));
}

// The stack's configuration stands once it runs.
void ignore_late(const packet_script::Command& command, Circumstances& to) {
  Circumstances scratch;
  apply_commands(command.text, scratch);
  if (scratch.ignored.empty()) {
    to.ignored.push_back(command.text + "  (it comes after the first call or packet)");
  } else {
    to.ignored.insert(to.ignored.end(), scratch.ignored.begin(), scratch.ignored.end());
  }
}

}  // namespace

Circumstances circumstances_of(const packet_script::Script& script, const laboratory::Setup& bench) {
  Circumstances circumstances;
  circumstances.stack = bench.stack;
  circumstances.mtu = bench.mtu;
  circumstances.names.local = bench.address.address;
  for (const Setting& setting : script.settings) take_setting(setting, circumstances);
  for (const auto& command : script.first) apply_commands(command.text, circumstances);
  bool has_begun = false;
  for (const auto& event : script.events) {
    const auto* const command = std::get_if<packet_script::Command>(&event.action);
    if (command == nullptr) {
      has_begun = true;
    } else if (has_begun) {
      ignore_late(*command, circumstances);
    } else {
      apply_commands(command->text, circumstances);
    }
  }
  return circumstances;
}

}  // namespace fourtuple::drill
