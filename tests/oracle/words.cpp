// Numbers as the transcript spells them.
#include <array>
#include <cstring>
#include <span>

#include "tests/oracle/script.hpp"

namespace fourtuple::oracle {
namespace {

struct BitName {
  unsigned bit;
  const char* name;
};

[[nodiscard]] std::string names_of(unsigned bits, std::span<const BitName> names, const char* none) {
  std::string text;
  for (const BitName& one : names) {
    if ((bits & one.bit) == 0) continue;
    text += (text.empty() ? "" : "|") + std::string(one.name);
    bits &= ~one.bit;
  }
  if (bits != 0) text += (text.empty() ? "" : "|") + std::to_string(bits);
  return text.empty() ? none : text;
}

}  // namespace

std::string errno_name(int number) {
  const char* const name = ::strerrorname_np(number);
  return name != nullptr ? name : "errno " + std::to_string(number);
}

std::string poll_text(unsigned bits) {
  static constexpr std::array<BitName, 11> kNames{{{POLLIN, "IN"},
                                                   {POLLPRI, "PRI"},
                                                   {POLLOUT, "OUT"},
                                                   {POLLRDHUP, "RDHUP"},
                                                   {POLLERR, "ERR"},
                                                   {POLLHUP, "HUP"},
                                                   {POLLNVAL, "NVAL"},
                                                   {POLLRDNORM, "RDNORM"},
                                                   {POLLRDBAND, "RDBAND"},
                                                   {POLLWRNORM, "WRNORM"},
                                                   {POLLWRBAND, "WRBAND"}}};
  return names_of(bits, kNames, "nothing");
}

std::string epoll_text(std::uint32_t bits) {
  static constexpr std::array<BitName, 14> kNames{{{EPOLLIN, "IN"},
                                                   {EPOLLPRI, "PRI"},
                                                   {EPOLLOUT, "OUT"},
                                                   {EPOLLRDHUP, "RDHUP"},
                                                   {EPOLLERR, "ERR"},
                                                   {EPOLLHUP, "HUP"},
                                                   {EPOLLRDNORM, "RDNORM"},
                                                   {EPOLLRDBAND, "RDBAND"},
                                                   {EPOLLWRNORM, "WRNORM"},
                                                   {EPOLLWRBAND, "WRBAND"},
                                                   {EPOLLET, "ET"},
                                                   {EPOLLONESHOT, "ONESHOT"},
                                                   {EPOLLEXCLUSIVE, "EXCLUSIVE"},
                                                   {EPOLLWAKEUP, "WAKEUP"}}};
  return names_of(bits, kNames, "nothing");
}

std::string flags_text(int flags) {
  static constexpr std::array<BitName, 13> kNames{{{MSG_OOB, "MSG_OOB"},
                                                   {MSG_PEEK, "MSG_PEEK"},
                                                   {MSG_DONTROUTE, "MSG_DONTROUTE"},
                                                   {MSG_CTRUNC, "MSG_CTRUNC"},
                                                   {MSG_TRUNC, "MSG_TRUNC"},
                                                   {MSG_DONTWAIT, "MSG_DONTWAIT"},
                                                   {MSG_EOR, "MSG_EOR"},
                                                   {MSG_WAITALL, "MSG_WAITALL"},
                                                   {MSG_CONFIRM, "MSG_CONFIRM"},
                                                   {MSG_ERRQUEUE, "MSG_ERRQUEUE"},
                                                   {MSG_NOSIGNAL, "MSG_NOSIGNAL"},
                                                   {MSG_MORE, "MSG_MORE"},
                                                   {MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}}};
  return names_of(static_cast<unsigned>(flags), kNames, "0");
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() > kLongest) return std::to_string(text.size()) + " octets";
  std::string result = "\"";
  for (const char one : text) {
    const bool plain = one >= ' ' && one <= '~' && one != '"';
    result += plain ? std::string(1, one) : "\\" + std::to_string(static_cast<unsigned char>(one));
  }
  return result + "\"";
}

}  // namespace fourtuple::oracle
