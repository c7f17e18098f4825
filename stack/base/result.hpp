// Errors are values below the socket floor. Three kinds, never mixed: what the peer did (DropReason or a
// protocol answer), what the caller or the system did (Result), what we did wrong (an invariant).
#pragma once

#include <string>
#include <system_error>
#include <tl/expected.hpp>

namespace fourtuple {

template <class Value, class Error = std::errc>
using Result = tl::expected<Value, Error>;

// The error half of a Result: `return failure(std::errc::not_connected);`
template <class Error>
[[nodiscard]] constexpr tl::unexpected<std::decay_t<Error>> failure(Error&& error) {
  return tl::unexpected<std::decay_t<Error>>(std::forward<Error>(error));
}

// Why something could not be set up, and what the user can do about it. Both are one-line sentences
// without a final newline. `environment` is true where this machine cannot do it at all (exit code 77).
struct SetupError {
  std::string cause;
  std::string cure;
  bool environment = false;
};

template <class Value>
using SetupResult = tl::expected<Value, SetupError>;

}  // namespace fourtuple
