#include "apps/laboratory/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::laboratory {
namespace {

using std::string_view;

// Decimal digits and nothing else, from `least` to `most`.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(string_view text, Number least, Number most) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most) return std::nullopt;
  return number;
}

template <class Member, class Number>
[[nodiscard]] bool set_number(Member& member, string_view text, Number least, Number most) {
  const auto number = number_in<Number>(text, least, most);
  if (number) member = static_cast<Member>(*number);
  return number.has_value();
}

[[nodiscard]] bool set_switch(bool& member, string_view text) {
  if (text != "0" && text != "1") return false;
  member = text == "1";
  return true;
}

[[nodiscard]] bool set_milliseconds(Duration& member, string_view text) {
  constexpr std::int64_t kLongest = 24 * 60 * 60 * 1000;
  const auto number = number_in<std::int64_t>(text, 0, kLongest);
  if (number) member = std::chrono::milliseconds(*number);
  return number.has_value();
}

[[nodiscard]] bool set_buffer(std::size_t& member, string_view text) {
  return set_number<std::size_t, std::size_t>(member, text, 256, std::size_t{64} << 20);
}

[[nodiscard]] bool set_count(std::uint32_t& member, string_view text, std::uint32_t most) {
  return set_number<std::uint32_t, std::uint32_t>(member, text, 0, most);
}

[[nodiscard]] bool set_option_order(SynOptionOrder& member, string_view text) {
  if (text != "linux" && text != "freebsd") return false;
  member = text == "linux" ? SynOptionOrder::kLinux : SynOptionOrder::kFreeBsd;
  return true;
}

[[nodiscard]] bool set_ecn(tcp::EcnUse& member, string_view text) {
  if (text.size() != 1 || text[0] < '0' || text[0] > '2') return false;
  static constexpr std::array kUses{tcp::EcnUse::kOff, tcp::EcnUse::kAsk, tcp::EcnUse::kWhenAsked};  // as Linux counts
  member = kUses[static_cast<std::size_t>(text[0] - '0')];
  return true;
}

[[nodiscard]] bool set_congestion(string_view& member, string_view text) {
  for (const string_view name : tcp::controller_names()) {
    if (name != text) continue;
    member = name;  // the table's own text lives on
    return true;
  }
  return false;
}

[[nodiscard]] bool set_local(Ipv4Prefix& member, string_view text) {
  const auto prefix = Ipv4Prefix::parse(text);
  if (!prefix || prefix->address.is_any() || prefix->length == 0) return false;
  member = *prefix;
  return true;
}

[[nodiscard]] bool set_gateway(Ipv4Address& member, string_view text) {
  const auto address = Ipv4Address::parse(text);
  if (address) member = *address;
  return address.has_value();
}

[[nodiscard]] bool set_sequence(std::optional<std::uint32_t>& member, string_view text) {
  const auto number = number_in<std::uint32_t>(text, 0, std::numeric_limits<std::uint32_t>::max());
  if (number) member = number;
  return number.has_value();
}

constexpr std::uint32_t kManyInASecond = 1U << 30;

struct Setting {
  string_view name;
  string_view value;  // what it is, in messages
  string_view meaning;
  bool (*apply)(Setup&, string_view);
};

