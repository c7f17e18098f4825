// What the tests of packet scripts share: a text read, and what is wrong with one.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <variant>

#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

// The script, which is expected to be good.
inline Script read(std::string_view text, const Definitions& definitions = {}) {
  auto script = parse(text, "test.pkt", definitions);
  if (script) return *std::move(script);
  ADD_FAILURE() << script.error().to_string();
  return {};
}

// The first event's action; of a script that is not good, or does something else, an empty one.
template <typename Action>
Action read_action_of(std::string_view text, const Definitions& definitions = {}) {
  const Script script = read(text, definitions);
  const auto* action = script.events.empty() ? nullptr : std::get_if<Action>(&script.events.front().action);
  if (action != nullptr) return *action;
  ADD_FAILURE() << "the first event of '" << text << "' is something else";
  return {};
}

// What is wrong, as a user reads it; empty where nothing is.
inline std::string mistake_in(std::string_view text, const Definitions& definitions = {}) {
  const auto script = parse(text, "test.pkt", definitions);
  return script ? std::string() : script.error().to_string();
}

// Its first line only, without the file's name: "LINE:COLUMN: message".
inline std::string mistake_line(std::string_view text, const Definitions& definitions = {}) {
  const auto script = parse(text, "test.pkt", definitions);
  if (script) return {};
  const auto [line, column] = script.error().position;
  return std::to_string(line) + ':' + std::to_string(column) + ": " + script.error().message;
}

}  // namespace fourtuple::packet_script
