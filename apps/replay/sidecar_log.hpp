// A log of socket calls beside a capture, read from JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/result.hpp"

namespace fourtuple::replay {

// One socket call as it was written down. What a field of the file does not have or has in another form is left empty.
struct LoggedCall {
  std::chrono::nanoseconds time{};      // of its beginning, since 1970
  std::chrono::nanoseconds duration{};  // until it came back
  std::string who;                      // "client", "server"
  std::int64_t fd = -1;
  std::string name;                            // "connect", "sendall" ...
  std::string argument;                        // where it is a word: "10.77.0.2:7", "TCP_NODELAY=1", "WR"
  std::optional<std::uint64_t> length;         // "len" of the argument
  std::uint64_t flags = 0;                     // "flags" of the argument
  std::string result;                          // where it is a word: "10.77.0.1:35362 fd=5", "ERR Broken pipe"
  std::optional<std::uint64_t> result_octets;  // where it is a number

  [[nodiscard]] bool has_failed() const { return result.starts_with("ERR"); }
};

// In order of time. Fails where the file cannot be read, is larger than 256 MB, is no JSON or has no calls.
[[nodiscard]] SetupResult<std::vector<LoggedCall>> read_call_log(const std::string& path);

}  // namespace fourtuple::replay
