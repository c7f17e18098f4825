#include "apps/drill/option_octets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "stack/wire/byte_order.hpp"

namespace fourtuple::drill {
namespace {

using Octets = std::vector<std::uint8_t>;
using Kind = TcpOption::Kind;

// Kinds on the wire.
constexpr std::uint8_t kWireEnd = 0;
constexpr std::uint8_t kWireNop = 1;
constexpr std::uint8_t kWireMss = 2;
constexpr std::uint8_t kWireScale = 3;
constexpr std::uint8_t kWireSackOk = 4;
constexpr std::uint8_t kWireSack = 5;
constexpr std::uint8_t kWireTimestamps = 8;
constexpr std::uint8_t kWireFastOpen = 34;
constexpr std::uint8_t kWireExperiment = 254;
constexpr std::uint16_t kFastOpenMagic = 0xf989;  // [RFC7413 4.1.1], as an experiment [RFC6994]

void put16(Octets& to, std::uint32_t value) {
  to.resize(to.size() + 2);
  wire::store_be16(&to[to.size() - 2], static_cast<std::uint16_t>(value));
}
void put32(Octets& to, std::uint32_t value) {
  to.resize(to.size() + 4);
  wire::store_be32(&to[to.size() - 4], value);
}

// Kind and length go in front of the value.
void put(Octets& to, std::uint8_t kind, const Octets& value) {
  to.push_back(kind);
  to.push_back(static_cast<std::uint8_t>(value.size() + 2));
  to.insert(to.end(), value.begin(), value.end());
}

Octets value_of(const TcpOption& option, const Flow& flow) {
  Octets value;
  switch (option.kind) {
    case Kind::kMss:
      put16(value, option.value);
      break;
    case Kind::kWindowScale:
      value.push_back(static_cast<std::uint8_t>(option.value));
      break;
    case Kind::kSack:
      for (const auto& block : option.blocks) {
        put32(value, flow.near.to_wire(block.left).value);
        put32(value, flow.near.to_wire(block.right).value);
      }
      break;
    case Kind::kTimestamps:
      put32(value, option.value);
      put32(value, flow.timestamp_to_wire(option.echo));
      break;
    case Kind::kFastOpenExp:
      put16(value, kFastOpenMagic);
      [[fallthrough]];
    case Kind::kFastOpen:
    case Kind::kRaw:
      value.insert(value.end(), option.octets.begin(), option.octets.end());
      break;
    case Kind::kSackOk:
    case Kind::kNop:
    case Kind::kEnd:
      break;
  }
  return value;
}

std::uint8_t wire_kind(Kind kind) {
  switch (kind) {
    case Kind::kMss:
      return kWireMss;
    case Kind::kWindowScale:
      return kWireScale;
    case Kind::kSackOk:
      return kWireSackOk;
    case Kind::kSack:
      return kWireSack;
    case Kind::kTimestamps:
      return kWireTimestamps;
    case Kind::kFastOpen:
      return kWireFastOpen;
    case Kind::kFastOpenExp:
      return kWireExperiment;
    case Kind::kNop:
      return kWireNop;
    case Kind::kEnd:
    case Kind::kRaw:
      break;
  }
  return kWireEnd;
}

void append(Octets& to, const TcpOption& option, const Flow& flow) {
  const Octets value = value_of(option, flow);
  if (option.kind == Kind::kNop || option.kind == Kind::kEnd) return to.push_back(wire_kind(option.kind));
  if (option.kind != Kind::kRaw) return put(to, wire_kind(option.kind), value);
  to.insert(to.end(), value.begin(), value.end());
}

// One option whose length is inside the area; kRaw where the length is not that of its kind.
TcpOption read(ByteView octets, const Flow& flow) {
  const ByteView value = octets.subspan(2);
  TcpOption option;
  option.kind = Kind::kRaw;
  option.octets.assign(octets.begin(), octets.end());
  const auto is = [&](std::uint8_t kind, std::size_t size) { return octets[0] == kind && value.size() == size; };
  if (is(kWireSackOk, 0)) option.kind = Kind::kSackOk;
  if (is(kWireMss, 2)) {
    option.kind = Kind::kMss;
    option.value = wire::load_be16(value.data());
  } else if (is(kWireScale, 1)) {
    option.kind = Kind::kWindowScale;
    option.value = value[0];
  } else if (is(kWireTimestamps, 8)) {
    option.kind = Kind::kTimestamps;
    option.value = flow.timestamp_to_script(wire::load_be32(value.data()));
    option.echo = wire::load_be32(value.data() + 4);
  } else if (octets[0] == kWireSack && value.size() % 8 == 0) {
    option.kind = Kind::kSack;
    for (std::size_t i = 0; i < value.size(); i += 8) {
      option.blocks.push_back(
          {flow.far.to_script({wire::load_be32(&value[i])}), flow.far.to_script({wire::load_be32(&value[i + 4])})});
    }
  } else if (octets[0] == kWireFastOpen) {
    option.kind = Kind::kFastOpen;
    option.octets.assign(value.begin(), value.end());
  } else if (octets[0] == kWireExperiment && value.size() >= 2 && wire::load_be16(value.data()) == kFastOpenMagic) {
    option.kind = Kind::kFastOpenExp;
    option.octets.assign(value.begin() + 2, value.end());
  }
  return option;
}

std::string text_of(const TcpOption& option) {
  switch (option.kind) {
    case Kind::kMss:
      return fmt::format("mss {}", option.value);
    case Kind::kWindowScale:
      return fmt::format("wscale {}", option.value);
    case Kind::kSackOk:
      return "sackOK";
    case Kind::kSack: {
      std::string text = "sack";
      for (const auto& block : option.blocks) text += fmt::format(" {}:{}", block.left, block.right);
      return text;
    }
    case Kind::kTimestamps:
      if (option.any_value) return fmt::format("TS val ... ecr {}", option.echo);
      return fmt::format("TS val {} ecr {}", option.value, option.echo);
    case Kind::kNop:
      return "nop";
    case Kind::kEnd:
      return "eol";
    case Kind::kFastOpen:
      return fmt::format("FO {:02x}", fmt::join(option.octets, ""));
    case Kind::kFastOpenExp:
      return fmt::format("FOEXP {:02x}", fmt::join(option.octets, ""));
    case Kind::kRaw:
      return fmt::format("raw {:02x}", fmt::join(option.octets, ""));
  }
  return {};
}

}  // namespace

std::vector<std::uint8_t> to_octets(const std::vector<TcpOption>& options, const Flow& flow) {
  Octets octets;
  for (const TcpOption& option : options) append(octets, option, flow);
  while (octets.size() % 4 != 0) octets.push_back(kWireEnd);
  return octets;
}

std::vector<TcpOption> from_octets(ByteView area, const Flow& flow) {
  std::vector<TcpOption> options;
  while (!area.empty()) {
    TcpOption option;
    std::size_t length = 1;
    if (area[0] == kWireEnd) {
      option.kind = Kind::kEnd;
    } else if (area[0] != kWireNop) {
      const bool is_sound = area.size() >= 2 && area[1] >= 2 && area[1] <= area.size();
      length = is_sound ? area[1] : area.size();
      if (is_sound) option = read(area.first(length), flow);
      if (!is_sound) {
        option.kind = Kind::kRaw;
        option.octets.assign(area.begin(), area.end());
      }
    }
    options.push_back(std::move(option));
    area = area.subspan(length);
  }
  return options;
}

std::string to_string(const std::vector<TcpOption>& options) {
  std::string text;
  for (const TcpOption& option : options) text += (text.empty() ? "" : ",") + text_of(option);
  return text;
}

}  // namespace fourtuple::drill
