// The same services as perf-server's, by the kernel: what an ordinary program would get.
#pragma once

namespace fourtuple::bench {

// Serves for ever: discard, source and echo from one epoll loop, and an echo with a blocking thread a connection.
void run_linux_server();

}  // namespace fourtuple::bench
