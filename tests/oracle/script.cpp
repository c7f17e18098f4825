#include "tests/oracle/script.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/time.h>

namespace fourtuple::oracle {
namespace {

constexpr int kFirstEphemeral = 32768;
constexpr int kPatienceMilliseconds = 5000;

const sockaddr* generic(const sockaddr_in& name) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&name));
}
sockaddr* generic(sockaddr_in& name) { return static_cast<sockaddr*>(static_cast<void*>(&name)); }

std::string type_text(int type) {
  constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int plain = type & ~kFlags;
  std::string text = plain == SOCK_STREAM  ? "SOCK_STREAM"
                     : plain == SOCK_DGRAM ? "SOCK_DGRAM"
                     : plain == SOCK_RAW   ? "SOCK_RAW"
                                           : std::to_string(plain);
  if ((type & SOCK_NONBLOCK) != 0) text += "|SOCK_NONBLOCK";
  if ((type & SOCK_CLOEXEC) != 0) text += "|SOCK_CLOEXEC";
  return text;
}

std::string how_text(int how) {
  return how == SHUT_RD ? "SHUT_RD" : how == SHUT_WR ? "SHUT_WR" : how == SHUT_RDWR ? "SHUT_RDWR" : std::to_string(how);
}

// ", MSG_PEEK", or nothing.
std::string more_flags(int flags) { return flags == 0 ? "" : ", " + flags_text(flags); }

}  // namespace

sockaddr_in address(std::string_view host, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, std::string(host).c_str(), &name.sin_addr);
  return name;
}

sockaddr_in address(std::string_view text) {
  const std::size_t colon = text.find(':');
  return address(text.substr(0, colon), std::stoi(std::string(text.substr(colon + 1))));
}

ssize_t Script::say(const std::string& call, ssize_t result) {
  say(call + " = " + (result < 0 ? errno_name(errno) : std::to_string(result)));
  return result;
}

std::string Script::name_of(int fd) const {
  const auto found = names_.find(fd);
  if (found != names_.end()) return found->second;
  const bool is_near = fd >= first_number_ && fd < first_number_ + 100;
  return "#" + std::to_string(is_near ? fd - first_number_ : fd);
}

std::string Script::port_text(int port) {
  if (port < kFirstEphemeral) return std::to_string(port);
  return ports_.try_emplace(port, "port" + std::to_string(ports_.size() + 1)).first->second;
}

std::string Script::text_of(const sockaddr_in& name) {
  if (name.sin_family != AF_INET) return "family " + std::to_string(name.sin_family);
  return std::string(::inet_ntoa(name.sin_addr)) + ":" + port_text(ntohs(name.sin_port));
}

int Script::port_of(int fd) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  sockets_.getsockname(fd, generic(name), &size);
  return ntohs(name.sin_port);
}

void Script::pass(int milliseconds) {
  for (int i = 0; i < milliseconds; ++i) sockets_.pass_a_millisecond();
}

// Numbers are written down relative to the case's first.
int Script::opened(const std::string& call, int result, const std::string& name) {
  if (result < 0) return static_cast<int>(say(call, result));
  if (first_number_ < 0) first_number_ = result;
  names_[result] = name;
  say(call + " = #" + std::to_string(result - first_number_) + " " + name);
  return result;
}

int Script::socket(const std::string& name, int type, int protocol, int domain) {
  std::string call = "socket(" + (domain == AF_INET ? "" : "domain " + std::to_string(domain) + ", ");
  call += type_text(type) + (protocol == 0 ? "" : ", protocol " + std::to_string(protocol)) + ")";
  return opened(call, sockets_.socket(domain, type, protocol), name);
}

int Script::bind(int fd, std::string_view to) { return bind(fd, address(to)); }

int Script::bind(int fd, const sockaddr_in& to) {
  const std::string call = "bind(" + name_of(fd) + ", " + text_of(to) + ")";
  return static_cast<int>(say(call, sockets_.bind(fd, generic(to), sizeof to)));
}

int Script::listen(int fd, int backlog) {
  const std::string call = "listen(" + name_of(fd) + ", " + std::to_string(backlog) + ")";
  return static_cast<int>(say(call, sockets_.listen(fd, backlog)));
}

int Script::accept(int fd, const std::string& name, int flags) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  std::string call = "accept(" + name_of(fd) + (flags == 0 ? "" : ", flags " + std::to_string(flags)) + ")";
  const int accepted = sockets_.accept4(fd, generic(peer), &size, flags);
  if (accepted >= 0) call += " from " + text_of(peer) + " (" + std::to_string(size) + ")";
  return opened(call, accepted, name);
}

