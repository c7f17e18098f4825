// A client and a server over the kernel's sockets, for recordings: small enough to know every call that they make.
//   talker visit ADDRESS PORT TEXT   connects and says so, sends, ends its half, reads to the end, closes
//   talker serve PORT                answers one client with what it sent, and leaves without closing
//   talker wait PORT                 accepts one client and waits for its own end
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace {

sockaddr_in endpoint(const char* address, const char* port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  ::inet_pton(AF_INET, address, &result.sin_addr);
  return result;
}

const sockaddr* as_sockaddr(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

std::string read_all(int fd) {
  std::string text;
  char piece[256];
  for (ssize_t size = 0; (size = ::read(fd, piece, sizeof(piece))) > 0;)
    text.append(piece, static_cast<std::size_t>(size));
  return text;
}

int visit(const char* address, const char* port, const char* text) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in server = endpoint(address, port);
  if (::connect(fd, as_sockaddr(server), sizeof(server)) != 0) return 3;
  std::puts("connected");
  std::fflush(stdout);
  const auto size = static_cast<ssize_t>(std::strlen(text));
  if (::send(fd, text, static_cast<std::size_t>(size), 0) != size) return 4;
  ::shutdown(fd, SHUT_WR);
  const std::string answer = read_all(fd);
  ::close(fd);
  return answer == text ? 0 : 5;
}

int accept_one(const char* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in here = endpoint("0.0.0.0", port);
  if (::bind(listener, as_sockaddr(here), sizeof(here)) != 0 || ::listen(listener, 8) != 0) std::exit(6);
  return ::accept(listener, nullptr, nullptr);
}

int serve(const char* port) {
  const int fd = accept_one(port);
  const std::string text = read_all(fd);
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 7;
}

int wait_for_the_end(const char* port) {
  const int fd = accept_one(port);
  for (;;) ::pause();
  return fd;
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "";
  if (what == "visit" && count == 5) return visit(words[2], words[3], words[4]);
  if (what == "serve" && count == 3) return serve(words[2]);
  if (what == "wait" && count == 3) return wait_for_the_end(words[2]);
  return 2;
}
