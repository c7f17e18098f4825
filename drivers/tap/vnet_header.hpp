// The 10 octets that IFF_VNET_HDR puts before each frame (struct virtio_net_hdr, native byte order). The kernel's own
// header <linux/virtio_net.h> names a member `class` and so is not C++.
#pragma once

#include <cstdint>

namespace fourtuple::tap_setup {

struct VnetHeaderFields {
  static constexpr std::uint8_t kNeedsChecksum = 1;
  static constexpr std::uint8_t kDataValid = 2;
  static constexpr std::uint8_t kGsoNone = 0;
  static constexpr std::uint8_t kGsoTcp4 = 1;
  static constexpr std::uint8_t kGsoEcn = 0x80;

  std::uint8_t flags = 0;
  std::uint8_t gso_type = kGsoNone;
  std::uint16_t header_length = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VnetHeaderFields) == 10);

}  // namespace fourtuple::tap_setup
