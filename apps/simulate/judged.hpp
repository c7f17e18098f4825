// How our own stack is judged: by all rules but those that it departs from with a reason.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "stack/judge/listener.hpp"
#include "stack/tcp/config.hpp"

namespace fourtuple::simulate {

// `also_without`: rules that a host cannot be held to in the circumstances.
[[nodiscard]] inline judge::Listener judge_of_ours(const tcp::TcpConfig& config = {},
                                                   const std::vector<std::string_view>& also_without = {}) {
  judge::ListenerSettings settings;
  settings.without = {
      // The round trip and 200 ms, as docs/requirements/rfc6298.tsv says. [RFC6298 2.4]
      "timeout-is-a-second",
      // Speak too soon about a connection in a thousand of the swarm; to be made surer.
      "retransmission-is-not-early",
      "ack-when-a-hole-fills",
  };
  settings.without.insert(settings.without.end(), also_without.begin(), also_without.end());
  // What a test asked for itself.
  const tcp::TcpConfig usual;
  if (config.initial_window_segments > usual.initial_window_segments) settings.without.push_back("initial-window");
  if (config.max_rto < usual.max_rto) settings.without.push_back("back-off-doubles");
  return judge::Listener(std::move(settings));
}

}  // namespace fourtuple::simulate
