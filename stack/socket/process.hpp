// What the C API keeps for the process, because its functions have nowhere else to look: the descriptors and the
// stacks.
#pragma once

#include <cerrno>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "fourtuple/socket.h"
#include "stack/runtime/runtime.hpp"
#include "stack/socket/descriptor_table.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): the C API's name.
struct ft_stack {
  std::unique_ptr<fourtuple::Runtime> owned;  // empty for a stack that was adopted
  std::shared_ptr<fourtuple::RuntimeCore> core;
};

namespace fourtuple::sockets {

class Process {
 public:
  // Stacks that are still open deliver what they owe before the process ends, as a kernel would.
  ~Process();

  DescriptorTable descriptors;

  [[nodiscard]] ft_stack* add(std::unique_ptr<ft_stack> stack);
  void remove(ft_stack* stack);
  void use(ft_stack* stack);
  [[nodiscard]] ft_stack* current() const;
  // The default stack's core; empty where there is none.
  [[nodiscard]] std::shared_ptr<RuntimeCore> current_core() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<ft_stack>> stacks_;
  ft_stack* current_ = nullptr;
};

[[nodiscard]] Process& process();

// -1 with errno.
inline int fail_with(std::errc error) {
  errno = static_cast<int>(error);
  return -1;
}
inline int answer(const Result<void>& result) { return result ? 0 : fail_with(result.error()); }
inline int answer(const Result<int>& result) { return result ? *result : fail_with(result.error()); }

// Runs the body of a C function: what the library throws when memory is out must not reach C, it is an errno.
template <class Body>
auto guarded(Body&& body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail_with(std::errc::no_buffer_space);
  } catch (const std::system_error& error) {
    errno = error.code().value();
    return -1;
  }
}

// The socket behind a descriptor: bad_file_descriptor, not_a_socket.
[[nodiscard]] Result<std::shared_ptr<Socket>> socket_of(int descriptor);

// Runs `call(Socket&, Turn&)` with the token; for calls that do not wait.
template <class Call>
auto with_socket(int descriptor, Call&& call) -> decltype(call(std::declval<Socket&>(), std::declval<Turn&>())) {
  const auto socket = socket_of(descriptor);
  if (!socket) return failure(socket.error());
  Turn turn((*socket)->core());
  if ((*socket)->is_closed()) return failure(std::errc::bad_file_descriptor);
  return call(**socket, turn);
}

}  // namespace fourtuple::sockets
