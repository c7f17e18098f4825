#include "tests/support/script.hpp"

#include <charconv>
#include <fmt/format.h>

namespace fourtuple::test {
namespace {

// Eats a line from the left. The first thing that does not fit is remembered; everything after it is ignored.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool ok() const { return problem_.empty(); }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] bool at_end() {
    skip_blanks();
    return rest_.empty();
  }
  [[nodiscard]] bool is_at(char letter) {
    skip_blanks();
    return rest_.starts_with(letter);
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) fail(fmt::format("'{}'", token));
  }
  std::string_view word() {
    skip_blanks();
    const auto word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }
  template <class Number>
  Number number() {
    skip_blanks();
    Number value{};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{}) return fail("a number"), value;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  std::optional<std::int64_t> number_or_any() {
    if (take("*")) return std::nullopt;
    return number<std::int64_t>();
  }
  void fail(std::string_view wanted) {
    if (ok()) problem_ = fmt::format("wanted {} at \"{}\"", wanted, rest_);
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::string problem_;
};

TcpFlags read_flags(Reader& in) {
  constexpr std::string_view kLetters = "FSRP.UEW";  // in the order of the header's bits
  TcpFlags flags;
  for (const char letter : in.word()) {
    if (letter == '-') continue;
    const auto bit = kLetters.find(letter);
    if (bit == std::string_view::npos) {
      in.fail("flags of SFRP.UEW");
      break;
    }
    flags.bits = static_cast<std::uint8_t>(flags.bits | 1U << bit);
  }
  return flags;
}

void read_sequence(Reader& in, ScriptSegment& segment) {
  segment.seq = in.number<std::int64_t>();
  in.expect(":");
  const auto end = in.number<std::int64_t>();
  in.expect("(");
  segment.length = in.number<std::uint32_t>();
  in.expect(")");
  if (in.ok() && end - segment.seq != segment.length) in.fail("end - seq = length");
}

void read_sack(Reader& in, ScriptOptions& options) {
  while (in.ok() && !in.is_at(',') && !in.is_at('>')) {
    const auto left = in.number<std::int64_t>();
    in.expect(":");
    options.sack.emplace_back(left, in.number<std::int64_t>());
  }
}

void read_timestamps(Reader& in, ScriptOptions& options) {
  in.expect("val");
  ScriptTimestamps stamps;
  stamps.value = in.number_or_any();
  in.expect("ecr");
  stamps.echo_reply = in.number_or_any();
  options.timestamps = stamps;
}

void read_option(Reader& in, ScriptOptions& options) {
  if (in.take("...")) {
    options.others_allowed = true;
  } else if (in.take("mss")) {
    options.mss = in.number<std::uint16_t>();
  } else if (in.take("wscale")) {
    options.window_scale = in.number<std::uint8_t>();
  } else if (in.take("sackOK")) {
    options.sack_permitted = true;
  } else if (in.take("TS")) {
    read_timestamps(in, options);
  } else if (in.take("sack")) {
    read_sack(in, options);
  } else if (!in.take("nop") && !in.take("eol")) {
    in.fail("an option");
  }
}

void read_options(Reader& in, ScriptOptions& options) {
  while (in.ok()) {
    read_option(in, options);
    if (in.take(">")) return;
    in.expect(",");
  }
}

std::string to_string(const std::optional<std::int64_t>& number) { return number ? fmt::format("{}", *number) : "*"; }

std::vector<std::string> option_texts(const ScriptOptions& options) {
  std::vector<std::string> texts;
  if (options.mss) texts.push_back(fmt::format("mss {}", *options.mss));
  if (options.sack_permitted) texts.emplace_back("sackOK");
  if (options.timestamps) {
    texts.push_back(fmt::format("TS val {} ecr {}", to_string(options.timestamps->value),
                                to_string(options.timestamps->echo_reply)));
  }
  if (options.window_scale) texts.push_back(fmt::format("wscale {}", *options.window_scale));
  if (!options.sack.empty()) {
    std::string blocks = "sack";
    for (const auto& [left, right] : options.sack) blocks += fmt::format(" {}:{}", left, right);
    texts.push_back(blocks);
  }
  if (options.others_allowed) texts.emplace_back("...");
  return texts;
}

}  // namespace

Result<ScriptSegment, std::string> parse_script(std::string_view line) {
  Reader in(line);
  ScriptSegment segment;
  segment.flags = read_flags(in);
  read_sequence(in, segment);
  while (in.ok() && !in.at_end()) {
    if (in.take("ack")) {
      segment.ack = in.number<std::int64_t>();
    } else if (in.take("win")) {
      segment.window = in.number<std::uint16_t>();
    } else if (in.take("urg")) {
      segment.urgent = in.number<std::uint16_t>();
    } else if (in.take("<")) {
      read_options(in, segment.options);
    } else {
      in.fail("ack, win, urg or <options>");
    }
  }
  if (in.ok() && segment.flags.ack() != segment.ack.has_value()) in.fail("an ack with '.', and none without");
  if (!in.ok()) return failure(in.problem());
  return segment;
}

std::string to_string(const ScriptSegment& segment) {
  std::string text =
      fmt::format("{} {}:{}({})", to_string(segment.flags), segment.seq, segment.seq + segment.length, segment.length);
  if (segment.ack) text += fmt::format(" ack {}", *segment.ack);
  if (segment.window) text += fmt::format(" win {}", *segment.window);
  if (segment.urgent) text += fmt::format(" urg {}", *segment.urgent);
  const auto texts = option_texts(segment.options);
  return texts.empty() ? text : text + fmt::format(" <{}>", fmt::join(texts, ","));
}

}  // namespace fourtuple::test
