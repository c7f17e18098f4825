// Frames from addresses where nobody is, for labs about attacks.
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/packet_buffer.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::lab {

// A well-formed SYN to the server's `port`, the `number`th of its kind; each comes from another address and port of
// 10.0.0.128/25, where nobody answers. Nothing when memory is short.
[[nodiscard]] std::optional<PacketBuffer> stranger_syn(std::uint32_t number, Port port, BufferPool& pool);

}  // namespace fourtuple::lab
