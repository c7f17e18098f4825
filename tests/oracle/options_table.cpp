// Every numeric option on every kind of socket: what it is at first, what may be set, what is read back, how long a
// value has to be.
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <span>
#include <string>

#include "tests/oracle/oracle.hpp"

namespace fourtuple::oracle {
namespace {

constexpr std::array kValues{-1, 0, 1, 2, 5, 100, 255, 256, 32768};

struct OptionSockets {
  explicit OptionSockets(Script& s) : all{s.socket("tcp"), s.socket("udp", SOCK_DGRAM), s.socket("raw", SOCK_RAW, 1)} {}
  std::array<int, 3> all;
};

std::string answer_to(int result, const std::string& fine) { return result < 0 ? errno_name(errno) : fine; }

std::string read_back(Script& s, int fd, const Option& option) {
  int value = -99;
  socklen_t size = sizeof value;
  const int result = s.sockets().getsockopt(fd, option.level, option.name, &value, &size);
  return answer_to(result, std::to_string(value));
}

// One line: the default, then for each value what is read back, or why it could not be set.
void try_values(Script& s, std::span<const Option> options) {
  const OptionSockets sockets(s);
  for (const Option& option : options) {
    for (const int fd : sockets.all) {
      std::string line = s.name_of(fd) + " " + option.text + ": " + read_back(s, fd, option);
      for (const int value : kValues) {
        const int result = s.sockets().setsockopt(fd, option.level, option.name, &value, sizeof value);
        line += ", " + std::to_string(value) + " -> " + answer_to(result, "ok");
        if (result == 0) line += " " + read_back(s, fd, option);
      }
      s.say(line);
    }
  }
}

// One line: what is answered to a value of 0, 1, 3, 4 octets and to none at all, then what there is for so much room.
void try_lengths(Script& s, std::span<const Option> options) {
  const OptionSockets sockets(s);
  const std::array<char, 4> one{1, 0, 0, 0};
  for (const Option& option : options) {
    for (const int fd : sockets.all) {
      std::string line = s.name_of(fd) + " " + option.text + ": set";
      for (const socklen_t size : {0U, 1U, 3U, 4U}) {
        line += " " + answer_to(s.sockets().setsockopt(fd, option.level, option.name, one.data(), size), "ok");
      }
      line += " null " + answer_to(s.sockets().setsockopt(fd, option.level, option.name, nullptr, 4), "ok") + ", get";
      for (const socklen_t room : {0U, 1U, 2U, 4U, 8U}) {
        std::array<unsigned char, 8> value{};
        socklen_t size = room;
        const int result = s.sockets().getsockopt(fd, option.level, option.name, value.data(), &size);
        line += " " + answer_to(result, std::to_string(size));
      }
      s.say(line);
    }
  }
}

constexpr std::array kSocketFlags{
    ORACLE_OPTION(SOL_SOCKET, SO_REUSEADDR),   ORACLE_OPTION(SOL_SOCKET, SO_REUSEPORT),
    ORACLE_OPTION(SOL_SOCKET, SO_KEEPALIVE),   ORACLE_OPTION(SOL_SOCKET, SO_BROADCAST),
    ORACLE_OPTION(SOL_SOCKET, SO_OOBINLINE),   ORACLE_OPTION(SOL_SOCKET, SO_DONTROUTE),
    ORACLE_OPTION(SOL_SOCKET, SO_DEBUG),       ORACLE_OPTION(SOL_SOCKET, SO_TIMESTAMP),
    ORACLE_OPTION(SOL_SOCKET, SO_TIMESTAMPNS), ORACLE_OPTION(SOL_SOCKET, SO_NO_CHECK),
    ORACLE_OPTION(SOL_SOCKET, SO_RXQ_OVFL),    ORACLE_OPTION(SOL_SOCKET, SO_SELECT_ERR_QUEUE)};
constexpr std::array kSocketNumbers{ORACLE_OPTION(SOL_SOCKET, SO_MARK),         ORACLE_OPTION(SOL_SOCKET, SO_PRIORITY),
                                    ORACLE_OPTION(SOL_SOCKET, SO_PEEK_OFF),     ORACLE_OPTION(SOL_SOCKET, SO_BUSY_POLL),
                                    ORACLE_OPTION(SOL_SOCKET, SO_INCOMING_CPU), ORACLE_OPTION(SOL_SOCKET, SO_SNDLOWAT)};
constexpr std::array kReadOnly{
    ORACLE_OPTION(SOL_SOCKET, SO_TYPE),       ORACLE_OPTION(SOL_SOCKET, SO_PROTOCOL),
    ORACLE_OPTION(SOL_SOCKET, SO_DOMAIN),     ORACLE_OPTION(SOL_SOCKET, SO_ERROR),
    ORACLE_OPTION(SOL_SOCKET, SO_ACCEPTCONN), ORACLE_OPTION(SOL_SOCKET, SO_INCOMING_NAPI_ID)};
constexpr std::array kUnknown{ORACLE_OPTION(SOL_SOCKET, 999), ORACLE_OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
                              ORACLE_OPTION(999, 1)};
constexpr std::array kTcpOptions{ORACLE_OPTION(IPPROTO_TCP, TCP_NODELAY),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_CORK),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPIDLE),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPINTVL),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_KEEPCNT),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_LINGER2),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_QUICKACK),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_SAVE_SYN),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_INQ),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_MAXSEG),
                                 ORACLE_OPTION(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS)};
