// Reads a script from front to back: where we are, what stands there, and the first thing that is wrong.
//
// After each token the cursor moves past blanks, comments and lines that #ifdef takes out, so it always stands on
// something that counts. The first complaint moves it to the end of the text: whoever reads on finds nothing more, and
// no reader needs to ask after every step whether it may go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/packet_script/characters.hpp"
#include "apps/packet_script/conditions.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

class Cursor {
 public:
  Cursor(std::string_view text, Definitions definitions);

  // --- What stands here.
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return ahead < rest_.size() ? rest_[ahead] : '\0'; }
  [[nodiscard]] bool at(std::string_view token) const { return rest_.substr(0, token.size()) == token; }
  [[nodiscard]] bool at_word() const { return is_word_start(peek()); }
  // Nothing that counts stands before this on its line.
  [[nodiscard]] bool at_new_line() const { return place_.line != last_token_.line || last_token_.column == 0; }
  [[nodiscard]] Position position() const { return place_; }
  // The word that stands here, not taken; empty where none stands here.
  [[nodiscard]] std::string_view peek_word() const;
  // The value of a definition (-D NAME=VALUE or #define), if `name` has one.
  [[nodiscard]] const std::string* definition(std::string_view name) const;

  // --- Taking. Views live as long as the text.
  std::string_view take(std::size_t count);
  template <typename Predicate>
  std::string_view take_while(Predicate belongs) {
    std::size_t count = 0;
    while (count < rest_.size() && belongs(rest_[count])) ++count;
    return take(count);
  }
  std::string_view take_word() { return take(peek_word().size()); }
  bool accept(std::string_view token);
  bool accept_word(std::string_view word);
  // `where` tells the reader of a complaint why: "after the arguments".
  void expect(std::string_view token, std::string_view where);

  // --- Complaining. Only the first complaint counts.
  void fail(Position position, std::string message);
  // "expected WHAT, found ..." about what stands here.
  void expected(std::string_view what);
  // The same for something that goes on: if its line ends here, then that is the place.
  void expected_next(std::string_view what);
  // An event ends with its line, or where the next one's '+' or '*' stands; `more` is what else might follow here.
  void expect_event_end(std::string_view more);
  [[nodiscard]] bool failed() const { return complaint_.has_value(); }
  [[nodiscard]] const std::optional<Complaint>& complaint() const { return complaint_; }

  // --- Nesting of brackets, bounded by kMaxDepth. A false enter() has complained.
  bool enter();
  void leave() { --depth_; }

  // --- Values read so far, bounded by kMaxValues.
  void count_values(std::size_t more);
  [[nodiscard]] std::size_t values() const { return values_; }

 private:
  [[nodiscard]] std::string found() const;
  void step(std::size_t count);
  void skip();
  void skip_line();
  void skip_block_comment();
  void take_hash_line();

  std::string_view rest_;
  Position place_;                               // of the first octet of rest_
  Position last_token_{.line = 1, .column = 0};  // where the last token ended; column 0 before the first
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
  Definitions definitions_;
  Conditions conditions_;
  std::optional<Complaint> complaint_;
};

}  // namespace fourtuple::packet_script
