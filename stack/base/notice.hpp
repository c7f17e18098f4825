// What a layer tells the sockets above it: something about `owner` has changed, look again.
#pragma once

#include <cstdint>

namespace fourtuple {

// What may have changed; a set of bits. Notices are hints to look at the state, never the state itself.
struct Readiness {
  static constexpr std::uint8_t kReadable = 0x01;  // data, end of stream, or a connection to accept
  static constexpr std::uint8_t kWritable = 0x02;  // room to send, or the handshake has ended
  static constexpr std::uint8_t kError = 0x04;     // an error is pending
  static constexpr std::uint8_t kHangUp = 0x08;    // the peer closed its side, or the connection is gone
  static constexpr std::uint8_t kUrgent = 0x10;    // urgent data is announced
  std::uint8_t bits = 0;
};

// The number by which the socket floor knows the object, set with set_owner(); 0: nobody listens, no notice is made.
using OwnerId = std::uint64_t;

struct Notice {
  OwnerId owner = 0;
  Readiness changed;
};

}  // namespace fourtuple
