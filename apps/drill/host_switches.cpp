// The switches of Linux and FreeBSD that scripts turn with sysctl and ip, as far as our stack has the same.
#include <algorithm>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "apps/drill/circumstances.hpp"

namespace fourtuple::drill {
namespace {

using Numbers = std::vector<std::int64_t>;  // never empty

constexpr std::int64_t kMaxCount = 1'000'000;

std::uint32_t count(const Numbers& numbers) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(numbers.front(), 0, kMaxCount));
}
std::chrono::milliseconds milliseconds(const Numbers& numbers) { return std::chrono::milliseconds(count(numbers)); }

// "4096 131072 6291456": least, default, most.
std::size_t default_of(const Numbers& numbers) {
  const std::int64_t middle = numbers.size() > 1 ? numbers[1] : numbers.front();
  return static_cast<std::size_t>(std::clamp<std::int64_t>(middle, 256, std::int64_t{1} << 30));
}

std::size_t most_of(const Numbers& numbers) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(numbers.back(), 256, std::int64_t{1} << 30));
}
void set_receive_buffer(Circumstances& to, const Numbers& numbers) {
  to.stack.tcp.receive_buffer_bytes = default_of(numbers);
  if (numbers.size() > 2) to.stack.tcp.tuned_receive_bytes = most_of(numbers);
}
void set_send_buffer(Circumstances& to, const Numbers& numbers) {
  to.stack.tcp.send_buffer_bytes = default_of(numbers);
  if (numbers.size() > 2) to.stack.tcp.tuned_send_bytes = most_of(numbers);
}

void set_on_sockets(Circumstances& to, int level, int name, std::int64_t value) {
  to.socket_defaults.push_back({level, name, static_cast<int>(std::clamp<std::int64_t>(value, 0, kMaxCount))});
}

// 0: never, 1: asked for and granted, 2: granted.
tcp::EcnUse ecn_use(const Numbers& numbers) {
  if (numbers[0] == 0) return tcp::EcnUse::kOff;
  return numbers[0] == 1 ? tcp::EcnUse::kAsk : tcp::EcnUse::kWhenAsked;
}

using Turn = void (*)(Circumstances&, const Numbers&);
struct Switch {
  std::string_view name;
  Turn turn;
};

constexpr Switch kLinux[] = {
    {"tcp_timestamps", [](auto& to, auto& n) { to.stack.tcp.timestamps = n[0] != 0; }},
    {"tcp_sack", [](auto& to, auto& n) { to.stack.tcp.sack = n[0] != 0; }},
    {"tcp_ecn", [](auto& to, auto& n) { to.stack.tcp.ecn = ecn_use(n); }},
    {"tcp_window_scaling", [](auto& to, auto& n) { to.stack.tcp.window_scaling = n[0] != 0; }},
    {"tcp_rmem", set_receive_buffer},
    {"tcp_wmem", set_send_buffer},
    {"tcp_moderate_rcvbuf", [](auto& to, auto& n) { to.stack.tcp.tune_buffers = n[0] != 0; }},
    {"tcp_synack_retries", [](auto& to, auto& n) { to.stack.tcp.syn_ack_retries = count(n); }},
    {"tcp_syn_retries", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_SYNCNT, n[0]); }},
    {"tcp_retries1", [](auto& to, auto& n) { to.stack.tcp.retries_r1 = count(n); }},
    {"tcp_retries2", [](auto& to, auto& n) { to.stack.tcp.retries_r2 = count(n); }},
    {"tcp_orphan_retries", [](auto& to, auto& n) { to.stack.tcp.orphan_retries = count(n); }},
    {"tcp_fin_timeout", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_LINGER2, n[0]); }},
    {"tcp_keepalive_time", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPIDLE, n[0]); }},
    {"tcp_keepalive_intvl", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPINTVL, n[0]); }},
    {"tcp_keepalive_probes", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPCNT, n[0]); }},
    {"tcp_max_syn_backlog", [](auto& to, auto& n) { to.stack.tcp.max_syn_backlog = count(n); }},
    {"tcp_rto_min_us", [](auto& to, auto& n) { to.stack.tcp.min_rto = std::chrono::microseconds(count(n)); }},
    {"tcp_challenge_ack_limit",
     [](auto& to, auto& n) {
       to.stack.tcp.challenge_acks_per_second = static_cast<std::uint32_t>(std::clamp<std::int64_t>(n[0], 0, 1 << 30));
     }},
    {"ip_default_ttl",
     [](auto& to, auto& n) { to.stack.ip.ttl = static_cast<std::uint8_t>(std::clamp<std::int64_t>(n[0], 1, 255)); }},
};

