#include "apps/record/heard_call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

namespace fourtuple::record {
namespace {

constexpr std::size_t kFields = 11;
constexpr std::size_t kMaxLineOctets = 1024;

using Fields = std::array<std::string_view, kFields>;

std::optional<Fields> split_fields(std::string_view line) {
  Fields fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == std::string_view::npos) != (i + 1 == kFields)) return std::nullopt;
    fields[i] = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  }
  return fields;
}

template <class Number>
bool take_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// The few values that the object writes: null, a number, a string without escapes, {"len":1,"flags":0}.
bool is_value(std::string_view text) {
  std::int64_t number = 0;
  if (text == "null" || take_number(text, number)) return true;
  if (text.size() < 2) return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (text.front() == '"' && text.back() == '"') return is_plain(inside);
  const std::size_t comma = inside.find(',');
  if (text.front() != '{' || text.back() != '}' || comma == std::string_view::npos) return false;
  const auto is_pair = [&](std::string_view pair, std::string_view key) {
    return pair.starts_with(key) && take_number(pair.substr(key.size()), number);
  };
  const std::string_view first = inside.substr(0, comma);
  return (is_pair(first, "\"len\":") || is_pair(first, "\"max\":")) && is_pair(inside.substr(comma + 1), "\"flags\":");
}

}  // namespace

std::optional<HeardCall> parse_line(std::string_view line) {
  const auto fields = split_fields(line);
  if (!fields) return std::nullopt;
  const Fields& field = *fields;
  HeardCall call;
  const bool has_numbers = take_number(field[0], call.start) && take_number(field[1], call.took) &&
                           take_number(field[3], call.socket) && take_number(field[4], call.fd) &&
                           take_number(field[8], call.opened) && take_number(field[9], call.opened_fd);
  const bool has_words = is_word(field[2]) && is_word(field[5]);
  const bool has_values = is_value(field[6]) && is_value(field[7]) && is_value(field[10]);
  constexpr std::int64_t kFarFuture = std::int64_t{1} << 62;
  if (!has_numbers || !has_words || !has_values || call.start < 0 || call.took < 0 || call.start > kFarFuture ||
      call.took > kFarFuture)
    return std::nullopt;
  call.who = field[2];
  call.name = field[5];
  call.argument = field[6];
  call.result = field[7];
  call.local = field[10];
  return call;
}

HeardCalls read_lines(const std::string& path) {
  HeardCalls heard;
  std::ifstream file(path, std::ios::binary);
  std::string line(kMaxLineOctets, '\0');
  while (file) {
    file.getline(line.data(), static_cast<std::streamsize>(line.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (size == 0) break;
    const bool is_cut = file.fail();  // longer than any line of ours: the rest comes as lines of its own
    if (is_cut) file.clear(file.rdstate() & ~std::ios::failbit);
    auto call = is_cut ? std::nullopt : parse_line(std::string_view(line).substr(0, file.eof() ? size : size - 1));
    if (call && heard.calls.size() < kMaxCalls) {
      heard.calls.push_back(std::move(*call));
    } else {
      ++heard.left_out;
    }
  }
  return heard;
}

}  // namespace fourtuple::record
