// #ifdef, #ifndef, #else, #endif and #define: which lines of a script count.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

// Something is wrong with a script.
struct Complaint {
  Position position;
  std::string message;
};

class Conditions {
 public:
  // A line that begins with '#', without its line end, is one of ours; any other is a comment.
  [[nodiscard]] static bool is_directive(std::string_view line);

  // Takes a directive. `definitions` is asked and, by #define, added to: what is defined already stays, so that -D
  // wins.
  [[nodiscard]] std::optional<Complaint> take(std::string_view line, Position position, Definitions& definitions);

  // Whether the lines that follow count.
  [[nodiscard]] bool is_active() const { return open_.empty() || open_.back().is_active; }
  // What is wrong if the script ends now.
  [[nodiscard]] std::optional<Complaint> at_end() const;

 private:
  // An #ifdef that waits for its #endif.
  struct Open {
    std::string name;  // "#ifdef", "#ifndef"
    Position position;
    bool is_active = false;
    bool else_is_active = false;
    bool had_else = false;
  };

  std::optional<Complaint> begin(const std::string& name, bool holds, Position position);
  std::optional<Complaint> turn(Position position);
  std::optional<Complaint> end(Position position);

  std::vector<Open> open_;
};

}  // namespace fourtuple::packet_script
