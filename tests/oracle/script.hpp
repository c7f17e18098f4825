// One conversation of a program with its sockets, written down: every step makes a call and adds one line to the
// transcript, in words that do not depend on chance. Descriptors are called by the name that the case gives them; ports
// that the system chose become "port1", "port2" in the order in which they are seen; errno and bits go by their names.
#pragma once

#include <functional>
#include <map>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <vector>

#include "tests/oracle/sockets.hpp"

namespace fourtuple::oracle {

// A number with the name that the transcript calls it by.
struct Named {
  int number;
  const char* name;
};
#define ORACLE_NAMED(number) \
  ::fourtuple::oracle::Named { static_cast<int>(number), #number }
struct Option {
  int level;
  int name;
  const char* text;
};
#define ORACLE_OPTION(level, name) \
  ::fourtuple::oracle::Option { level, name, #name }

// "127.0.0.1:4000"
[[nodiscard]] sockaddr_in address(std::string_view text);
[[nodiscard]] sockaddr_in address(std::string_view host, int port);

class Script {
 public:
  explicit Script(Sockets& sockets) : sockets_(sockets) {}
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  // --- Making, naming, ending.
  int socket(const std::string& name, int type = SOCK_STREAM, int protocol = 0, int domain = AF_INET);
  int bind(int fd, std::string_view to);
  int bind(int fd, const sockaddr_in& to);
  int listen(int fd, int backlog);
  // Names the new socket and writes the peer down.
  int accept(int fd, const std::string& name, int flags = 0);
  int connect(int fd, std::string_view to);
  int connect(int fd, const sockaddr_in& to);
  // connect() to AF_UNSPEC.
  int disconnect(int fd);
  int shutdown(int fd, int how);
  int close(int fd);
  int dup(int fd, const std::string& name);
  int dup2(int fd, int to);
  void getsockname(int fd);
  void getpeername(int fd);

  // --- Data. `flags` as MSG_*.
  ssize_t send(int fd, std::string_view text, int flags = 0);
  ssize_t sendto(int fd, std::string_view text, std::string_view to, int flags = 0);
  ssize_t recv(int fd, size_t size = 100, int flags = 0);
  ssize_t recvfrom(int fd, size_t size = 100, int flags = 0);
  // Sends until the socket takes no more; only that it came to this is written down. Non-blocking sockets.
  void fill(int fd);
  // Receives until there is nothing more; not how much it was.
  void drain(int fd);

  // --- Options and control.
  int set(int fd, Option option, int value);
  int set_bytes(int fd, Option option, const void* value, socklen_t size);
  int set_linger(int fd, int on, int seconds);
  int set_time(int fd, Option option, long milliseconds);
  void get(int fd, Option option);
  void get_linger(int fd);
  void set_non_blocking(int fd, bool on = true);
  int fcntl(int fd, Named command, int argument = 0);
  // An ioctl() that answers a number.
  void ask(int fd, Named request);
  void sockatmark(int fd);

  // --- Readiness.
  // What poll() shows now; `events` as asked for.
  void poll(int fd, int events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP);
  // The three answers of select() now.
  void select(int fd);
  // Waits until all of `bits` hold, five seconds at most. Written down is whether they came to hold.
  void await(int fd, int bits);
  int epoll_create(const std::string& name, int flags = 0);
  int epoll_ctl(int epoll, int operation, int fd, std::uint32_t events);
  // Events by descriptor names; `timeout_ms` for the first.
  void epoll_wait(int epoll, int timeout_ms = 0, int room = 16);

  // --- More than one call.
  // A listener at `name` with backlog 16, without lines.
  int listener(const std::string& name, std::string_view at = "0.0.0.0:4000");
  // Two ends of a connection with a listener at port 4000, without lines; non-blocking where asked for.
  struct Pair {
    int client = -1;
    int server = -1;
    int listener = -1;
  };
  Pair connected(bool non_blocking = false);
  // Runs `what` and says whether it took at least `milliseconds` less a tenth.
  void timed(long milliseconds, const std::function<void()>& what);

  // --- For steps that are not here: make the call on sockets(), then write the line yourself.
  [[nodiscard]] Sockets& sockets() { return sockets_; }
  void say(std::string line) { lines_.push_back(std::move(line)); }
  // "call = result": the number, or the errno of -1. Answers the result. Call it straight after the call.
  ssize_t say(const std::string& call, ssize_t result);
  // A heading within a case.
  void note(const std::string& text) { say("# " + text); }
  // How this descriptor is called; its number where it has no name.
  [[nodiscard]] std::string name_of(int fd) const;
  void call_it(int fd, const std::string& name) { names_[fd] = name; }
  [[nodiscard]] std::string text_of(const sockaddr_in& name);
  [[nodiscard]] std::string port_text(int port);
  // The local port of `fd`, without a line.
  [[nodiscard]] int port_of(int fd);
  void pass(int milliseconds);
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  int opened(const std::string& call, int result, const std::string& name);
  [[nodiscard]] short bits_of(int fd, int events);

  Sockets& sockets_;
  std::vector<std::string> lines_;
  std::map<int, std::string> names_;
  std::map<int, std::string> ports_;
  int first_number_ = -1;
};

// "EINVAL"
[[nodiscard]] std::string errno_name(int number);
// "IN|OUT", "nothing"
[[nodiscard]] std::string poll_text(unsigned bits);
[[nodiscard]] std::string epoll_text(std::uint32_t bits);
// "MSG_PEEK|MSG_OOB", "0"
[[nodiscard]] std::string flags_text(int flags);
// Quoted, shortened where it is long.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace fourtuple::oracle
