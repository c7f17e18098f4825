// A rule of TCP as an object: its clause, its sentence, and what it looks at. Rules decide nothing for anybody; they
// look at an endpoint's trace, one segment or call at a time, and report what the RFC does not allow.
//
// To add one: derive from Rule in stack/judge/rules/SUBJECT.cpp, give it a RuleInfo, name it in that file's list
// function (stack/judge/rules/all.hpp), and write a good and a bad trace for it in tests/unit/judge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stack/judge/endpoint.hpp"
#include "stack/judge/trace.hpp"

namespace fourtuple::judge {

enum class Level : std::uint8_t { kMust, kShould };  // MUST and MUST NOT; SHOULD and SHOULD NOT

struct RuleInfo {
  std::string_view name;    // "ack-is-rcv-nxt": lower case, words joined by '-', unique
  std::string_view clause;  // one clause tag without brackets: "RFC9293 MUST-16", "RFC7323 3.2"
  Level level = Level::kMust;
  std::string_view says;  // the rule in one sentence of our words
  std::string_view hint;  // where to look when it is broken, one sentence
};

// Where something stands in a trace. `segment` counts all of its segments from 0, `frame` is that of the capture
// (0: none).
struct Place {
  std::size_t segment = 0;
  std::uint32_t frame = 0;
  Instant time{};
};

// One departure, and where it was made.
struct Finding : Place {
  const RuleInfo* rule = nullptr;
  std::string sentence;  // what happened: "acknowledges 1461, 1 octet more than had come"
};

// Where rules put what they find. Bounded: of each rule the first kMaxPerRule findings are kept, the rest counted.
class Report {
 public:
  static constexpr std::size_t kMaxPerRule = 16;

  void add(const RuleInfo& rule, std::string sentence);
  // The same about an earlier segment than the one that is being looked at.
  void add_about(const RuleInfo& rule, const Place& place, std::string sentence);
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  // By the judge: what add() is about from now on.
  void look_at(const Place& place) { place_ = place; }
  [[nodiscard]] const Place& place() const { return place_; }

 private:
  Place place_;
  std::vector<Finding> findings_;
  std::uint64_t left_out_ = 0;
};

class Rule {
 public:
  virtual ~Rule() = default;
  [[nodiscard]] virtual const RuleInfo& info() const = 0;

  // `endpoint` is as it was before the segment; the segment is applied to it afterwards. Segments with a wrong
  // checksum come here too, and are never applied.
  virtual void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) = 0;
  // Before the call is applied.
  virtual void on_call(const Endpoint& /*endpoint*/, const Call& /*call*/, Report& /*report*/) {}
  // The trace ends here: the endpoint was watched until `end` and nothing more was seen.
  virtual void on_end(const Endpoint& /*endpoint*/, Instant /*end*/, Report& /*report*/) {}
};

using Rules = std::vector<std::unique_ptr<Rule>>;

}  // namespace fourtuple::judge
