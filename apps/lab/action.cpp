#include "apps/lab/action.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <vector>

#include "apps/lab/text.hpp"

namespace fourtuple::lab {
namespace {

using Words = std::span<const std::string_view>;
using Outcome = Result<Action, std::string>;

// Octets may be written 100k or 4M.
bool take_octets(std::string_view text, std::uint64_t& octets) {
  std::uint64_t unit = 1;
  if (!text.empty() && (text.back() == 'k' || text.back() == 'M')) {
    unit = text.back() == 'k' ? 1000 : 1'000'000;
    text.remove_suffix(1);
  }
  if (!take_number<std::uint64_t>(text, 1, kMostOctets / unit, octets)) return false;
  octets *= unit;
  return true;
}

bool take_port(std::string_view text, Port& port) { return take_number<Port>(text, 1, 65535, port); }

bool take_switch(std::string_view text, bool& on) {
  on = text == "on";
  return on || text == "off";
}

bool take_connection(std::string_view text, std::uint32_t& connection) {
  return !text.empty() && text.front() == '#' && take_number<std::uint32_t>(text.substr(1), 1, 100'000, connection);
}

bool take_kind(std::string_view text, impair::FrameKind& kind) {
  for (std::size_t i = 0; i < impair::kFrameKindCount; ++i) {
    if (name(static_cast<impair::FrameKind>(i)) != text) continue;
    kind = static_cast<impair::FrameKind>(i);
    return true;
  }
  return false;
}

// Each takes what stands behind the verb, and answers whether that was right.
bool take_listen(Words words, Action& action) { return words.size() == 1 && take_port(words[0], action.port); }

bool take_connect(Words words, Action& action) {
  if (words.size() == 3 && words[1] == "from" && !take_port(words[2], action.from_port)) return false;
  return (words.size() == 1 || (words.size() == 3 && words[1] == "from")) && take_port(words[0], action.port);
}

bool take_amount(Words words, std::string_view preposition, Action& action) {
  if (words.empty() || !take_octets(words[0], action.amount)) return false;
  if (words.size() == 1) return true;
  return words.size() == 3 && words[1] == preposition && take_connection(words[2], action.connection);
}

bool take_send(Words words, Action& action) { return take_amount(words, "to", action); }
bool take_read(Words words, Action& action) { return take_amount(words, "from", action); }
bool take_serve(Words words, Action& action) { return words.size() == 1 && take_octets(words[0], action.amount); }
bool take_on_or_off(Words words, Action& action) { return words.size() == 1 && take_switch(words[0], action.on); }

bool take_end(Words words, Action& action) {
  return words.empty() || (words.size() == 1 && take_connection(words[0], action.connection));
}

bool take_ping(Words words, Action& action) {
  action.amount = 1;
  action.port = 56;
  if (!words.empty() && words[0] != "size") {
    if (!take_number<std::uint64_t>(words[0], 1, kMostPings, action.amount)) return false;
    words = words.subspan(1);
  }
  return words.empty() ||
         (words.size() == 2 && words[0] == "size" && take_number<Port>(words[1], 0, 65507, action.port));
}

bool take_datagram(Words words, Action& action) {
  return words.size() == 4 && words[0] == "send" && take_octets(words[1], action.amount) && action.amount <= 65507 &&
         words[2] == "to" && take_port(words[3], action.port);
}

bool take_option(Words words, Action& action) {
  if (words.size() != 2) return false;
  action.name = words[0];
  action.value = words[1];
  if (action.name == "congestion") return true;
  if (action.name == "receive-buffer" || action.name == "send-buffer") return take_octets(words[1], action.amount);
  const bool is_switch = action.name == "nodelay" || action.name == "cork" || action.name == "keepalive";
  return is_switch && take_switch(words[1], action.on);
}

bool take_nothing(Words words, Action& /*action*/) { return words.empty(); }

bool take_drop(Words words, Action& action) {
  if (words.empty() || words[0] != "next" || words.size() > 2) return false;
  return words.size() == 1 || take_kind(words[1], action.kind);
}

bool take_syns(Words words, Action& action) {
  return words.size() == 4 && words[0] == "syn" && words[2] == "to" &&
         take_number<std::uint64_t>(words[1], 1, kMostSyns, action.amount) && take_port(words[3], action.port);
}

struct Form {
  std::string_view word;
  Verb verb;
  bool (*take)(Words, Action&);
  std::string_view usage;
};

constexpr std::array kHostForms{
    Form{"listen", Verb::kListen, take_listen, "listen PORT"},
    Form{"connect", Verb::kConnect, take_connect, "connect PORT [from PORT]"},
    Form{"send", Verb::kSend, take_send, "send OCTETS [to #N]"},
    Form{"read", Verb::kRead, take_read, "read OCTETS [from #N]"},
    Form{"auto-read", Verb::kAutoRead, take_on_or_off, "auto-read on|off"},
    Form{"auto-close", Verb::kAutoClose, take_on_or_off, "auto-close on|off"},
    Form{"echo", Verb::kEcho, take_on_or_off, "echo on|off"},
    Form{"serve", Verb::kServe, take_serve, "serve OCTETS"},
    Form{"shutdown", Verb::kShutdown, take_end, "shutdown [#N]"},
    Form{"close", Verb::kClose, take_end, "close [#N]"},
    Form{"abort", Verb::kAbort, take_end, "abort [#N]"},
    Form{"stop", Verb::kStop, take_nothing, "stop"},
    Form{"ping", Verb::kPing, take_ping, "ping [COUNT] [size OCTETS]"},
    Form{"udp", Verb::kDatagram, take_datagram, "udp send OCTETS to PORT"},
    Form{"set", Verb::kSet, take_option,
         "set nodelay|cork|keepalive on|off, set congestion NAME, set receive-buffer|send-buffer OCTETS"},
};

constexpr std::array kWireForms{
    Form{"drop", Verb::kDropNext, take_drop, "drop next [data|ack|syn|synack|fin|rst|arp|icmp|udp|any]"},
    Form{"cut", Verb::kCut, take_nothing, "cut"},
    Form{"heal", Verb::kHeal, take_nothing, "heal"},
    Form{"inject", Verb::kInjectSyn, take_syns, "inject syn COUNT to PORT"},
};

template <std::size_t Count>
std::string usages(const std::array<Form, Count>& forms) {
  std::string text;
  for (const Form& form : forms) text += fmt::format("{}{}", text.empty() ? "" : "; ", form.usage);
  return text;
}

Outcome parse_host_action(int who, Words words) {
  if (words.empty()) return failure("expected one of: " + usages(kHostForms));
  for (const Form& form : kHostForms) {
    if (form.word != words[0]) continue;
    Action action{.who = who, .verb = form.verb};
    if (!form.take(words.subspan(1), action)) return failure(fmt::format("expected: {}", form.usage));
    return action;
  }
  return failure(fmt::format("'{}' is nothing that a host does: expected one of: {}", words[0], usages(kHostForms)));
}

// "drop next", "cut" and the like are ours; everything else is a text of rules, "drop data 3" included.
Outcome parse_wire_action(std::string_view text, Words words) {
  for (const Form& form : kWireForms) {
    Action action{.who = kWire, .verb = form.verb};
    const bool is_meant =
        !words.empty() && form.word == words[0] && (form.word != "drop" || (words.size() > 1 && words[1] == "next"));
    if (!is_meant) continue;
    if (!form.take(words.subspan(1), action)) return failure(fmt::format("expected: {}", form.usage));
    return action;
  }
  const auto rules = impair::parse_rules(text);
  if (!rules) return failure(rules.error().to_string());
  return Action{.who = kWire, .verb = Verb::kRules, .value = impair::to_string(*rules)};
}

std::string_view host_name(int who) { return who == kClient ? "client" : who == kServer ? "server" : "wire"; }

std::string_view word_of(Verb verb) {
  for (const Form& form : kHostForms) {
    if (form.verb == verb) return form.word;
  }
  for (const Form& form : kWireForms) {
    if (form.verb == verb) return form.word;
  }
  return {};
}

std::string with_connection(std::string text, std::string_view preposition, std::uint32_t connection) {
  return connection == 0 ? text : fmt::format("{} {}#{}", text, preposition, connection);
}

// What stands behind the verb.
std::string arguments(const Action& action) {
  const std::string_view on_or_off = action.on ? "on" : "off";
  switch (action.verb) {
    case Verb::kListen:
      return fmt::format(" {}", action.port);
    case Verb::kConnect:
      return action.from_port == 0 ? fmt::format(" {}", action.port)
                                   : fmt::format(" {} from {}", action.port, action.from_port);
    case Verb::kSend:
      return with_connection(fmt::format(" {}", action.amount), "to ", action.connection);
    case Verb::kRead:
      return with_connection(fmt::format(" {}", action.amount), "from ", action.connection);
    case Verb::kServe:
      return fmt::format(" {}", action.amount);
    case Verb::kAutoRead:
    case Verb::kAutoClose:
    case Verb::kEcho:
      return fmt::format(" {}", on_or_off);
    case Verb::kShutdown:
    case Verb::kClose:
    case Verb::kAbort:
      return with_connection("", "", action.connection);
    case Verb::kPing:
      return fmt::format(" {} size {}", action.amount, action.port);
    case Verb::kDatagram:
      return fmt::format(" send {} to {}", action.amount, action.port);
    case Verb::kSet:
      return fmt::format(" {} {}", action.name, action.value);
    case Verb::kDropNext:
      return fmt::format(" next {}", name(action.kind));
    case Verb::kInjectSyn:
      return fmt::format(" syn {} to {}", action.amount, action.port);
    case Verb::kStop:
    case Verb::kCut:
    case Verb::kHeal:
    case Verb::kRules:
      return {};
  }
  return {};
}

}  // namespace

Result<Action, std::string> parse_action(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::vector<std::string_view> who = words_of(text.substr(0, std::min(colon, text.size())));
  if (colon == std::string_view::npos || who.size() != 1) {
    return failure(std::string("expected client:, server: or wire: and what happens there"));
  }
  const std::string_view rest = text.substr(colon + 1);
  const std::vector<std::string_view> words = words_of(rest);
  if (who[0] == "client") return parse_host_action(kClient, words);
  if (who[0] == "server") return parse_host_action(kServer, words);
  if (who[0] == "wire") return parse_wire_action(trimmed(rest), words);
  return failure(fmt::format("'{}' is not here: expected client:, server: or wire:", who[0]));
}

std::string to_string(const Action& action) {
  if (action.verb == Verb::kRules) return fmt::format("wire: {}", action.value);
  return fmt::format("{}: {}{}", host_name(action.who), word_of(action.verb), arguments(action));
}

Result<TimedAction, std::string> parse_timed_action(std::string_view text, Duration previous) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.empty()) return failure(std::string("expected a time and an action"));
  const bool is_relative = words[0].front() == '+';
  const std::size_t sign = std::min(words[0].find('@'), words[0].size());
  const auto time = duration_of(words[0].substr(0, sign).substr(is_relative ? 1 : 0));
  std::size_t position = 0;
  const bool has_position = sign < words[0].size();
  const bool is_fine = !has_position || take_number<std::size_t>(words[0].substr(sign + 1), 0, 1'000'000'000, position);
  if (!time || !is_fine) return failure(fmt::format("'{}' is no time: expected 20ms, 1.5s or +20ms", words[0]));
  auto action = parse_action(text.substr(static_cast<std::size_t>(words[0].data() + words[0].size() - text.data())));
  if (!action) return failure(action.error());
  TimedAction timed{is_relative ? previous + *time : *time, std::move(*action)};
  if (has_position) timed.position = position;
  return timed;
}

std::string to_string(const TimedAction& timed) {
  const std::string position = timed.position ? fmt::format("@{}", *timed.position) : std::string();
  return fmt::format("{}ms{} {}", static_cast<double>(timed.at.count()) / 1e6, position, to_string(timed.action));
}

}  // namespace fourtuple::lab
