// HTML and SVG as text that is well-formed XML: tags are closed, and what came from a capture is escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fourtuple::replay {

// For element contents and attribute values. Control characters, and octets that are not UTF-8, become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

class Markup {
 public:
  // Values are escaped; names are ours. An attribute with an empty value is left out.
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Markup& open(std::string_view element, Attributes attributes = {});
  Markup& close();
  // An element without contents; of HTML's only those that have none by nature.
  Markup& leaf(std::string_view element, Attributes attributes);
  Markup& text(std::string_view text);
  Markup& element(std::string_view name, Attributes attributes, std::string_view contents);
  // `markup` is well-formed already.
  Markup& raw(std::string_view markup);

  // Closes what is open.
  [[nodiscard]] std::string take();

 private:
  void begin(std::string_view element, Attributes attributes);

  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace fourtuple::replay