int Script::connect(int fd, std::string_view to) { return connect(fd, address(to)); }

int Script::connect(int fd, const sockaddr_in& to) {
  const std::string call = "connect(" + name_of(fd) + ", " + text_of(to) + ")";
  return static_cast<int>(say(call, sockets_.connect(fd, generic(to), sizeof to)));
}

int Script::disconnect(int fd) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  return static_cast<int>(say("connect(" + name_of(fd) + ", AF_UNSPEC)", sockets_.connect(fd, &nobody, sizeof nobody)));
}

int Script::shutdown(int fd, int how) {
  return static_cast<int>(say("shutdown(" + name_of(fd) + ", " + how_text(how) + ")", sockets_.shutdown(fd, how)));
}

int Script::close(int fd) {
  const std::string call = "close(" + name_of(fd) + ")";
  return static_cast<int>(say(call, sockets_.close(fd)));
}

int Script::dup(int fd, const std::string& name) { return opened("dup(" + name_of(fd) + ")", sockets_.dup(fd), name); }

int Script::dup2(int fd, int to) {
  const std::string call = "dup2(" + name_of(fd) + ", " + name_of(to) + ")";
  const int result = sockets_.dup2(fd, to);
  if (result < 0) return static_cast<int>(say(call, result));
  say(call + " = " + name_of(result));
  return result;
}

void Script::getsockname(int fd) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  const std::string call = "getsockname(" + name_of(fd) + ")";
  if (sockets_.getsockname(fd, generic(name), &size) < 0) return static_cast<void>(say(call, -1));
  say(call + " = " + text_of(name) + " (" + std::to_string(size) + ")");
}

void Script::getpeername(int fd) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  const std::string call = "getpeername(" + name_of(fd) + ")";
  if (sockets_.getpeername(fd, generic(name), &size) < 0) return static_cast<void>(say(call, -1));
  say(call + " = " + text_of(name) + " (" + std::to_string(size) + ")");
}

ssize_t Script::send(int fd, std::string_view text, int flags) {
  const std::string call = "send(" + name_of(fd) + ", " + quoted(text) + more_flags(flags) + ")";
  return say(call, sockets_.sendto(fd, text.data(), text.size(), flags | MSG_NOSIGNAL, nullptr, 0));
}

ssize_t Script::sendto(int fd, std::string_view text, std::string_view to, int flags) {
  const sockaddr_in name = address(to);
  const std::string call =
      "sendto(" + name_of(fd) + ", " + quoted(text) + more_flags(flags) + ", " + text_of(name) + ")";
  return say(call, sockets_.sendto(fd, text.data(), text.size(), flags | MSG_NOSIGNAL, generic(name), sizeof name));
}

ssize_t Script::recv(int fd, size_t size, int flags) {
  std::string text(std::max<size_t>(size, 1), '?');
  const std::string call = "recv(" + name_of(fd) + ", " + std::to_string(size) + more_flags(flags) + ")";
  const ssize_t count = sockets_.recvfrom(fd, text.data(), size, flags, nullptr, nullptr);
  if (count < 0) return say(call, count);
  say(call + " = " + std::to_string(count) + " " + quoted(text.substr(0, std::min(size, static_cast<size_t>(count)))));
  return count;
}

ssize_t Script::recvfrom(int fd, size_t size, int flags) {
  std::string text(std::max<size_t>(size, 1), '?');
  sockaddr_in from{};
  socklen_t room = sizeof from;
  const std::string call = "recvfrom(" + name_of(fd) + ", " + std::to_string(size) + more_flags(flags) + ")";
  const ssize_t count = sockets_.recvfrom(fd, text.data(), size, flags, generic(from), &room);
  if (count < 0) return say(call, count);
  const std::string source = room == 0 ? "nobody" : text_of(from);
  say(call + " = " + std::to_string(count) + " " + quoted(text.substr(0, std::min(size, static_cast<size_t>(count)))) +
      " from " + source);
  return count;
}