constexpr std::array kIpOptions{ORACLE_OPTION(IPPROTO_IP, IP_TOS),
                                ORACLE_OPTION(IPPROTO_IP, IP_TTL),
                                ORACLE_OPTION(IPPROTO_IP, IP_RECVTTL),
                                ORACLE_OPTION(IPPROTO_IP, IP_RECVTOS),
                                ORACLE_OPTION(IPPROTO_IP, IP_RECVOPTS),
                                ORACLE_OPTION(IPPROTO_IP, IP_RETOPTS),
                                ORACLE_OPTION(IPPROTO_IP, IP_PKTINFO),
                                ORACLE_OPTION(IPPROTO_IP, IP_RECVORIGDSTADDR),
                                ORACLE_OPTION(IPPROTO_IP, IP_RECVERR),
                                ORACLE_OPTION(IPPROTO_IP, IP_MTU_DISCOVER),
                                ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_TTL),
                                ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_LOOP),
                                ORACLE_OPTION(IPPROTO_IP, IP_MULTICAST_ALL),
                                ORACLE_OPTION(IPPROTO_IP, IP_FREEBIND),
                                ORACLE_OPTION(IPPROTO_IP, IP_TRANSPARENT),
                                ORACLE_OPTION(IPPROTO_IP, IP_MINTTL),
                                ORACLE_OPTION(IPPROTO_IP, IP_HDRINCL),
                                ORACLE_OPTION(IPPROTO_IP, IP_NODEFRAG),
                                ORACLE_OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT)};
constexpr std::array kUdpOptions{ORACLE_OPTION(IPPROTO_UDP, UDP_CORK), ORACLE_OPTION(IPPROTO_UDP, UDP_SEGMENT),
                                 ORACLE_OPTION(IPPROTO_UDP, UDP_GRO)};

}  // namespace

ORACLE(OptionTable, SocketFlags) { try_values(s, kSocketFlags); }
ORACLE(OptionTable, SocketNumbers) { try_values(s, kSocketNumbers); }
ORACLE(OptionTable, ReadOnly) { try_values(s, kReadOnly); }
ORACLE(OptionTable, Unknown) { try_values(s, kUnknown); }
ORACLE(OptionTable, Tcp) { try_values(s, kTcpOptions); }
ORACLE(OptionTable, Ip) { try_values(s, kIpOptions); }
ORACLE(OptionTable, Udp) { try_values(s, kUdpOptions); }
ORACLE(OptionTable, LengthsOfSocketOptions) { try_lengths(s, kSocketFlags); }
ORACLE(OptionTable, LengthsOfTcpOptions) { try_lengths(s, kTcpOptions); }
ORACLE(OptionTable, LengthsOfIpOptions) { try_lengths(s, kIpOptions); }
ORACLE(OptionTable, LengthsOfUdpOptions) { try_lengths(s, kUdpOptions); }

ORACLE(OptionTable, BufferSizesAreDoubled) {
  const OptionSockets sockets(s);
  for (const Option option : {ORACLE_OPTION(SOL_SOCKET, SO_RCVBUF), ORACLE_OPTION(SOL_SOCKET, SO_SNDBUF)}) {
    for (const int fd : sockets.all) {
      for (const int value : {0, 1, 1000, 2304, 4000, 50000, 100000}) {
        s.set(fd, option, value);
        s.get(fd, option);
      }
    }
  }
}

ORACLE(IpOptions, AreSetAndReadBack) {
  const int fd = s.socket("udp", SOCK_DGRAM);
  const auto try_bytes = [&](std::initializer_list<unsigned char> bytes) {
    const Option option = ORACLE_OPTION(IPPROTO_IP, IP_OPTIONS);
    s.set_bytes(fd, option, bytes.begin(), static_cast<socklen_t>(bytes.size()));
    std::array<unsigned char, 60> value{};
    socklen_t size = value.size();
    s.say("getsockopt", s.sockets().getsockopt(fd, IPPROTO_IP, IP_OPTIONS, value.data(), &size));
    std::string text = "  " + std::to_string(size) + ":";
    for (socklen_t i = 0; i < size; ++i) text += " " + std::to_string(value[i]);
    s.say(text);
  };
  try_bytes({});
  try_bytes({1});
  try_bytes({1, 1, 0x44});
  try_bytes({131, 7, 4, 10, 0, 0, 1});
  try_bytes({131, 7, 8, 10, 0, 0, 1});
  try_bytes({131, 11, 4, 10, 0, 0, 1, 10, 0, 0, 2});
  try_bytes({137, 7, 4, 10, 0, 0, 1});
  try_bytes({131, 7, 4, 10, 0, 0, 1, 131, 7, 4, 10, 0, 0, 2});
  try_bytes({7, 7, 4, 0, 0, 0, 0});
  try_bytes({7, 7, 5, 0, 0, 0, 0});
  try_bytes({148, 4, 0, 0});
  try_bytes({30, 4, 1, 2});
  try_bytes({});
}

}  // namespace fourtuple::oracle
