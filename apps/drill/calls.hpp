// The socket calls of scripts, made through the C face of the stack.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/drill/desk.hpp"

namespace fourtuple::drill {

// Carries out a call of a script; may wait, as the call itself. Throws ScriptFailure for calls that we do not have and
// arguments that make no sense.
[[nodiscard]] Answer carry_out(Desk& desk, const Call& call);

// Where the answer is not what the script says, one phrase each; opens the descriptor that came.
[[nodiscard]] std::vector<std::string> check_result(Desk& desk, const Call& call, const Answer& answer);

// --- by subject
using Handler = Answer (*)(Desk&, const Call&);
struct CallName {
  std::string_view name;
  Handler handler;
};
[[nodiscard]] std::span<const CallName> opening_calls();
[[nodiscard]] std::span<const CallName> data_calls();
[[nodiscard]] std::span<const CallName> option_calls();
[[nodiscard]] std::span<const CallName> readiness_calls();
[[nodiscard]] std::span<const CallName> pipe_calls();
// read, write and close of a pipe's end; nothing for calls on anything else.
[[nodiscard]] std::optional<Answer> carry_out_on_pipe(Desk& desk, const Call& call);

}  // namespace fourtuple::drill
