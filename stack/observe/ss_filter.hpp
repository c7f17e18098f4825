// The filters of ss: `state established`, `exclude time-wait`, `( dport = :80 or sport = :80 ) and not dst 10.0.0.0/8`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/observe/rows.hpp"

namespace fourtuple::observe {

class SsFilter {
 public:
  // An empty text takes everything. The error is a sentence. Bounded: 1,024 octets, 32 brackets deep.
  [[nodiscard]] static Result<SsFilter, std::string> parse(std::string_view text);

  [[nodiscard]] bool matches(const Row& row) const;
  // Whether states were named: they then count instead of -a and -l.
  [[nodiscard]] bool names_states() const { return states_.has_value(); }
  // One state for all rows needs no column.
  [[nodiscard]] bool names_one_state() const;

  enum class Comparison : std::uint8_t { kEqual, kUnequal, kLess, kGreater, kLessOrEqual, kGreaterOrEqual };

 private:
  friend class SsFilterParser;
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kAddress, kPort };
  // Nodes name their operands by index; the last one is the root.
  struct Node {
    Kind kind = Kind::kAnd;
    std::size_t left = 0;
    std::size_t right = 0;
    bool remote = false;  // of kAddress and kPort
    Comparison comparison = Comparison::kEqual;
    Ipv4Prefix prefix{};  // of kAddress
    Port port = 0;
  };
  [[nodiscard]] bool matches(const Node& node, const Row& row) const;

  std::optional<std::array<bool, kTcpStateCount>> states_;
  std::vector<Node> nodes_;
};

}  // namespace fourtuple::observe
