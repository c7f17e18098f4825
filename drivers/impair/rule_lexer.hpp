// The words of the rules' text, and the values that a word can be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/impair/rules.hpp"

namespace fourtuple::impair {

struct Word {
  std::string_view text;  // empty: the statement ends here
  std::size_t position = 0;
};

using Outcome = Result<Done, RuleError>;

[[nodiscard]] RuleError error_at(const Word& word, std::string expected);

inline constexpr const char* kDurationWords = "a time such as 20ms, 1.5s or 300us";
inline constexpr const char* kPercentWords = "a percentage such as 5% or 0.1%, at most 100%";

// Words of one statement after the other. A ':' ends a word and belongs to it ("out:"); quotes make one word of what is
// between them; a '#' with a blank behind it begins a remark, which goes to the end of the line.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  [[nodiscard]] Word peek() const;
  Word take();
  bool take_if(std::string_view wanted);
  void skip_separators();
  [[nodiscard]] bool at_end() const { return skip_blanks(at_) == text_.size(); }
  [[nodiscard]] bool next_is_digit() const;
  [[nodiscard]] bool next_is_percentage() const { return next_is_digit() && peek().text.ends_with('%'); }

  [[nodiscard]] Result<Duration, RuleError> take_duration();
  [[nodiscard]] Result<PartsPerMillion, RuleError> take_percent();
  // From `least` to `most`; `expected` for the error.
  [[nodiscard]] Result<std::uint64_t, RuleError> take_number(std::uint64_t least, std::uint64_t most,
                                                             const char* expected);

  // The same into a place of the caller's.
  [[nodiscard]] Outcome read(Duration& target);
  [[nodiscard]] Outcome read(PartsPerMillion& target);

 private:
  [[nodiscard]] std::size_t skip_blanks(std::size_t from) const;
  [[nodiscard]] bool is_remark(std::size_t at) const;
  [[nodiscard]] std::size_t end_of_quotation(std::size_t begin) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace fourtuple::impair
