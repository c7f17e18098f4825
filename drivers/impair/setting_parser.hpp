// Reading one statement that sets something for a whole direction: "loss 5%", "queue 100 64kB mark 20".
#pragma once

#include <optional>

#include "drivers/impair/rule_lexer.hpp"

namespace fourtuple::impair {

// All words that begin a setting, for messages.
inline constexpr const char* kSettingWords =
    "loss, gilbert, duplicate, corrupt, reorder, delay, jitter, rate, rate-trace, queue, codel, mtu, down or up";

// The setting that this word begins where `words` go on as they do; nothing where it begins a rule or nothing at all
// ("delay 20ms" is a setting, "delay ack 5 by 20ms" a rule).
[[nodiscard]] std::optional<Setting> setting_of(std::string_view verb, const Words& words);

// Reads what follows the verb into the setting's members of `profile`.
[[nodiscard]] Outcome read_setting(std::string_view verb, Words& words, Profile& profile);

// "by swap" if it is there: how a frame is damaged.
[[nodiscard]] Outcome read_damage(Words& words, Damage& damage);

}  // namespace fourtuple::impair
