// The states, and the ways to them: each is reached by talking.
#pragma once

#include "tests/enumerated/talk.hpp"

namespace fourtuple::enumerated {

struct World {
  TcpState state;
  bool passive;                // opened by the peer; otherwise by us, and nobody listens
  bool closed_window = false;  // the peer has filled our receive window, and the application does not read
  bool released = false;       // our FIN comes from close(), not from shutdown()
};

// Talks until the world is reached, and answers where things stand then. What was said on the way is forgotten.
Position reach(const World& world, Talk& talk);

}  // namespace fourtuple::enumerated
