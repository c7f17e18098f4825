#include "apps/record/preload/hearing.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/tcp.h>  // libc's own header has an older tcp_info
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fourtuple::record {
namespace {

constexpr std::size_t kMaxPath = 256;
constexpr off_t kMaxLogBytes = off_t{256} << 20;
constexpr int kMaxRemembered = 4096;

// Read from the environment once, before the program can change it. Zeroes: no log is wanted.
char log_path[kMaxPath];
char speaker[16];

// For each descriptor what stream_socket() last found out: the inode twice, plus one where it is TCP.
std::atomic<std::uint64_t> remembered[kMaxRemembered];

template <std::size_t size>
void copy_variable(char (&to)[size], const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr && std::strlen(value) < size) std::strcpy(to, value);
}

__attribute__((constructor)) void read_environment() {
  copy_variable(speaker, "FOURTUPLE_RECORD_WHO");
  copy_variable(log_path, "FOURTUPLE_RECORD_LOG");
}

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int integer_option(int fd, int name) {
  int value = 0;
  socklen_t length = sizeof(value);
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

bool is_tcp(int fd) {
  const int domain = integer_option(fd, SO_DOMAIN);
  return (domain == AF_INET || domain == AF_INET6) && integer_option(fd, SO_PROTOCOL) == IPPROTO_TCP;
}

// The system's calls themselves: libc's names are ours here.
void append_to_log(std::string_view text) {
  const long file = ::syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return;
  struct stat status {};
  if (::fstat(static_cast<int>(file), &status) == 0 && status.st_size < kMaxLogBytes)
    static_cast<void>(::syscall(SYS_write, file, text.data(), text.size()));
  ::syscall(SYS_close, file);
}

// "ERR Connection refused"
void append_error(Line& line, int error) {
  const char* words = ::strerrordesc_np(error);
  line.text("\"ERR ").text(words != nullptr ? words : "unknown").character('"');
}

// What getsockname() or getpeername() says.
template <class Ask>
Line name_of(int fd, Ask ask) {
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  if (ask(fd, reinterpret_cast<sockaddr*>(&name), &length) != 0) length = 0;
  Line line;
  append_address(line, reinterpret_cast<const sockaddr*>(&name), length);
  return line;
}

bool is_nothing_yet(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

KeptErrno::KeptErrno() : value_(errno) {}
KeptErrno::~KeptErrno() { errno = value_; }

std::uint64_t stream_socket(int fd) {
  if (log_path[0] == '\0') return 0;
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode)) return 0;
  const std::uint64_t inode = status.st_ino;
  if (fd >= kMaxRemembered) return is_tcp(fd) ? inode : 0;
  std::uint64_t known = remembered[fd].load(std::memory_order_relaxed);
  if (known >> 1 != inode) {
    known = inode << 1 | (is_tcp(fd) ? 1 : 0);
    remembered[fd].store(known, std::memory_order_relaxed);
  }
  return (known & 1) != 0 ? inode : 0;
}

void append_address(Line& line, const sockaddr* address, socklen_t length) {
  char text[INET6_ADDRSTRLEN] = "";
  in_port_t port = 0;
  if (length >= sizeof(sockaddr_in) && address->sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, address, sizeof(four));
    ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
    port = four.sin_port;
  } else if (length >= sizeof(sockaddr_in6) && address->sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, address, sizeof(six));
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof(text));
    port = six.sin6_port;
  } else {
    line.text("null");
    return;
  }
  constexpr std::size_t kMappedLength = 7;  // IPv4 through an IPv6 socket is written ::ffff:10.0.0.4
  const bool is_mapped = std::strncmp(text, "::ffff:", kMappedLength) == 0 && std::strchr(text, '.') != nullptr;
  line.character('"').text(is_mapped ? text + kMappedLength : text).character(':').number(ntohs(port)).character('"');
}

Call::Call(int fd) : fd_(fd), socket_(0), begin_(0) {
  const KeptErrno kept;
  socket_ = stream_socket(fd);
  if (socket_ != 0) begin_ = now();
}

void Call::write(std::string_view name, std::string_view argument, std::string_view result, More more) const {
  Line line;
  line.number(begin_).character('\t').number(now() - begin_).character('\t').text(speaker).character('\t');
  line.number(static_cast<std::int64_t>(socket_)).character('\t').number(fd_).character('\t').text(name);
  line.character('\t').text(argument).character('\t').text(result).character('\t');
  line.number(more.opened < 0 ? 0 : static_cast<std::int64_t>(stream_socket(more.opened))).character('\t');
  line.number(more.opened).character('\t').text(more.local).character('\n');
  append_to_log(line.view());
}

void Call::ended(std::string_view name, std::string_view argument, ssize_t answer, std::string_view result) const {
  if (!is_heard()) return;
  const KeptErrno kept;
  const bool is_under_way = answer < 0 && errno == EINPROGRESS;
  if (answer >= 0 || is_under_way) return write(name, argument, result, {});
  if (is_nothing_yet(errno)) return;
  Line error;
  append_error(error, errno);
  write(name, argument, error.view(), {});
}

void Call::sent(std::size_t size, int flags, ssize_t answer) const {
  if (!is_heard()) return;
  Line argument;
  Line result;
  argument.text("{\"len\":").number(static_cast<std::int64_t>(size)).text(",\"flags\":").number(flags).character('}');
  result.number(answer);
  ended("send", argument.view(), answer, result.view());
}

void Call::received(std::size_t size, int flags, ssize_t answer) const {
  if (!is_heard() || (flags & MSG_PEEK) != 0) return;
  Line argument;
  Line result;
  argument.text("{\"max\":").number(static_cast<std::int64_t>(size)).text(",\"flags\":").number(flags).character('}');
  result.number(answer);
  ended("recv", argument.view(), answer, result.view());
}

// Two connections to the same port are told apart by where they come from.
void Call::connected(std::string_view argument, int answer) const {
  if (!is_heard()) return;
  const KeptErrno kept;
  if (answer != 0 && errno != EINPROGRESS) return ended("connect", argument, answer);
  write("connect", argument, "null", {.local = name_of(fd_, ::getsockname).view()});
}

void Call::closed(std::string_view argument, std::uint64_t written, int answer) const {
  if (!is_heard()) return;
  Line result;
  result.number(static_cast<std::int64_t>(written));
  ended("close", argument, answer, result.view());
}

void Call::accepted(int answer) const {
  if (!is_heard()) return;
  const KeptErrno kept;
  if (answer < 0) return ended("accept", "null", answer);
  write("accept", "null", name_of(answer, ::getpeername).view(), {.opened = answer});
}

std::uint64_t octets_written(const Call& call, int fd) {
  if (!call.is_heard()) return 0;
  const KeptErrno kept;
  tcp_info information{};
  socklen_t length = sizeof(information);
  const bool is_known = ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &information, &length) == 0 &&
                        length >= offsetof(tcp_info, tcpi_bytes_retrans) + sizeof(information.tcpi_bytes_retrans);
  if (!is_known) return 0;
  return information.tcpi_bytes_sent - information.tcpi_bytes_retrans + information.tcpi_notsent_bytes;
}

void hear_exit() {
  if (log_path[0] == '\0') return;
  const KeptErrno kept;
  for (int fd = 0; fd < kMaxRemembered; ++fd) {
    if ((remembered[fd].load(std::memory_order_relaxed) & 1) == 0) continue;
    const Call call(fd);
    call.closed("\"exit\"", octets_written(call, fd), 0);
  }
}

}  // namespace fourtuple::record
