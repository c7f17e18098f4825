// One socket call that was heard: ours, as our services make them, or the kernel's, as the preloaded object writes
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fourtuple::record {

struct HeardCall {
  std::int64_t start = 0;  // nanoseconds since 1970-01-01 00:00 UTC
  std::int64_t took = 0;   // nanoseconds
  std::string who;         // "client" or "server"
  std::uint64_t socket =
      0;  // tells sockets apart that have the same descriptor, one after the other or in two programs
  int fd = -1;
  std::string name;          // "send"
  std::string argument;      // a JSON value
  std::string result;        // a JSON value; of an accept the peer's address
  std::uint64_t opened = 0;  // of an accept: the new socket
  int opened_fd = -1;
  std::string local = "null";  // of a connect: our own address, a JSON value

  [[nodiscard]] std::int64_t end() const { return start + took; }
};

// A line as apps/record/preload/hearing.hpp describes it, without its newline. Nothing where it is none: the command
// could have written to the file too.
[[nodiscard]] std::optional<HeardCall> parse_line(std::string_view line);

struct HeardCalls {
  std::vector<HeardCall> calls;
  std::uint64_t left_out = 0;  // lines that are none, and those beyond kMaxCalls
};
inline constexpr std::size_t kMaxCalls = 500'000;

// Everything in a log of the preloaded object; empty where there is none.
[[nodiscard]] HeardCalls read_lines(const std::string& path);

}  // namespace fourtuple::record
