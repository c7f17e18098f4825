// The control messages of sendmsg() and recvmsg(), cmsg(3).
#pragma once

#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {

// What the messages of one send call ask for: IP_PKTINFO, IP_TTL, IP_TOS, IP_RETOPTS, UDP_SEGMENT. invalid_argument for
// what is malformed or unknown, no_such_device for an interface that is not there.
[[nodiscard]] Result<MessageDetails> read_control(const msghdr& message, const Stack& stack);

// Writes what the settings ask for as long as there is room (MSG_CTRUNC where there was not): timestamps, losses,
// IP_PKTINFO, IP_TTL, IP_TOS, IP_RECVOPTS, IP_RETOPTS, IP_ORIGDSTADDR, IP_RECVERR; of streams TCP_INQ.
void write_control(const Settings& settings, int type, const Received& received, Instant now, const Stack& stack,
                   msghdr& message);

// A moment of the stack's clock in the time of day.
[[nodiscard]] timespec time_of_day(Instant moment, Instant now);

}  // namespace fourtuple::sockets
