// The options that all programs share.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "apps/options.hpp"

namespace fourtuple::apps {

// Declares --tap, --raw, --addr ... on `program`; `options` outlives it. With `port` also --port.
void add_attach_options(CLI::App& program, AttachOptions& options, Port* port = nullptr);

// The few of them that make sense where the world is always private: --link, --mtu, --wire and --ladder.
void add_world_options(CLI::App& program, AttachOptions& options);

// --ascii, --color, --no-color and --width; `group` is where the help lists them.
void add_look_options(CLI::App& program, LookOptions& look, const std::string& group);

// --vnet-hdr alone.
void add_vnet_option(CLI::App& program, VnetChoice& target);

// What is wrong with an interface's name; empty where nothing is.
[[nodiscard]] std::string check_interface(const std::string& name);
// Turns the rules of a wire, or the file that has them, into their standard text: what is read once may be a pipe.
[[nodiscard]] CLI::Validator wire_rules();

// What is wrong with options that are right one by one; nothing when they fit together.
[[nodiscard]] std::optional<std::string> contradiction(const AttachOptions& options);
[[nodiscard]] std::optional<std::string> contradiction(const WireOptions& options);

}  // namespace fourtuple::apps