// Times are in milliseconds there.
constexpr Switch kFreeBsd[] = {
    {"rfc1323", [](auto& to, auto& n) { to.stack.tcp.timestamps = to.stack.tcp.window_scaling = n[0] != 0; }},
    {"sack.enable", [](auto& to, auto& n) { to.stack.tcp.sack = n[0] != 0; }},
    {"ecn.enable", [](auto& to, auto& n) { to.stack.tcp.ecn = ecn_use(n); }},
    {"recvspace", [](auto& to, auto& n) { to.stack.tcp.receive_buffer_bytes = default_of(n); }},
    {"sendspace", [](auto& to, auto& n) { to.stack.tcp.send_buffer_bytes = default_of(n); }},
    {"delacktime", [](auto& to, auto& n) { to.stack.tcp.delayed_ack = milliseconds(n); }},
    {"msl", [](auto& to, auto& n) { to.stack.tcp.time_wait = 2 * milliseconds(n); }},
    {"rexmit_min", [](auto& to, auto& n) { to.stack.tcp.min_rto = milliseconds(n); }},
    {"rexmit_initial", [](auto& to, auto& n) { to.stack.tcp.initial_rto = milliseconds(n); }},
    {"initcwnd_segments", [](auto& to, auto& n) { to.stack.tcp.initial_window_segments = count(n); }},
    {"keepidle", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPIDLE, n[0] / 1000); }},
    {"keepintvl", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPINTVL, n[0] / 1000); }},
    {"keepcnt", [](auto& to, auto& n) { set_on_sockets(to, IPPROTO_TCP, TCP_KEEPCNT, n[0]); }},
    {"always_keepalive", [](auto& to, auto& n) { set_on_sockets(to, SOL_SOCKET, SO_KEEPALIVE, n[0]); }},
};

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kMarks = "\"'";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Words between blanks; a quoted piece belongs to its word, without the marks.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  char mark = 0;
  for (const char c : text) {
    if (mark != 0 ? c == mark : kMarks.find(c) != std::string_view::npos) {
      mark = mark == 0 ? c : char{0};
    } else if (mark == 0 && kSpace.find(c) != std::string_view::npos) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Empty where one of the words is no number.
Numbers numbers_of(std::string_view text) {
  Numbers numbers;
  for (const std::string& word : words_of(text)) {
    std::int64_t value = 0;
    const char* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) return {};
    numbers.push_back(value);
  }
  return numbers;
}

bool turn(std::span<const Switch> table, std::string_view name, std::string_view value, Circumstances& to) {
  const auto known = std::find_if(table.begin(), table.end(), [&](const Switch& one) { return one.name == name; });
  const Numbers numbers = numbers_of(value);
  if (known == table.end() || numbers.empty()) return false;
  known->turn(to, numbers);
  return true;
}

bool turn(std::string_view name, std::string_view value, Circumstances& to) {
  static constexpr std::string_view kLinuxPrefix = "net.ipv4.";
  static constexpr std::string_view kFreeBsdPrefix = "net.inet.tcp.";
  if (name.starts_with(kLinuxPrefix)) return turn(kLinux, name.substr(kLinuxPrefix.size()), value, to);
  if (name.starts_with(kFreeBsdPrefix)) return turn(kFreeBsd, name.substr(kFreeBsdPrefix.size()), value, to);
  return false;
}

// sysctl [-q] [-w] name=value ...
bool take_sysctl(const std::vector<std::string>& words, Circumstances& to) {
  bool all = words.size() > 1;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word.starts_with('-')) continue;
    const auto sign = word.find('=');
    const bool is_known = sign != std::string_view::npos && turn(word.substr(0, sign), word.substr(sign + 1), to);
    if (!is_known) all = false;
  }
  return all;
}

// echo VALUE > /proc/sys/net/ipv4/tcp_sack
bool take_echo(const std::vector<std::string>& words, Circumstances& to) {
  static constexpr std::string_view kFolder = "/proc/sys/";
  const auto arrow = std::find_if(words.begin(), words.end(), [](const auto& one) { return one.starts_with('>'); });
  if (arrow == words.end() || arrow == words.begin() + 1) return false;
  std::string name = *arrow == ">" ? (arrow + 1 == words.end() ? "" : *(arrow + 1)) : arrow->substr(1);
  if (!name.starts_with(kFolder)) return false;
  name.erase(0, kFolder.size());
  std::replace(name.begin(), name.end(), '/', '.');
  std::string value;
  for (auto word = words.begin() + 1; word != arrow; ++word) value += *word + " ";
  return turn(name, value, to);
}

// The number behind a word, anywhere in the line.
std::int64_t number_behind(const std::vector<std::string>& words, std::string_view name) {
  const auto found = std::find(words.begin(), words.end(), name);
  if (found == words.end() || found + 1 == words.end()) return 0;
  const Numbers numbers = numbers_of(*(found + 1));
  return numbers.empty() ? 0 : numbers.front();
}

// ip route change 192.0.2.0/24 dev tun0 initcwnd 4; ip link set dev tun0 mtu 1200; ifconfig tun0 mtu 1200
bool take_link(const std::vector<std::string>& words, Circumstances& to) {
  const std::int64_t window = number_behind(words, "initcwnd");
  const std::int64_t mtu = number_behind(words, "mtu");
  if (window > 0 && window < kMaxCount) to.stack.tcp.initial_window_segments = static_cast<std::uint32_t>(window);
  if (mtu >= 68 && mtu <= 65535) to.mtu = static_cast<std::size_t>(mtu);
  return window > 0 || mtu > 0;
}

bool take(const std::vector<std::string>& words, Circumstances& to) {
  if (words.front() == "sysctl") return take_sysctl(words, to);
  if (words.front() == "echo") return take_echo(words, to);
  if (words.front() == "ip" || words.front() == "ifconfig") return take_link(words, to);
  return words.front() == "true" || words.front() == ":" || words.front().starts_with('#');
}

}  // namespace

void apply_commands(std::string_view text, Circumstances& to) {
  while (!text.empty()) {
    const auto end = std::min({text.find('\n'), text.find(';'), text.find("&&"), text.size()});
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + (text.substr(end).starts_with("&&") ? 2 : 1)));
    const auto words = words_of(line);
    if (!words.empty() && !take(words, to)) to.ignored.emplace_back(line);
  }
}

}  // namespace fourtuple::drill
