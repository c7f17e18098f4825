// Judges one endpoint: feeds its trace to every rule, in order, and keeps what they find. Streaming: memory does not
// grow with the length of the trace, but for ranges and octets in flight.
#pragma once

#include <span>

#include "stack/judge/rule.hpp"

namespace fourtuple::judge {

// A fresh set of all rules, in the order of the RFC's chapters.
[[nodiscard]] Rules all_rules();
// Their descriptions, for documents and `fourtuple replay --rules`.
[[nodiscard]] std::vector<const RuleInfo*> all_rule_infos();

class Judge {
 public:
  explicit Judge(const Circumstances& circumstances, Rules rules = all_rules());

  void take(const TracedSegment& segment);
  void take(const Call& call);
  // The endpoint says that it had no room for what came last.
  void doubt() { endpoint_.doubt(); }
  // Nothing was seen until `end`. Nothing may be taken afterwards.
  void finish(Instant end);

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return report_.findings(); }
  [[nodiscard]] std::uint64_t left_out() const { return report_.left_out(); }

 private:
  Endpoint endpoint_;
  Rules rules_;
  Report report_;
  std::size_t segments_ = 0;
};

}  // namespace fourtuple::judge
