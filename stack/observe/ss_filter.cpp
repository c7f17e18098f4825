#include "stack/observe/ss_filter.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fourtuple::observe {
namespace {

constexpr std::size_t kMostOctets = 1024;
constexpr std::size_t kMostDeep = 32;

using States = std::array<bool, kTcpStateCount>;

struct StateWord {
  std::string_view word;
  TcpState state;
};
constexpr std::array kStateWords{
    StateWord{"established", TcpState::kEstablished}, StateWord{"estab", TcpState::kEstablished},
    StateWord{"syn-sent", TcpState::kSynSent},        StateWord{"syn-recv", TcpState::kSynReceived},
    StateWord{"fin-wait-1", TcpState::kFinWait1},     StateWord{"fin-wait-2", TcpState::kFinWait2},
    StateWord{"time-wait", TcpState::kTimeWait},      StateWord{"closed", TcpState::kClosed},
    StateWord{"unconnected", TcpState::kClosed},      StateWord{"close-wait", TcpState::kCloseWait},
    StateWord{"last-ack", TcpState::kLastAck},        StateWord{"listening", TcpState::kListen},
    StateWord{"listen", TcpState::kListen},           StateWord{"closing", TcpState::kClosing}};

States all_but(std::initializer_list<TcpState> left_out) {
  States states;
  states.fill(true);
  for (const TcpState state : left_out) states[static_cast<std::size_t>(state)] = false;
  return states;
}

States only(std::initializer_list<TcpState> wanted) {
  States states{};
  for (const TcpState state : wanted) states[static_cast<std::size_t>(state)] = true;
  return states;
}

std::optional<States> states_of(std::string_view word) {
  using enum TcpState;
  if (word == "all") return all_but({});
  if (word == "connected") return all_but({kListen, kClosed});
  if (word == "synchronized") return all_but({kListen, kClosed, kSynSent});
  if (word == "bucket") return only({kSynReceived, kTimeWait});
  if (word == "big") return all_but({kSynReceived, kTimeWait});
  const auto found = std::ranges::find(kStateWords, word, &StateWord::word);
  if (found == kStateWords.end()) return std::nullopt;
  return only({found->state});
}

// Sockets without states of their own stand where ss has them.
TcpState state_of(const Row& row) {
  if (row.kind == RowKind::kTcp) return row.state;
  return row.is_connected() ? TcpState::kEstablished : TcpState::kClosed;
}

// Words, brackets and signs, each by itself.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  const auto take = [&](std::size_t size) {
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  };
  constexpr std::string_view kSpace = " \t\n";
  constexpr std::string_view kSigns = "()=!<>&|";
  while (!text.empty()) {
    if (kSpace.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (kSigns.find(text.front()) != std::string_view::npos) {
      const bool is_pair =
          text.size() > 1 && (text[1] == '=' || (text[1] == text[0] && text[0] != '(' && text[0] != ')'));
      take(is_pair && text.front() != '(' && text.front() != ')' ? 2 : 1);
    } else {
      take(std::min(text.find_first_of(" \t\n()=!<>&|"), text.size()));
    }
  }
  return words;
}

bool compare(Port left, Port right, SsFilter::Comparison comparison) {
  using enum SsFilter::Comparison;
  switch (comparison) {
    case kEqual:
      return left == right;
    case kUnequal:
      return left != right;
    case kLess:
      return left < right;
    case kGreater:
      return left > right;
    case kLessOrEqual:
      return left <= right;
    case kGreaterOrEqual:
      return left >= right;
  }
  return false;
}

}  // namespace

// or: and { "or" and }   and: not { ["and"] not }   not: "not" not | "(" or ")" | "dport" [sign] :port | "dst" [sign]
// address
class SsFilterParser {
 public:
  explicit SsFilterParser(std::string_view text) : words_(words_of(text)) {}

  Result<SsFilter, std::string> run() {
    while (next() == "state" || next() == "exclude") take_state();
    if (at_ < words_.size() && problem_.empty()) {
      parse_or(0);
      if (problem_.empty() && at_ < words_.size()) problem_ = fmt::format("'{}' was not expected here", next());
    }
    if (!problem_.empty()) return failure(problem_);
    return std::move(filter_);
  }

 private:
  using Node = SsFilter::Node;
  using Kind = SsFilter::Kind;
  using Comparison = SsFilter::Comparison;

