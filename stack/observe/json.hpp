// JSON objects and lists, written front to back (RFC 8259).
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace fourtuple::observe {

// `text` in quotes; control characters, quotes and backslashes escaped, octets that are not UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

// One object on one line: {"a":1,"b":"two"}. Keys are written as they come.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, std::string_view value) { return add_raw(key, json_string(value)); }
  JsonObject& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) JsonObject& add(std::string_view key, Integer value) {
    return add_raw(key, std::to_string(value));
  }
  JsonObject& add(std::string_view key, bool value) { return add_raw(key, value ? "true" : "false"); }
  // `value` is JSON already.
  JsonObject& add_raw(std::string_view key, std::string_view value);

  [[nodiscard]] std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace fourtuple::observe