void Script::fill(int fd) {
  const std::string block(65536, 'x');
  const auto send_block = [&] {
    return sockets_.sendto(fd, block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
  };
  constexpr int kQuietMilliseconds = 60;  // the peer may take some yet
  ssize_t sent = 0;
  for (int quiet = 0; quiet < kQuietMilliseconds; quiet = sent < 0 ? quiet + 1 : 0) {
    while ((sent = send_block()) >= 0) {
    }
    sockets_.pass_a_millisecond();
    sent = send_block();
  }
  errno = EAGAIN;
  say("fill(" + name_of(fd) + ")", sent);
}

void Script::drain(int fd) {
  std::string block(65536, '?');
  ssize_t got = 0;
  do {
    got = sockets_.recvfrom(fd, block.data(), block.size(), MSG_DONTWAIT, nullptr, nullptr);
  } while (got > 0);
  say("drain(" + name_of(fd) + ")", got);
}

int Script::set(int fd, Option option, int value) {
  const std::string call = "setsockopt(" + name_of(fd) + ", " + option.text + ", " + std::to_string(value) + ")";
  return static_cast<int>(say(call, sockets_.setsockopt(fd, option.level, option.name, &value, sizeof value)));
}

int Script::set_bytes(int fd, Option option, const void* value, socklen_t size) {
  const std::string call = "setsockopt(" + name_of(fd) + ", " + option.text + ", " +
                           (value == nullptr ? "null, " : "") + std::to_string(size) + " octets)";
  return static_cast<int>(say(call, sockets_.setsockopt(fd, option.level, option.name, value, size)));
}

int Script::set_linger(int fd, int on, int seconds) {
  const linger wanted{on, seconds};
  const std::string call =
      "setsockopt(" + name_of(fd) + ", SO_LINGER, {" + std::to_string(on) + ", " + std::to_string(seconds) + "})";
  return static_cast<int>(say(call, sockets_.setsockopt(fd, SOL_SOCKET, SO_LINGER, &wanted, sizeof wanted)));
}

int Script::set_time(int fd, Option option, long milliseconds) {
  const timeval wanted{milliseconds / 1000, milliseconds % 1000 * 1000};
  const std::string call =
      "setsockopt(" + name_of(fd) + ", " + option.text + ", " + std::to_string(milliseconds) + " ms)";
  return static_cast<int>(say(call, sockets_.setsockopt(fd, option.level, option.name, &wanted, sizeof wanted)));
}

void Script::get(int fd, Option option) {
  int value = -99;
  socklen_t size = sizeof value;
  const std::string call = "getsockopt(" + name_of(fd) + ", " + option.text + ")";
  if (sockets_.getsockopt(fd, option.level, option.name, &value, &size) < 0) return static_cast<void>(say(call, -1));
  const bool is_error = option.level == SOL_SOCKET && option.name == SO_ERROR && value != 0;
  say(call + " = " + (is_error ? errno_name(value) : std::to_string(value)) + " (" + std::to_string(size) + ")");
}

void Script::get_linger(int fd) {
  linger value{-1, -1};
  socklen_t size = sizeof value;
  const std::string call = "getsockopt(" + name_of(fd) + ", SO_LINGER)";
  if (sockets_.getsockopt(fd, SOL_SOCKET, SO_LINGER, &value, &size) < 0) return static_cast<void>(say(call, -1));
  say(call + " = {" + std::to_string(value.l_onoff) + ", " + std::to_string(value.l_linger) + "}");
}

void Script::set_non_blocking(int fd, bool on) {
  say("fcntl(" + name_of(fd) + ", F_SETFL, " + (on ? "O_NONBLOCK" : "0") + ")",
      sockets_.fcntl(fd, F_SETFL, on ? O_NONBLOCK : 0));
}

int Script::fcntl(int fd, Named command, int argument) {
  const std::string call = "fcntl(" + name_of(fd) + ", " + command.name + ", " + std::to_string(argument) + ")";
  return static_cast<int>(say(call, sockets_.fcntl(fd, command.number, argument)));
}

void Script::ask(int fd, Named request) {
  int value = -1;
  const std::string call = "ioctl(" + name_of(fd) + ", " + request.name + ")";
  const int result = sockets_.ioctl(fd, static_cast<unsigned long>(request.number), &value);
  if (result < 0) return static_cast<void>(say(call, result));
  say(call + " = " + std::to_string(value));
}

void Script::sockatmark(int fd) { say("sockatmark(" + name_of(fd) + ")", sockets_.sockatmark(fd)); }

short Script::bits_of(int fd, int events) {
  pollfd one{fd, static_cast<short>(events), 0};
  sockets_.poll(&one, 1, 0);
  return one.revents;
}

void Script::poll(int fd, int events) {
  const std::string asked = events == (POLLIN | POLLPRI | POLLOUT | POLLRDHUP)
                                ? ""
                                : ", " + poll_text(static_cast<unsigned>(static_cast<unsigned short>(events)));
  say("poll(" + name_of(fd) + asked + ") = " + poll_text(static_cast<unsigned short>(bits_of(fd, events))));
}

void Script::select(int fd) {
  fd_set sets[3];
  for (fd_set& one : sets) {
    FD_ZERO(&one);
    FD_SET(fd, &one);
  }
  timeval at_once{};
  const std::string call = "select(" + name_of(fd) + ")";
  const int count = sockets_.select(fd + 1, &sets[0], &sets[1], &sets[2], &at_once);
  if (count < 0) return static_cast<void>(say(call, count));
  std::string text = call + " = " + std::to_string(count);
  if (FD_ISSET(fd, &sets[0])) text += " readable";
  if (FD_ISSET(fd, &sets[1])) text += " writable";
  if (FD_ISSET(fd, &sets[2])) text += " exceptional";
  say(std::move(text));
}

void Script::await(int fd, int bits) {
  bool came = false;
  for (int i = 0; i < kPatienceMilliseconds && !came; ++i) {
    came = (bits_of(fd, bits) & bits) == bits;
    if (!came) sockets_.pass_a_millisecond();
  }
  say("await(" + name_of(fd) + ", " + poll_text(static_cast<unsigned>(bits)) + ")" + (came ? "" : " in vain"));
}

int Script::epoll_create(const std::string& name, int flags) {
  return opened("epoll_create1(" + std::to_string(flags) + ")", sockets_.epoll_create1(flags), name);
}

int Script::epoll_ctl(int epoll, int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const std::string what = operation == EPOLL_CTL_ADD   ? "ADD"
                           : operation == EPOLL_CTL_MOD ? "MOD"
                           : operation == EPOLL_CTL_DEL ? "DEL"
                                                        : std::to_string(operation);
  const std::string call = "epoll_ctl(" + name_of(epoll) + ", " + what + ", " + name_of(fd) +
                           (operation == EPOLL_CTL_DEL ? "" : ", " + epoll_text(events)) + ")";
  return static_cast<int>(say(call, sockets_.epoll_ctl(epoll, operation, fd, &event)));
}

void Script::epoll_wait(int epoll, int timeout_ms, int room) {
  std::vector<epoll_event> events(static_cast<std::size_t>(std::max(room, 1)));
  const std::string call = "epoll_wait(" + name_of(epoll) + (room == 16 ? "" : ", " + std::to_string(room)) + ")";
  const int count = sockets_.epoll_wait(epoll, events.data(), room, timeout_ms);
  if (count < 0) return static_cast<void>(say(call, count));
  std::vector<std::string> ready;
  for (int i = 0; i < count; ++i) {
    const epoll_event& one = events[static_cast<std::size_t>(i)];
    ready.push_back(" " + name_of(one.data.fd) + ":" + epoll_text(one.events));
  }
  std::sort(ready.begin(), ready.end());  // the order is nobody's promise
  std::string line = call + " = " + std::to_string(count);
  for (const std::string& one : ready) line += one;
  say(std::move(line));
}

int Script::listener(const std::string& name, std::string_view at) {
  const int fd = sockets_.socket(AF_INET, SOCK_STREAM, 0);
  if (first_number_ < 0) first_number_ = fd;
  call_it(fd, name);
  const sockaddr_in local = address(at);
  if (sockets_.bind(fd, generic(local), sizeof local) != 0) say("bind of " + name, -1);
  if (sockets_.listen(fd, 16) != 0) say("listen of " + name, -1);
  return fd;
}

Script::Pair Script::connected(bool non_blocking) {
  Pair pair;
  pair.listener = listener("listener");
  pair.client = sockets_.socket(AF_INET, SOCK_STREAM, 0);
  call_it(pair.client, "client");
  const sockaddr_in remote = address("127.0.0.1:4000");
  if (sockets_.connect(pair.client, generic(remote), sizeof remote) != 0) say("connect of client", -1);
  pair.server = sockets_.accept4(pair.listener, nullptr, nullptr, non_blocking ? SOCK_NONBLOCK : 0);
  if (pair.server < 0) say("accept of server", -1);
  call_it(pair.server, "server");
  if (non_blocking) sockets_.fcntl(pair.client, F_SETFL, O_NONBLOCK);
  return pair;
}

void Script::timed(long milliseconds, const std::function<void()>& what) {
  const long start = sockets_.now_ms();
  what();
  const bool waited = sockets_.now_ms() - start >= milliseconds - milliseconds / 10;
  say(waited ? "  after " + std::to_string(milliseconds) + " ms" : "  without waiting");
}

}  // namespace fourtuple::oracle
