// The C face: fcntl, ioctl and what else turns knobs on a descriptor.
#include <cstdarg>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "fourtuple/socket.h"
#include "stack/socket/control_messages.hpp"
#include "stack/socket/interface_requests.hpp"
#include "stack/socket/process.hpp"

namespace fourtuple::sockets {
namespace {

[[nodiscard]] int status_flags(const OpenFile& file) {
  int flags = O_RDWR;
  if (file.socket && file.socket->non_blocking()) flags |= O_NONBLOCK;
  if (file.socket && file.socket->asynchronous()) flags |= O_ASYNC;
  return flags;
}

void set_status_flags(const OpenFile& file, int flags) {
  if (!file.socket) return;
  file.socket->set_non_blocking((flags & O_NONBLOCK) != 0);
  file.socket->set_asynchronous((flags & O_ASYNC) != 0);
}

// Who would be sent SIGIO and SIGURG: remembered. 0 where it is no socket.
[[nodiscard]] Result<int> signal_owner(const OpenFile& file, int command, int process) {
  if (command == F_GETOWN) return file.socket ? file.socket->signal_owner() : 0;
  if (file.socket) file.socket->set_signal_owner(process);
  return 0;
}

[[nodiscard]] Result<int> control_descriptor(int descriptor, int command, int argument) {
  DescriptorTable& table = process().descriptors;
  const auto file = table.find(descriptor);
  if (!file) return failure(std::errc::bad_file_descriptor);
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return table.add(file, command == F_DUPFD_CLOEXEC, argument);
    case F_GETFD:
      return table.close_on_exec(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
      table.set_close_on_exec(descriptor, (argument & FD_CLOEXEC) != 0);
      return 0;
    case F_GETFL:
      return status_flags(*file);
    case F_SETFL:
      set_status_flags(*file, argument);
      return 0;
    case F_SETOWN:
    case F_GETOWN:
      return signal_owner(*file, command, argument);
    case F_GETSIG:
    case F_SETSIG:
      return 0;
    default:
      return failure(std::errc::invalid_argument);
  }
}

// The requests that are about the descriptor, not about what is behind it. Nothing where it is none of them.
[[nodiscard]] std::optional<Result<int>> control_description(int descriptor, const OpenFile& file,
                                                             unsigned long request, void* argument) {
  auto* const number = static_cast<int*>(argument);
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      process().descriptors.set_close_on_exec(descriptor, request == FIOCLEX);
      return Result<int>(0);
    case FIONBIO:
    case FIOASYNC:
    case FIOSETOWN:
    case SIOCSPGRP:
    case FIOGETOWN:
    case SIOCGPGRP:
      break;
    default:
      return std::nullopt;
  }
  if (number == nullptr) return failure(std::errc::bad_address);
  Socket& socket = *file.socket;
  if (request == FIONBIO) socket.set_non_blocking(*number != 0);
  if (request == FIOASYNC) socket.set_asynchronous(*number != 0);
  if (request == FIOSETOWN || request == SIOCSPGRP) socket.set_signal_owner(*number);
  if (request == FIOGETOWN || request == SIOCGPGRP) *number = socket.signal_owner();
  return Result<int>(0);
}

[[nodiscard]] Result<int> write_stamp(const Socket& socket, unsigned long request, void* argument, Turn& turn) {
  const auto arrival = socket.last_arrival();
  if (!arrival) return failure(arrival.error());
  const timespec stamp = time_of_day(*arrival, turn.now());
  if (request == SIOCGSTAMPNS) {
    *static_cast<timespec*>(argument) = stamp;
  } else {
    *static_cast<timeval*>(argument) = {.tv_sec = stamp.tv_sec, .tv_usec = stamp.tv_nsec / 1000};
  }
  return 0;
}

[[nodiscard]] Result<int> control_socket(int descriptor, unsigned long request, void* argument) {
  const auto file = process().descriptors.find(descriptor);
  if (!file) return failure(std::errc::bad_file_descriptor);
  if (!file->socket) return failure(std::errc::inappropriate_io_control_operation);
  if (auto answered = control_description(descriptor, *file, request, argument)) return *answered;
  if (argument == nullptr) return failure(std::errc::bad_address);
  return with_socket(descriptor, [&](Socket& socket, Turn& turn) -> Result<int> {
    if (is_interface_request(request)) {
      return answer_interface_request(request, argument, turn.stack()).map([] { return 0; });
    }
    if (request == SIOCGSTAMP || request == SIOCGSTAMPNS) return write_stamp(socket, request, argument, turn);
    const auto answered = socket.ask(request, turn);
    if (!answered) return answered;
    *static_cast<int*>(argument) = *answered;
    return 0;
  });
}

}  // namespace
}  // namespace fourtuple::sockets

using namespace fourtuple;           // NOLINT: this file is the other side of a C interface
using namespace fourtuple::sockets;  // NOLINT

extern "C" {

int ft_fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  const bool has_argument = command != F_GETFD && command != F_GETFL && command != F_GETOWN && command != F_GETSIG;
  const int argument = has_argument ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return guarded([&] { return answer(control_descriptor(fd, command, argument)); });
}

int ft_ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return guarded([&] { return answer(control_socket(fd, request, argument)); });
}

int ft_sockatmark(int fd) {
  return guarded([&]() -> int {
    return answer(with_socket(fd, [](Socket& socket, Turn& turn) { return socket.ask(SIOCATMARK, turn); }));
  });
}

int ft_dup3(int fd, int to, int flags) {
  return guarded([&]() -> int {
    if ((flags & ~O_CLOEXEC) != 0 || fd == to) return fail_with(std::errc::invalid_argument);
    const int replaced = ft_dup2(fd, to);
    if (replaced >= 0) process().descriptors.set_close_on_exec(to, (flags & O_CLOEXEC) != 0);
    return replaced;
  });
}

}  // extern "C"
