// The table's pipe and splice. Pipes are the kernel's; between one of them and a socket of ours octets are copied.
#include <algorithm>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

#include "apps/packetdrill/adapter.hpp"
#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {
namespace {

constexpr std::size_t kAtOnce = std::size_t{64} << 10;

int fail_with(int number) {
  errno = number;
  return -1;
}

[[nodiscard]] std::size_t room_in(int pipe) {
  int held = 0;
  const int size = ::fcntl(pipe, F_GETPIPE_SZ);
  if (size < 0 || ::ioctl(pipe, FIONREAD, &held) != 0 || held >= size) return 0;
  return static_cast<std::size_t>(size - held);
}

// Takes no more from the socket than the pipe has room for.
[[nodiscard]] ssize_t socket_to_pipe(int socket, int pipe, std::size_t size, int flags) {
  const std::size_t wanted = std::min({size, room_in(pipe), kAtOnce});
  if (size == 0) return 0;
  if (wanted == 0) return fail_with(EAGAIN);
  std::vector<std::uint8_t> octets(wanted);
  const ssize_t got = ft_recv(socket, octets.data(), octets.size(), flags);
  if (got <= 0) return got;
  return ::write(pipe, octets.data(), static_cast<std::size_t>(got));
}

// What the socket does not take goes back to the pipe's front.
[[nodiscard]] ssize_t pipe_to_socket(Descriptors& descriptors, int pipe, int socket, std::size_t size, int flags) {
  auto octets = descriptors.take_rest(pipe);
  const std::size_t kept = octets.size();
  const std::size_t wanted = std::min(size, kAtOnce);
  octets.resize(std::max(kept, wanted));
  const ssize_t got = kept < wanted ? ::read(pipe, octets.data() + kept, wanted - kept) : 0;
  const int number = errno;
  octets.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (octets.empty()) return got < 0 ? fail_with(number) : 0;
  const ssize_t sent = ft_send(socket, octets.data(), std::min(octets.size(), wanted), flags);
  octets.erase(octets.begin(), octets.begin() + std::max<ssize_t>(sent, 0));
  if (!octets.empty()) {
    const int result = errno;
    descriptors.put_back(pipe, std::move(octets));
    errno = result;
  }
  return sent;
}

int make_pipe(void* userdata, int ends[2]) {
  return in_call(userdata, [&](Session& session) {
    // A pipe that blocks would block for real, and time with it.
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    session.descriptors().add_pipe(ends[0], ends[1]);
    return 0;
  });
}

ssize_t splice(void* userdata, int from, loff_t* from_offset, int to, loff_t* to_offset, size_t size, unsigned flags) {
  return in_call(userdata, [&](Session& session) -> ssize_t {
    Descriptors& descriptors = session.descriptors();
    if (from_offset != nullptr || to_offset != nullptr) return fail_with(ESPIPE);
    const bool from_pipe = descriptors.is_pipe(from);
    const bool to_pipe = descriptors.is_pipe(to);
    const int source = descriptors.ours(from);
    const int target = descriptors.ours(to);
    const int wait = (flags & SPLICE_F_NONBLOCK) != 0 ? MSG_DONTWAIT : 0;
    const int more = (flags & SPLICE_F_MORE) != 0 ? MSG_MORE : 0;
    if (from_pipe && to_pipe) return ::splice(from, nullptr, to, nullptr, size, flags);
    if (from_pipe && target >= 0) return pipe_to_socket(descriptors, from, target, size, wait | more);
    if (to_pipe && source >= 0) return socket_to_pipe(source, to, size, wait);
    return fail_with(source >= 0 && target >= 0 ? EINVAL : EBADF);
  });
}

}  // namespace

void fill_pipes(packetdrill_interface& table) {
  table.pipe = make_pipe;
  table.splice = splice;
}

}  // namespace fourtuple::packetdrill
