// The same services as perf-server's, by the kernel: what an ordinary program would get.
#pragma once

#include <cstddef>
#include <string>

namespace fourtuple::bench {

// Serves for ever: discard, source and echo from one epoll loop, and an echo with a blocking thread a connection. With
// `short_octets` also port 5029, which sends so many at once and no more.
void run_linux_server(const std::string& congestion = "cubic", std::size_t short_octets = 0);

}  // namespace fourtuple::bench