constexpr std::array kSettings{
    Setting{"rcvbuf", "OCTETS", "default receive buffer",
            [](Setup& setup, string_view text) { return set_buffer(setup.stack.tcp.receive_buffer_bytes, text); }},
    Setting{"sndbuf", "OCTETS", "default send buffer",
            [](Setup& setup, string_view text) { return set_buffer(setup.stack.tcp.send_buffer_bytes, text); }},
    Setting{"delack_ms", "MS", "how long an ACK may be delayed",
            [](Setup& setup, string_view text) { return set_milliseconds(setup.stack.tcp.delayed_ack, text); }},
    Setting{"syn_options", "linux|freebsd", "order of the options on a SYN",
            [](Setup& setup, string_view text) { return set_option_order(setup.stack.tcp.syn_options, text); }},
    Setting{"timestamps", "0|1", "RFC 7323 timestamps",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.timestamps, text); }},
    Setting{"sack", "0|1", "RFC 2018 selective acknowledgments",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.sack, text); }},
    Setting{"ecn", "0|1|2", "RFC 3168: never, asked for and granted, granted",
            [](Setup& setup, string_view text) { return set_ecn(setup.stack.tcp.ecn, text); }},
    Setting{"dsack", "0|1", "RFC 2883 duplicate SACK",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.duplicate_sack, text); }},
    Setting{"wscale", "0|1", "RFC 7323 window scaling",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.window_scaling, text); }},
    Setting{"initcwnd", "SEGMENTS", "initial congestion window",
            [](Setup& setup, string_view text) {
              return set_number<std::uint32_t, std::uint32_t>(setup.stack.tcp.initial_window_segments, text, 1, 1000);
            }},
    Setting{"congestion", "NAME", "congestion controller",
            [](Setup& setup, string_view text) { return set_congestion(setup.stack.tcp.congestion, text); }},
    Setting{"pacing", "0|1", "segments are spread over the round trip, whatever the controller",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.pacing, text); }},
    Setting{"min_rto_ms", "MS", "smallest retransmission timeout",
            [](Setup& setup, string_view text) { return set_milliseconds(setup.stack.tcp.min_rto, text); }},
    Setting{"max_rto_ms", "MS", "largest retransmission timeout",
            [](Setup& setup, string_view text) { return set_milliseconds(setup.stack.tcp.max_rto, text); }},
    Setting{"initial_rto_ms", "MS", "retransmission timeout before the first measurement",
            [](Setup& setup, string_view text) { return set_milliseconds(setup.stack.tcp.initial_rto, text); }},
    Setting{"time_wait_ms", "MS", "how long TIME-WAIT lasts",
            [](Setup& setup, string_view text) { return set_milliseconds(setup.stack.tcp.time_wait, text); }},
    Setting{"syn_ack_retries", "N", "how often a SYN-ACK is sent again",
            [](Setup& setup, string_view text) { return set_count(setup.stack.tcp.syn_ack_retries, text, 255); }},
    Setting{"retries1", "N", "retransmissions after which the path is doubted",
            [](Setup& setup, string_view text) { return set_count(setup.stack.tcp.retries_r1, text, 255); }},
    Setting{"retries", "N", "retransmissions after which a connection is given up",
            [](Setup& setup, string_view text) { return set_count(setup.stack.tcp.retries_r2, text, 255); }},
    Setting{"orphan_retries", "N", "the same after close()",
            [](Setup& setup, string_view text) { return set_count(setup.stack.tcp.orphan_retries, text, 255); }},
    Setting{"challenge_acks", "N", "challenge ACKs of a connection in a second",
            [](Setup& setup, string_view text) {
              return set_count(setup.stack.tcp.challenge_acks_per_second, text, kManyInASecond);
            }},
    Setting{"syn_backlog", "N", "half-open connections of a listener",
            [](Setup& setup, string_view text) { return set_count(setup.stack.tcp.max_syn_backlog, text, 65536); }},
    Setting{"isn", "N", "fixed initial sequence number",
            [](Setup& setup, string_view text) { return set_sequence(setup.stack.tcp.fixed_initial_sequence, text); }},
    Setting{"local", "ADDRESS/PREFIX", "own address",
            [](Setup& setup, string_view text) { return set_local(setup.address, text); }},
    Setting{"gateway", "ADDRESS", "default gateway",
            [](Setup& setup, string_view text) { return set_gateway(setup.gateway, text); }},
    Setting{"mtu", "OCTETS", "MTU of the link",
            [](Setup& setup, string_view text) {
              return set_number<std::size_t, std::size_t>(setup.mtu, text, 68, 65535);
            }},
    Setting{"seed", "N", "seed of everything random",
            [](Setup& setup, string_view text) {
              return set_number<std::uint64_t, std::uint64_t>(setup.seed, text, 0,
                                                              std::numeric_limits<std::uint64_t>::max());
            }},
    Setting{"invariants", "0|1", "check the engine's invariants after every event",
            [](Setup& setup, string_view text) { return set_switch(setup.stack.tcp.check_invariants, text); }},
};

[[nodiscard]] const Setting* find(string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

// Empty where the entry was applied.
[[nodiscard]] std::string apply(string_view entry, Setup& setup) {
  const std::size_t equals = entry.find('=');
  if (equals == string_view::npos) return "'" + std::string(entry) + "' is no setting: write NAME=VALUE";
  const string_view name = entry.substr(0, equals);
  const string_view value = entry.substr(equals + 1);
  const Setting* const setting = find(name);
  if (setting == nullptr) return "no setting is called '" + std::string(name) + "'";
  if (setting->apply(setup, value)) return {};
  return "'" + std::string(value) + "' is no value for " + std::string(name) + ": write " + std::string(name) + "=" +
         std::string(setting->value);
}

}  // namespace

std::vector<std::string> apply_settings(string_view text, Setup& setup) {
  std::vector<std::string> complaints;
  while (!text.empty()) {
    const string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    if (entry.empty()) continue;
    if (std::string complaint = apply(entry, setup); !complaint.empty()) complaints.push_back(std::move(complaint));
  }
  return complaints;
}

std::vector<std::string> known_settings() {
  std::vector<std::string> lines;
  for (const Setting& setting : kSettings) {
    lines.push_back(std::string(setting.name) + "=" + std::string(setting.value) + "  " + std::string(setting.meaning));
  }
  return lines;
}

}  // namespace fourtuple::laboratory
