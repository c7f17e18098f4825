// TCP options between a script's words and a header's octets, in their order and with all their padding: a script may
// say what no stack should.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/drill/flows.hpp"
#include "apps/packet_script/script.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::drill {

using packet_script::TcpOption;

inline constexpr std::size_t kMaxOptionOctets = 40;

// For a segment from the far end. Padded to a multiple of four with `eol`.
[[nodiscard]] std::vector<std::uint8_t> to_octets(const std::vector<TcpOption>& options, const Flow& flow);

// Of a segment that the stack sent, in the script's numbers, `eol` and all that stands behind it included. What does
// not follow the rules of options is kRaw up to the end.
[[nodiscard]] std::vector<TcpOption> from_octets(ByteView area, const Flow& flow);

// "mss 1460,nop,wscale 7"
[[nodiscard]] std::string to_string(const std::vector<TcpOption>& options);

}  // namespace fourtuple::drill
