// From what people type to topics.
#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

#include "apps/explain/topics.hpp"

namespace fourtuple::explain {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "rfc 9293 must-58", "rfc-9293:3.4" and "rfc9293" as "rfc9293#must-58", "rfc9293#3.4" and "rfc9293".
std::string with_standard_rfc(const std::string& text) {
  constexpr std::string_view kLowerRfc = "rfc";
  if (!text.starts_with(kLowerRfc)) return text;
  const std::size_t begin = text.find_first_not_of('-', kLowerRfc.size());
  if (begin == std::string::npos || !is_digit(text[begin])) return text;
  const std::size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
  const std::size_t clause = text.find_first_not_of("-#:/.,", end);
  const std::string number = std::string(kLowerRfc) + text.substr(begin, end - begin);
  return clause == std::string::npos ? number : number + "#" + text.substr(clause);
}

bool is_rfc_alone(std::string_view word) {
  const std::string key = key_of(word);
  return key.starts_with("rfc") && key.find('#') == std::string::npos;
}

// Whether the word may follow "RFC9293", or "9293" may follow "RFC".
bool may_be_clause(std::string_view word) {
  const std::string key = key_of(word);
  if (key.empty()) return false;
  if (is_digit(key.front())) return true;
  return std::ranges::any_of(std::array<std::string_view, 4>{"must-", "shld-", "may-", "rec-"},
                             [&key](std::string_view begin) { return key.starts_with(begin); });
}

// Letters to insert, delete or replace.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// How far the topic is from the word; one that contains it is nearer than any misspelling.
std::size_t distance_to(const Topic& topic, const std::string& key) {
  std::size_t best = key.size();
  for (const std::string& candidate : topic.keys) {
    const bool contains = key.size() >= 3 && candidate.find(key) != std::string::npos;
    best = std::min(best, contains ? std::size_t{1} : distance(key, candidate) + 1);
  }
  return best;
}

}  // namespace

std::string key_of(std::string_view word) {
  std::string key;
  for (const char letter : word.substr(0, 128)) {  // no name is longer
    if (letter == '[' || letter == ']' || letter == '`') continue;
    const bool joins = letter == '_' || letter == ' ' || letter == '\t';
    key.push_back(joins ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  }
  return with_standard_rfc(key);
}

std::vector<std::string> joined_words(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  for (const std::string& word : words) {
    if (!joined.empty() && is_rfc_alone(joined.back()) && may_be_clause(word)) {
      joined.back() += " " + word;
    } else {
      joined.push_back(word);
    }
  }
  return joined;
}

std::vector<const Topic*> find(const std::vector<Topic>& topics, std::string_view word) {
  const std::string key = key_of(word);
  std::vector<const Topic*> found;
  for (const Topic& topic : topics)
    if (std::ranges::find(topic.keys, key) != topic.keys.end()) found.push_back(&topic);
  return found;
}

std::vector<const Topic*> nearest(const std::vector<Topic>& topics, std::string_view word, std::size_t most) {
  const std::string key = key_of(word);
  const std::size_t limit = 1 + std::max<std::size_t>(2, key.size() / 3);
  std::vector<std::pair<std::size_t, const Topic*>> near;
  for (const Topic& topic : topics)
    if (const std::size_t far = distance_to(topic, key); far <= limit && far < key.size())
      near.emplace_back(far, &topic);
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, const Topic*>::first);
  std::vector<const Topic*> found;
  for (const auto& [far, topic] : near)
    if (found.size() < most) found.push_back(topic);
  return found;
}

}  // namespace fourtuple::explain
