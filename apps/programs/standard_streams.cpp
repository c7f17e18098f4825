#include "apps/programs/standard_streams.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

#include "apps/programs/sessions.hpp"

namespace fourtuple::apps {
namespace {

namespace asio = boost::asio;
using Stream = asio::posix::stream_descriptor;

// What epoll does not watch (files, /dev/null) leaves the stream closed: it is always ready.
void watch(Stream& stream, int number) {
  ErrorCode unwatchable;
  stream.assign(::dup(number), unwatchable);
}

// A writable pipe takes this much without blocking. [pipe(7)]
std::size_t safe_piece(int number) {
  struct stat kind {};
  const bool is_file = ::fstat(number, &kind) == 0 && S_ISREG(kind.st_mode);
  return is_file ? std::size_t{1} << 20 : PIPE_BUF;
}

}  // namespace

StandardInput::StandardInput(asio::any_io_executor executor) : descriptor_(std::move(executor)) {
  watch(descriptor_, STDIN_FILENO);
}

asio::awaitable<std::string> StandardInput::read() {
  if (descriptor_.is_open()) co_await descriptor_.async_wait(Stream::wait_read, kAsTuple);
  std::string piece(kPieceBytes, '\0');
  ssize_t size = 0;
  do {
    size = ::read(STDIN_FILENO, piece.data(), piece.size());
  } while (size < 0 && errno == EINTR);
  piece.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  co_return piece;
}

bool StandardInput::is_ready() const {
  pollfd descriptor{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&descriptor, 1, 0) > 0;
}

bool StandardInput::is_terminal() const { return ::isatty(STDIN_FILENO) == 1; }

StandardOutput::StandardOutput(asio::any_io_executor executor)
    : descriptor_(std::move(executor)), piece_bytes_(safe_piece(STDOUT_FILENO)) {
  watch(descriptor_, STDOUT_FILENO);
}

asio::awaitable<bool> StandardOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (descriptor_.is_open()) co_await descriptor_.async_wait(Stream::wait_write, kAsTuple);
    const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), std::min(bytes.size(), piece_bytes_));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) co_return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  co_return true;
}

}  // namespace fourtuple::apps
