// F13: the wire's rules as text. What is accepted prints as what was read; what is refused says where.
#include <string>

#include "drivers/impair/rules.hpp"
#include "tests/fuzz/support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fourtuple;
  const auto octets = fuzz::exact_copy({data, size});
  const std::string text(octets.begin(), octets.end());
  const auto rules = impair::parse_rules(text);
  if (!rules) {
    const impair::RuleError& error = rules.error();
    fuzz::require(error.position <= text.size(), "the error's place is in the text");
    fuzz::require(!error.expected.empty(), "the error says what was expected");
    fuzz::require(text.compare(error.position, error.found.size(), error.found) == 0, "the word stands there");
    return 0;
  }
  const auto again = impair::parse_rules(to_string(*rules));
  fuzz::require(again.has_value() && *again == *rules, "what is printed is accepted and means the same");
  return 0;
}
