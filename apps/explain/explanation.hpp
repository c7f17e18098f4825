// One topic, explained: what it means, the clause, where the code is, and which tests show it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/explain/records.hpp"
#include "apps/explain/topics.hpp"

namespace fourtuple::explain {

struct Explanation {
  Kind kind{};
  std::string name;
  std::string says;
  std::string clause;  // "RFC 9293 3.10.7.4"; empty where a document has none
  // Further lines with a word before each: "level" "MUST", "requirement" "MUST-58: ...".
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<Place> defined;
  std::vector<Place> code;
  std::vector<Place> tests;
  bool tests_of_clause = false;  // none names the thing itself: these are about its clause
  std::vector<std::string> see;  // what else can be asked
};

[[nodiscard]] Explanation explain(const Topic& topic, const Records& records);

// For people, `width` columns wide at most; long lists of places are cut.
[[nodiscard]] std::string to_text(const Explanation& explanation, std::size_t width);
// One JSON object, everything in it.
[[nodiscard]] std::string to_json(const Explanation& explanation);
// All that can be asked.
[[nodiscard]] std::string overview(const std::vector<Topic>& topics, std::size_t width);
// The same, one JSON object a topic and line.
[[nodiscard]] std::string overview_json(const std::vector<Topic>& topics);

}  // namespace fourtuple::explain
