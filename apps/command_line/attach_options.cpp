#include "apps/command_line/attach_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>

#include "apps/report.hpp"
#include "drivers/impair/rules_file.hpp"
#include "drivers/interface.hpp"

namespace fourtuple::apps {
namespace {

constexpr const char* kGroup = "The link";

// An option whose text `parse` turns into a value or nothing.
template <class Value, class Parse>
void add_parsed(CLI::App& program, const std::string& name, Value& target, Parse parse, const std::string& form,
                const std::string& help) {
  program
      .add_option_function<std::string>(
          name,
          [&target, parse, name, form](const std::string& text) {
            const auto value = parse(text);
            if (!value) throw CLI::ValidationError(name, fmt::format("'{}' is not {}", text, form));
            target = *value;
          },
          help)
      ->group(kGroup);
}

template <class Value>
void add_choice(CLI::App& program, const std::string& name, Value& target, const std::map<std::string, Value>& choices,
                const std::string& form, const std::string& help) {
  const auto look_up = [choices](const std::string& text) {
    const auto found = choices.find(text);
    return found == choices.end() ? std::nullopt : std::optional(found->second);
  };
  add_parsed(program, name, target, look_up, form, help);
}

void add_link_choice(CLI::App& program, AttachOptions& options) {
  add_choice<LinkChoice>(program, "--link", options.link,
                         {{"auto", LinkChoice::kAuto},
                          {"tap", LinkChoice::kTap},
                          {"veth", LinkChoice::kVeth},
                          {"mem", LinkChoice::kMemory}},
                         "auto, tap, veth or mem",
                         "what the private world is built on: auto, tap, veth or mem (two of our stacks)");
}

bool is_usable_host(const Ipv4Prefix& prefix) {
  const Ipv4Address address = prefix.address;
  const bool special = address.is_this_network() || address.is_loopback() || address.is_multicast() ||
                       address.is_limited_broadcast() || address.is_reserved();
  const bool is_network = prefix.length < 31 && address == prefix.network();
  return !special && !is_network && !prefix.is_broadcast(address) && prefix.length >= 1;
}

void add_addresses(CLI::App& program, AttachOptions& options) {
  add_parsed(
      program, "--addr", options.address,
      [](const std::string& text) {
        const auto prefix = Ipv4Prefix::parse(text);
        return prefix && is_usable_host(*prefix) ? prefix : std::nullopt;
      },
      "a host's address with its prefix length; write it like 10.0.0.4/24",
      "the address of our stack (10.0.0.4/24); in a private world the kernel has the next one");
  add_parsed(
      program, "--gateway", options.gateway, [](const std::string& text) { return Ipv4Address::parse(text); },
      "an IPv4 address; write it like 10.0.0.1", "where packets for other networks go");
  add_parsed(
      program, "--mac", options.mac,
      [](const std::string& text) {
        const auto mac = MacAddress::parse(text);
        return mac && !mac->is_group() && !mac->is_zero() ? mac : std::nullopt;
      },
      "the hardware address of one host; write it like 02:00:00:00:00:04", "our hardware address");
}

}  // namespace

std::string check_interface(const std::string& name) {
  const auto checked = interface::check_name(name);
  return checked ? std::string() : checked.error().cause + "; " + checked.error().cure;
}

CLI::Validator wire_rules() {
  return {[](std::string& text) {
            const auto rules = impair::rules_from(text);
            if (rules) text = to_string(*rules);
            return rules ? std::string() : one_line(rules.error());
          },
          "", "wire rules"};
}

void add_vnet_option(CLI::App& program, VnetChoice& target) {
  add_choice<VnetChoice>(program, "--vnet-hdr", target,
                         {{"auto", VnetChoice::kAuto}, {"on", VnetChoice::kOn}, {"off", VnetChoice::kOff}},
                         "auto, on or off", "super-segments and checksum offload over the TAP: auto, on or off");
}

void add_look_options(CLI::App& program, LookOptions& look, const std::string& group) {
  const std::string where = group.empty() ? "How it looks" : group;
  program.add_flag("--ascii", look.ascii, "draw ladders with ASCII characters alone")->group(where);
  program
      .add_flag("--color,!--no-color", look.color,
                "draw ladders in colours, or without; else on terminals, unless NO_COLOR is set")
      ->group(where);
  program.add_option("--width", look.width, "columns of a ladder, 80 to 200 (100)")
      ->check(CLI::Range(80, 200))
      ->group(where);
}

void add_world_options(CLI::App& program, AttachOptions& options) {
  add_link_choice(program, options);
  program.add_option("--mtu", options.mtu, "largest IP packet in octets, 68 to 65521")
      ->check(CLI::Range(68, 65521))
      ->group(kGroup);
  program.add_flag("--ladder", options.ladder, "show the conversation, segment by segment, on standard error")
      ->group(kGroup);
  add_look_options(program, options.look, kGroup);
  program.add_option("--events", options.events, "write what happens to this file, one JSON object a line")
      ->group(kGroup);
  program
      .add_option("--recorder", options.recorder,
                  "keep the last events of each connection, for `fourtuple dump` and for NAME.txt and NAME.pcapng")
      ->group(kGroup);
  program
      .add_option(
          "--wire", options.wire,
          "spoil the wire: rules, or a file of them (docs/wire.md), for example \"loss 5%; out: drop data 3 once\"")
      ->transform(wire_rules())
      ->group(kGroup);
}

void add_attach_options(CLI::App& program, AttachOptions& options, Port* port) {
  program.add_option("--tap", options.tap, "stand on this TAP device, made if there is none")
      ->check(check_interface)
      ->group(kGroup);
  program.add_option("--raw", options.raw, "stand on this interface, whose address the kernel must not own")
      ->check(check_interface)
      ->group(kGroup);
  add_vnet_option(program, options.vnet_header);
  add_addresses(program, options);
  if (port != nullptr) {
    program.add_option("--port", *port, fmt::format("the port ({})", *port))->check(CLI::Range(1, 65535));
  }
  program
      .add_option("--pcap", options.pcap,
                  "write what passes the link to this capture file; with comments where it ends in .pcapng")
      ->group(kGroup);
  add_world_options(program, options);
}

std::optional<std::string> contradiction(const AttachOptions& options) {
  if (!options.tap.empty() && !options.raw.empty()) return "--tap and --raw exclude each other; keep one";
  if (!options.is_private() && options.link != LinkChoice::kAuto)
    return "--link is for a private world; leave it out with --tap or --raw";
  if (options.vnet_header == VnetChoice::kOn && !options.raw.empty())
    return "--vnet-hdr=on needs a TAP device; leave it out with --raw";
  if (options.gateway && !options.address.contains(*options.gateway)) {
    return fmt::format("--gateway {} is not in the network of --addr {}; name a neighbour", to_string(*options.gateway),
                       to_string(options.address));
  }
  if (options.gateway && *options.gateway == options.address.address)
    return "--gateway is our own address; name a neighbour";
  return std::nullopt;
}

std::optional<std::string> contradiction(const WireOptions& options) {
  if (options.a.empty() != options.b.empty())
    return "a wire has two ends; name both with --a and --b, or neither for two private networks";
  if (!options.is_private() && options.a == options.b) return "--a and --b are the same device; name another one";
  if (!options.is_private() && !options.far_command.empty())
    return "--far is for two private networks; leave it out with --a and --b";
  return std::nullopt;
}

}  // namespace fourtuple::apps
