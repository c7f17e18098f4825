// For LD_PRELOAD: packetdrill's %{ }% blocks ask libc for TCP_INFO of a descriptor, past the table of functions. Loaded
// before libc, the object hears that question, and answers it where the descriptor is one that it has handed out.
#include <sys/syscall.h>
#include <unistd.h>

#include "apps/packetdrill/adapter.hpp"
#include "fourtuple/socket.h"

extern "C" __attribute__((visibility("default"))) int getsockopt(int fd, int level, int name, void* value,
                                                                 socklen_t* length) noexcept {
  using namespace fourtuple::packetdrill;  // NOLINT: this is the other side of a C interface
  const auto session = the_adapter().session();
  const int ours = session ? session->descriptors().ours(fd) : -1;
  if (ours < 0) return static_cast<int>(::syscall(SYS_getsockopt, fd, level, name, value, length));
  const CallBrackets brackets(*session);
  return ft_getsockopt(ours, level, name, value, length);
}
