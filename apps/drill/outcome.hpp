// How a script ended, as data for the printers.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "apps/packet_script/script.hpp"

namespace fourtuple::drill {

using packet_script::Position;

// What a script wanted and did not get.
struct Failure {
  Position position;
  std::string message;                   // "another segment came"
  std::string came;                      // in the script's own notation; empty where nothing came
  std::vector<std::string> differences;  // "window 1000 instead of 65535"
};

// Thrown where a script cannot be carried out as it stands (an unknown symbol, a call that we do not have), or where
// what happened is not what it says. Caught by the player.
class ScriptFailure : public std::runtime_error {
 public:
  ScriptFailure(Position position, const std::string& message) : ScriptFailure(Failure{position, message, {}, {}}) {}
  explicit ScriptFailure(Failure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

enum class Verdict : std::uint8_t { kPassed, kFailed, kSkipped, kNotAScript };

struct Outcome {
  Verdict verdict = Verdict::kPassed;
  Failure failure;                   // of kFailed
  std::string reason;                // of kSkipped and kNotAScript
  std::vector<std::string> ignored;  // commands and settings that mean nothing to us
  std::string ladder;                // the conversation, drawn
  Duration virtual_time{};
  std::size_t events = 0;  // of the script that were carried out
};

}  // namespace fourtuple::drill
