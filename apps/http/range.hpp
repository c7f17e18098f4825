// Which octets of a file a request is about. [RFC 9110 section 14]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/result.hpp"

namespace fourtuple::apps::http {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// "bytes=100-199", "bytes=100-" or "bytes=-100" of a file of that size. Nothing where the whole file is meant: no
// field, several ranges, or a form we don't know, which a server may ignore. The error is 416.
[[nodiscard]] Result<std::optional<ByteRange>, int> parse_range(std::string_view field, std::uint64_t size_bytes);

}  // namespace fourtuple::apps::http
