#include "tests/interop/kernel_socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace fourtuple::interop {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

sockaddr_in name_of(const char* address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &name.sin_addr);
  return name;
}

const sockaddr* generic(const sockaddr_in& name) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&name));
}

int new_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  return descriptor;
}

}  // namespace

KernelSocket::~KernelSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

KernelSocket KernelSocket::connect(std::uint16_t port) {
  KernelSocket socket(new_socket());
  const sockaddr_in name = name_of(kOurAddress, port);
  if (::connect(socket.descriptor_, generic(name), sizeof(name)) != 0) socket.error_ = errno;
  return socket;
}

KernelSocket KernelSocket::listen(std::uint16_t port) {
  KernelSocket socket(new_socket());
  const sockaddr_in name = name_of("0.0.0.0", port);
  if (::bind(socket.descriptor_, generic(name), sizeof(name)) != 0 || ::listen(socket.descriptor_, 16) != 0)
    socket.error_ = errno;
  return socket;
}

KernelSocket KernelSocket::accept() const {
  KernelSocket socket(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
  if (socket.descriptor_ < 0) socket.error_ = errno;
  return socket;
}

bool KernelSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0) error_ = errno;
    if (size < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string KernelSocket::receive(std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (got < 0) error_ = errno;
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string KernelSocket::receive_all(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const std::string piece = receive(std::min(size - bytes.size(), kPieceBytes));
    if (piece.empty()) break;
    bytes += piece;
  }
  return bytes;
}

void KernelSocket::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

void KernelSocket::abort() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ::close(std::exchange(descriptor_, -1));
}

std::string pattern(std::size_t size, std::uint64_t from) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t place = (from + i) * 0x9e3779b97f4a7c15U;
    bytes[i] = static_cast<char>(place >> 56);
  }
  return bytes;
}

}  // namespace fourtuple::interop
