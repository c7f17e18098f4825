// The lists of rules, one for each subject. A rule's RuleInfo is static: findings point to it.
#pragma once

#include "stack/judge/rule.hpp"

namespace fourtuple::judge {

// --- What needs no clock.
void add_number_rules(Rules& rules);     // numbers.cpp: sequence and acknowledgment numbers
void add_handshake_rules(Rules& rules);  // handshake.cpp: SYN, SYN-ACK and what their options agree on
void add_window_rules(Rules& rules);     // window.cpp: what is offered, and what is sent into it
void add_closing_rules(Rules& rules);    // closing.cpp: FIN, and what is said after it
void add_reset_rules(Rules& rules);      // reset.cpp: RST, sent and received
void add_octet_rules(Rules& rules);      // octets.cpp: headers, checksums and the octets themselves
void add_marking_rules(Rules& rules);    // marking.cpp: explicit congestion notification

// --- What is about time, or about what was lost.
void add_acknowledging_rules(Rules& rules);   // acknowledging.cpp: delayed and immediate ACKs
void add_retransmitting_rules(Rules& rules);  // retransmitting.cpp: when, and how often
void add_syn_repeating_rules(Rules& rules);   // repeating_syn.cpp: the same of a SYN
void add_probing_rules(Rules& rules);         // probing.cpp: zero windows
void add_sending_rules(Rules& rules);         // sending.cpp: Nagle and silly windows
void add_keeping_alive_rules(Rules& rules);   // keeping_alive.cpp
void add_timestamp_rules(Rules& rules);       // timestamps.cpp
void add_selective_rules(Rules& rules);       // selective.cpp: SACK

// A rule with its description: `class NoGap final : public RuleOf<kNoGapInfo>`. `Base` is what rules of its kind share.
template <const RuleInfo& kInfo, class Base = Rule>
class RuleOf : public Base {
 public:
  using Base::Base;
  [[nodiscard]] const RuleInfo& info() const final { return kInfo; }
};

// Sent by the endpoint on a connection that lives: neither SYN nor RST, undamaged, and both numbers have a meaning.
[[nodiscard]] inline bool is_ordinary(const Endpoint& endpoint, const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  return segment.sent && !segment.checksum_is_wrong && !flags.syn() && !flags.rst() && endpoint.is_open() &&
         !endpoint.is_over();
}

// For the list functions: adds one rule of each type named.
template <class... SomeRules>
void add_rules(Rules& rules) {
  (rules.push_back(std::make_unique<SomeRules>()), ...);
}

}  // namespace fourtuple::judge
