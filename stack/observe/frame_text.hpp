// Any frame in one line, for ladders and tests: "ARP who-has 10.0.0.4 tell 10.0.0.5".
#pragma once

#include <cstdint>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::observe {

// What a frame is, so far as its headers tell.
struct FrameText {
  enum class Kind : std::uint8_t { kUnknown, kArp, kIcmp, kUdp, kTcp, kFragment, kOther };
  Kind kind = Kind::kUnknown;
  std::string line;  // without a newline; printable ASCII only, whatever the bytes are
  FourTuple name;    // source first, ports 0 where there are none; of IPv4 frames
};

// `bytes` may be an Ethernet frame or a bare IPv4 packet, whole or only its headers; `missing_bytes` more octets follow
// elsewhere (FrameSent::payload_bytes). Checksums are not looked at.
[[nodiscard]] FrameText describe_frame(ByteView bytes, std::size_t missing_bytes = 0);
// The cheap question before it: an Ethernet frame with TCP in it.
[[nodiscard]] bool carries_tcp(ByteView bytes);

}  // namespace fourtuple::observe
