// One line of a packet script: "FLAGS seq:end(length) [ack N] [win N] [urg N] [<options>]".
//
// Flags are letters of "SFRP.UEW" or "-". Numbers count from the initial sequence number of their direction (the SYN
// is 0, the first data octet 1). Options: mss N, wscale N, sackOK, nop, eol, TS val N ecr N, sack L:R L:R ..., and
// "..." for whatever else there may be. `*` stands for any timestamp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::test {

struct ScriptTimestamps {
  std::optional<std::int64_t> value;       // empty: `*`
  std::optional<std::int64_t> echo_reply;  // empty: `*`
};

struct ScriptOptions {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool sack_permitted = false;
  std::optional<ScriptTimestamps> timestamps;
  std::vector<std::pair<std::int64_t, std::int64_t>> sack;
  bool others_allowed = false;  // "..."
};

struct ScriptSegment {
  TcpFlags flags;
  std::int64_t seq = 0;
  std::uint32_t length = 0;  // payload octets; SYN and FIN are not counted, as in tcpdump's notation
  std::optional<std::int64_t> ack;
  std::optional<std::uint16_t> window;
  std::optional<std::uint16_t> urgent;
  ScriptOptions options;
};

// The error is a sentence that says where the line stops making sense.
[[nodiscard]] Result<ScriptSegment, std::string> parse_script(std::string_view line);

// The same notation for printing.
[[nodiscard]] std::string to_string(const ScriptSegment& segment);

}  // namespace fourtuple::test
