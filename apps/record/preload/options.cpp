// Socket options by name.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "apps/record/preload/hearing.hpp"

namespace fourtuple::record {
namespace {

struct OptionName {
  int level;
  int name;
  std::string_view text;
};

constexpr OptionName kOptionNames[] = {
    {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},
    {SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"},
    {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},
    {SOL_SOCKET, SO_LINGER, "SO_LINGER"},
    {SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE"},
    {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"},
    {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"},
    {SOL_SOCKET, SO_RCVLOWAT, "SO_RCVLOWAT"},
    {SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO"},
    {SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO"},
    {IPPROTO_IP, IP_TOS, "IP_TOS"},
    {IPPROTO_IP, IP_TTL, "IP_TTL"},
    {IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"},
    {IPPROTO_TCP, TCP_CORK, "TCP_CORK"},
    {IPPROTO_TCP, TCP_MAXSEG, "TCP_MAXSEG"},
    {IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE"},
    {IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL"},
    {IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT"},
    {IPPROTO_TCP, TCP_QUICKACK, "TCP_QUICKACK"},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"},
    {IPPROTO_TCP, TCP_SYNCNT, "TCP_SYNCNT"},
    {IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2"},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT"},
    {IPPROTO_TCP, TCP_WINDOW_CLAMP, "TCP_WINDOW_CLAMP"},
    {IPPROTO_TCP, TCP_FASTOPEN, "TCP_FASTOPEN"},
    {IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION"},
};

// "6/99" for an option that has no name here.
void append_option_name(Line& line, int level, int name) {
  const auto* const known =
      std::find_if(std::begin(kOptionNames), std::end(kOptionNames),
                   [&](const OptionName& option) { return option.level == level && option.name == name; });
  if (known != std::end(kOptionNames)) {
    line.text(known->text);
  } else {
    line.number(level).character('/').number(name);
  }
}

// SO_LINGER's two numbers stand in braces, as the shared captures' logs have them.
void append_linger(Line& line, const void* value) {
  linger how{};
  std::memcpy(&how, value, sizeof(how));
  line.character('{').number(how.l_onoff).character(',').number(how.l_linger).character('}');
}

}  // namespace

void append_option(Line& line, int level, int name, const void* value, socklen_t length) {
  line.character('"');
  append_option_name(line, level, name);
  int number = 0;
  const bool is_linger = level == SOL_SOCKET && name == SO_LINGER;
  if (is_linger && value != nullptr && length >= sizeof(linger)) {
    append_linger(line, value);
  } else if (value != nullptr && length == sizeof(number)) {
    std::memcpy(&number, value, sizeof(number));
    line.character('=').number(number);
  }
  line.character('"');
}

}  // namespace fourtuple::record
