// What IP adds to the segments of one connection and asks of those that arrive. TCP knows nothing of it: the rules are
// kept here, by the connection's name, for as long as TCP knows that name; a listener's under a name without a remote.
#pragma once

#include <map>
#include <vector>

#include "stack/wire/ip_options.hpp"

namespace fourtuple {

struct SegmentRules {
  wire::IpOptions options;        // IP_OPTIONS: into every segment [RFC9293 MUST-51]
  bool is_chosen = false;         // by the application: outweighs the route of what arrives [RFC9293 MUST-52]
  std::uint8_t minimum_ttl = 0;   // IP_MINTTL [RFC5082 3]
  bool keeps_syn = false;         // TCP_SAVE_SYN, for listeners
  std::vector<std::uint8_t> syn;  // what was kept for TCP_SAVED_SYN: the headers

  [[nodiscard]] bool is_needed() const { return !options.empty() || minimum_ttl != 0 || keeps_syn || !syn.empty(); }
};

class SegmentRulesTable {
 public:
  [[nodiscard]] bool empty() const { return rules_.empty(); }
  [[nodiscard]] const SegmentRules* find(const FourTuple& name) const {
    const auto found = rules_.find(name);
    return found == rules_.end() ? nullptr : &found->second;
  }
  // A listener's: its specific address before the wildcard.
  [[nodiscard]] const SegmentRules* find_listeners(const Endpoint& local) const {
    const SegmentRules* const exact = find({local, {}});
    return exact != nullptr ? exact : find({{Ipv4Address{}, local.port}, {}});
  }
  [[nodiscard]] SegmentRules& at(const FourTuple& name) { return rules_[name]; }
  void set(const FourTuple& name, SegmentRules rules) {
    if (rules.is_needed()) {
      rules_[name] = std::move(rules);
    } else {
      rules_.erase(name);
    }
  }
  // Whether there is room; forgets the names for which `is_live(name)` does not hold, now and then.
  template <class IsLive>
  [[nodiscard]] bool make_room(IsLive&& is_live) {
    if (rules_.size() < sweep_at_) return true;
    std::erase_if(rules_, [&](const auto& entry) { return entry.first.remote.port != 0 && !is_live(entry.first); });
    sweep_at_ = std::min(kMaxRules, 2 * rules_.size() + 64);
    return rules_.size() < kMaxRules;
  }

 private:
  static constexpr std::size_t kMaxRules = 65536;

  std::map<FourTuple, SegmentRules> rules_;
  std::size_t sweep_at_ = 64;
};

}  // namespace fourtuple