  [[nodiscard]] std::string_view next() const { return at_ < words_.size() ? words_[at_] : std::string_view(); }
  bool take(std::string_view word) {
    const bool is_there = at_ < words_.size() && words_[at_] == word;
    if (is_there) ++at_;
    return is_there;
  }
  bool take_any(std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [this](std::string_view word) { return take(word); });
  }

  void take_state() {
    const bool excludes = words_[at_++] == "exclude";
    const auto states = states_of(next());
    if (!states) {
      problem_ = fmt::format(
          "'{}' is no state; there are established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, "
          "time-wait, closed, close-wait, last-ack, listening, closing, all, connected, synchronized, "
          "bucket and big",
          next());
      at_ = words_.size();
      return;
    }
    ++at_;
    if (!filter_.states_) filter_.states_ = excludes ? all_but({}) : States{};
    for (std::size_t i = 0; i < kTcpStateCount; ++i)
      if ((*states)[i]) (*filter_.states_)[i] = !excludes;
  }

  std::size_t put(const Node& node) {
    filter_.nodes_.push_back(node);
    return filter_.nodes_.size() - 1;
  }

  std::size_t parse_or(std::size_t depth) {
    std::size_t left = parse_and(depth);
    while (problem_.empty() && take_any({"or", "|", "||"})) {
      const std::size_t right = parse_and(depth);
      left = put({.kind = Kind::kOr, .left = left, .right = right});
    }
    return left;
  }

  std::size_t parse_and(std::size_t depth) {
    std::size_t left = parse_not(depth);
    while (problem_.empty() && (take_any({"and", "&", "&&"}) || begins_term())) {
      const std::size_t right = parse_not(depth);
      left = put({.kind = Kind::kAnd, .left = left, .right = right});
    }
    return left;
  }

  [[nodiscard]] bool begins_term() const {
    constexpr std::array<std::string_view, 7> kBegins{"not", "!", "(", "src", "dst", "sport", "dport"};
    return at_ < words_.size() && std::ranges::find(kBegins, next()) != kBegins.end();
  }

  std::size_t parse_not(std::size_t depth) {
    if (depth >= kMostDeep) return fail("the brackets are too deep");
    if (take_any({"not", "!"})) {
      const std::size_t inner = parse_not(depth + 1);
      return put({.kind = Kind::kNot, .left = inner});
    }
    if (take("(")) {
      const std::size_t inner = parse_or(depth + 1);
      if (problem_.empty() && !take(")")) return fail("a bracket is not closed");
      return inner;
    }
    return parse_term();
  }

  std::size_t parse_term() {
    Node node;
    const std::string_view word = next();
    node.remote = word == "dst" || word == "dport";
    node.kind = word == "src" || word == "dst" ? Kind::kAddress : Kind::kPort;
    if (!begins_term() || word == "(")
      return fail(word.empty() ? "something is missing at the end"
                               : fmt::format("'{}' is none of src, dst, sport and dport", word));
    ++at_;
    node.comparison = take_comparison();
    const std::string_view value = next();
    if (value.empty()) return fail(fmt::format("{} needs a value", word));
    ++at_;
    return node.kind == Kind::kPort ? put_port(node, value) : put_address(node, value);
  }

  Comparison take_comparison() {
    if (take_any({"!=", "ne", "neq"})) return Comparison::kUnequal;
    if (take_any({"<=", "le", "leq"})) return Comparison::kLessOrEqual;
    if (take_any({">=", "ge", "geq"})) return Comparison::kGreaterOrEqual;
    if (take_any({"<", "lt"})) return Comparison::kLess;
    if (take_any({">", "gt"})) return Comparison::kGreater;
    static_cast<void>(take_any({"=", "==", "eq"}));
    return Comparison::kEqual;
  }

  std::size_t put_port(Node node, std::string_view value) {
    std::string_view digits = value.substr(value.rfind(':') == std::string_view::npos ? 0 : value.rfind(':') + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node.port);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
      return fail(fmt::format("'{}' is no port; write it like :80", value));
    return put(node);
  }

  // 10.0.0.4, 10.0.0.0/8, 10.0.0.4:80, :80
  std::size_t put_address(Node node, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    const std::string_view address = value.substr(0, colon);
    const auto prefix = Ipv4Prefix::parse(address);
    if (!address.empty() && address != "*" && !prefix)
      return fail(fmt::format("'{}' is no address; write it like 10.0.0.4, 10.0.0.0/8 or 10.0.0.4:80", value));
    std::optional<std::size_t> whole;
    const Comparison comparison = node.comparison == Comparison::kUnequal ? Comparison::kUnequal : Comparison::kEqual;
    node.comparison = Comparison::kEqual;
    if (!address.empty() && address != "*") {
      node.prefix = *prefix;
      whole = put(node);
    }
    if (colon != std::string_view::npos && value.substr(colon) != ":*") {
      Node port = node;
      port.kind = Kind::kPort;
      const std::size_t at = put_port(port, value.substr(colon));
      whole = whole ? put({.kind = Kind::kAnd, .left = *whole, .right = at}) : at;
    }
    if (!whole) return fail(fmt::format("'{}' says nothing", value));
    return comparison == Comparison::kUnequal ? put({.kind = Kind::kNot, .left = *whole}) : *whole;
  }

  std::size_t fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    at_ = words_.size();
    return 0;
  }

  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  std::string problem_;
  SsFilter filter_;
};

Result<SsFilter, std::string> SsFilter::parse(std::string_view text) {
  if (text.size() > kMostOctets) return failure(std::string("the filter is too long"));
  return SsFilterParser(text).run();
}

bool SsFilter::names_one_state() const { return states_ && std::ranges::count(*states_, true) == 1; }

bool SsFilter::matches(const Row& row) const {
  if (states_ && !(*states_)[static_cast<std::size_t>(state_of(row))]) return false;
  return nodes_.empty() || matches(nodes_.back(), row);
}

bool SsFilter::matches(const Node& node, const Row& row) const {
  const Endpoint& endpoint = node.remote ? row.name.remote : row.name.local;
  switch (node.kind) {
    case Kind::kAnd:
      return matches(nodes_[node.left], row) && matches(nodes_[node.right], row);
    case Kind::kOr:
      return matches(nodes_[node.left], row) || matches(nodes_[node.right], row);
    case Kind::kNot:
      return !matches(nodes_[node.left], row);
    case Kind::kAddress:
      return endpoint.address.is_v4() && node.prefix.contains(endpoint.address.v4());
    case Kind::kPort:
      return compare(endpoint.port, node.port, node.comparison);
  }
  return false;
}

}  // namespace fourtuple::observe
