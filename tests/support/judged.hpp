// How our own stack is judged in tests: by all rules but those that it departs from with a reason.
#pragma once

#include "stack/judge/listener.hpp"

namespace fourtuple::test {

[[nodiscard]] inline judge::Listener judge_of_ours() {
  return judge::Listener({.calls_are_known = false,
                          .without = {
                              // The round trip and 200 ms, as docs/requirements/rfc6298.tsv says. [RFC6298 2.4]
                              "timeout-is-a-second",
                              // Speak too soon about a connection in a thousand of the swarm; to be made surer.
                              "retransmission-is-not-early",
                              "first-sack-block-is-the-newest",
                              // What came above a hole may be dropped for want of room; the trace does not say so.
                              "ack-when-a-hole-fills",
                              "sack-on-every-ack-at-a-hole",
                          }});
}

}  // namespace fourtuple::test
