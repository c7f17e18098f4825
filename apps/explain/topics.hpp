// Everything that can be asked, and finding it by the words that people use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/explain/records.hpp"

namespace fourtuple::explain {

enum class Kind : std::uint8_t {
  kState,
  kTimer,
  kCause,
  kDrop,
  kRule,
  kStatement,
  kDocument,
  kSection,
  kRequirement,
};
[[nodiscard]] std::string_view name(Kind kind);  // "state", "timer", "cause", "drop" ...

struct Topic {
  Kind kind{};
  std::string name;               // as it is best asked: "TIME-WAIT", "timer:persist", "rfc9293#MUST-58"
  std::size_t index;              // into the enumeration, the rules, or the records of its kind
  std::vector<std::string> keys;  // in the form that key_of() gives
};

[[nodiscard]] std::vector<Topic> all_topics(const Records& records);

// A word in the form in which words are compared: small letters, '-' between, no brackets, "rfc9293#3.4".
[[nodiscard]] std::string key_of(std::string_view word);
// "RFC9293" and "MUST-58" in two words are meant as one.
[[nodiscard]] std::vector<std::string> joined_words(const std::vector<std::string>& words);

// All that the word may mean; a short name can stand for several things.
[[nodiscard]] std::vector<const Topic*> find(const std::vector<Topic>& topics, std::string_view word);
// What is spelled nearly so, the nearest first; at most `most`.
[[nodiscard]] std::vector<const Topic*> nearest(const std::vector<Topic>& topics, std::string_view word,
                                                std::size_t most);

}  // namespace fourtuple::explain
