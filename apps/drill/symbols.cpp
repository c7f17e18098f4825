#include "apps/drill/symbols.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <span>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace fourtuple::drill {
namespace {

struct Name {
  std::string_view name;
  std::int64_t value;
};

#define FT_NAME(constant) \
  Name { #constant, static_cast < std::int64_t>(constant) }

constexpr std::array kSockets{
    FT_NAME(AF_UNSPEC),
    FT_NAME(AF_INET),
    FT_NAME(AF_INET6),
    FT_NAME(PF_INET),
    FT_NAME(PF_INET6),
    FT_NAME(AF_UNIX),
    FT_NAME(SOCK_STREAM),
    FT_NAME(SOCK_DGRAM),
    FT_NAME(SOCK_RAW),
    FT_NAME(SOCK_NONBLOCK),
    FT_NAME(SOCK_CLOEXEC),
    FT_NAME(IPPROTO_IP),
    FT_NAME(IPPROTO_TCP),
    FT_NAME(IPPROTO_UDP),
    FT_NAME(IPPROTO_ICMP),
    FT_NAME(IPPROTO_IPV6),
    FT_NAME(IPPROTO_RAW),
    FT_NAME(IPPROTO_UDPLITE),
    FT_NAME(IPPROTO_SCTP),
    FT_NAME(SHUT_RD),
    FT_NAME(SHUT_WR),
    FT_NAME(SHUT_RDWR),
    FT_NAME(SOMAXCONN),
    FT_NAME(INADDR_ANY),
    FT_NAME(INADDR_LOOPBACK),
    FT_NAME(INADDR_BROADCAST),
    FT_NAME(F_GETFL),
    FT_NAME(F_SETFL),
    FT_NAME(F_GETFD),
    FT_NAME(F_SETFD),
    FT_NAME(F_DUPFD),
    FT_NAME(FD_CLOEXEC),
    FT_NAME(O_RDONLY),
    FT_NAME(O_WRONLY),
    FT_NAME(O_RDWR),
    FT_NAME(O_NONBLOCK),
    FT_NAME(FIONREAD),
    FT_NAME(FIONBIO),
    Name{"SIOCINQ", FIONREAD},
    Name{"SIOCOUTQ", TIOCOUTQ},
    Name{"SIOCOUTQNSD", 0x894B},
    Name{"SIOCATMARK", 0x8905},
    Name{"TIOCINQ", FIONREAD},
    FT_NAME(TIOCOUTQ),
    Name{"FIONWRITE", TIOCOUTQ},
    Name{"NULL", 0},
};

constexpr std::array kSocketOptions{
    FT_NAME(SOL_SOCKET),
    FT_NAME(SO_REUSEADDR),
    FT_NAME(SO_REUSEPORT),
    FT_NAME(SO_TYPE),
    FT_NAME(SO_ERROR),
    FT_NAME(SO_DONTROUTE),
    FT_NAME(SO_BROADCAST),
    FT_NAME(SO_SNDBUF),
    FT_NAME(SO_RCVBUF),
    FT_NAME(SO_SNDBUFFORCE),
    FT_NAME(SO_RCVBUFFORCE),
    FT_NAME(SO_KEEPALIVE),
    FT_NAME(SO_OOBINLINE),
    FT_NAME(SO_PRIORITY),
    FT_NAME(SO_LINGER),
    FT_NAME(SO_RCVLOWAT),
    FT_NAME(SO_SNDLOWAT),
    FT_NAME(SO_RCVTIMEO),
    FT_NAME(SO_SNDTIMEO),
    FT_NAME(SO_BINDTODEVICE),
    FT_NAME(SO_TIMESTAMP),
    FT_NAME(SO_TIMESTAMPNS),
    FT_NAME(SO_TIMESTAMPING),
    FT_NAME(SO_ACCEPTCONN),
    FT_NAME(SO_PROTOCOL),
    FT_NAME(SO_DOMAIN),
    FT_NAME(SO_MARK),
    FT_NAME(SO_ZEROCOPY),
    FT_NAME(SO_INCOMING_CPU),
    FT_NAME(SO_MAX_PACING_RATE),
    FT_NAME(SO_BUSY_POLL),
    FT_NAME(SO_NO_CHECK),
    FT_NAME(SO_DEBUG),
    FT_NAME(SOL_IP),
    FT_NAME(IP_TOS),
    FT_NAME(IP_TTL),
    FT_NAME(IP_HDRINCL),
    FT_NAME(IP_OPTIONS),
    FT_NAME(IP_RECVOPTS),
    FT_NAME(IP_RETOPTS),
    FT_NAME(IP_PKTINFO),
    FT_NAME(IP_MTU_DISCOVER),
    FT_NAME(IP_RECVERR),
    FT_NAME(IP_RECVTTL),
    FT_NAME(IP_RECVTOS),
    FT_NAME(IP_MTU),
    FT_NAME(IP_FREEBIND),
    FT_NAME(IP_TRANSPARENT),
    FT_NAME(IP_MINTTL),
    FT_NAME(IP_MULTICAST_TTL),
    FT_NAME(IP_MULTICAST_LOOP),
    FT_NAME(IP_MULTICAST_IF),
    FT_NAME(IP_ADD_MEMBERSHIP),
    FT_NAME(IP_DROP_MEMBERSHIP),
    FT_NAME(IP_PMTUDISC_DONT),
    FT_NAME(IP_PMTUDISC_WANT),
    FT_NAME(IP_PMTUDISC_DO),
    FT_NAME(IP_PMTUDISC_PROBE),
    FT_NAME(IP_BIND_ADDRESS_NO_PORT),
};

constexpr std::array kTcpOptions{
    Name{"SOL_TCP", IPPROTO_TCP},
    Name{"SOL_UDP", IPPROTO_UDP},
    FT_NAME(TCP_NODELAY),
    FT_NAME(TCP_MAXSEG),
    FT_NAME(TCP_CORK),
    FT_NAME(TCP_KEEPIDLE),
    FT_NAME(TCP_KEEPINTVL),
    FT_NAME(TCP_KEEPCNT),
    FT_NAME(TCP_SYNCNT),
    FT_NAME(TCP_LINGER2),
    FT_NAME(TCP_DEFER_ACCEPT),
    FT_NAME(TCP_WINDOW_CLAMP),
    FT_NAME(TCP_INFO),
    FT_NAME(TCP_QUICKACK),
    FT_NAME(TCP_CONGESTION),
    FT_NAME(TCP_MD5SIG),
    FT_NAME(TCP_USER_TIMEOUT),
    FT_NAME(TCP_FASTOPEN),
    FT_NAME(TCP_TIMESTAMP),
    FT_NAME(TCP_NOTSENT_LOWAT),
    FT_NAME(TCP_THIN_LINEAR_TIMEOUTS),
    FT_NAME(TCP_THIN_DUPACK),
    FT_NAME(TCP_FASTOPEN_CONNECT),
    FT_NAME(TCP_ULP),
    FT_NAME(TCP_SAVE_SYN),
    FT_NAME(TCP_SAVED_SYN),
    FT_NAME(TCP_REPAIR),
    FT_NAME(TCP_INQ),
    FT_NAME(TCP_CM_INQ),
    Name{"TCP_TX_DELAY", 37},
    Name{"TCP_NOPUSH", TCP_CORK},
    Name{"TCP_KEEPINIT", TCP_SYNCNT},
    // The states, for tcpi_state.
    FT_NAME(TCP_ESTABLISHED),
    FT_NAME(TCP_SYN_SENT),
    FT_NAME(TCP_SYN_RECV),
    FT_NAME(TCP_FIN_WAIT1),
    FT_NAME(TCP_FIN_WAIT2),
    FT_NAME(TCP_TIME_WAIT),
    FT_NAME(TCP_CLOSE),
    FT_NAME(TCP_CLOSE_WAIT),
    FT_NAME(TCP_LAST_ACK),
    FT_NAME(TCP_LISTEN),
    FT_NAME(TCP_CLOSING),
    FT_NAME(TCP_CA_Open),
    FT_NAME(TCP_CA_Disorder),
    FT_NAME(TCP_CA_CWR),
    FT_NAME(TCP_CA_Recovery),
    FT_NAME(TCP_CA_Loss),
    FT_NAME(TCPI_OPT_TIMESTAMPS),
    FT_NAME(TCPI_OPT_SACK),
    FT_NAME(TCPI_OPT_WSCALE),
    FT_NAME(TCPI_OPT_ECN),
    FT_NAME(TCPI_OPT_ECN_SEEN),
    FT_NAME(TCPI_OPT_SYN_DATA),
};

constexpr std::array kMessageFlags{
    FT_NAME(MSG_OOB),      FT_NAME(MSG_PEEK),     FT_NAME(MSG_DONTROUTE),   FT_NAME(MSG_CTRUNC),
    FT_NAME(MSG_TRUNC),    FT_NAME(MSG_DONTWAIT), FT_NAME(MSG_EOR),         FT_NAME(MSG_WAITALL),
    FT_NAME(MSG_FIN),      FT_NAME(MSG_SYN),      FT_NAME(MSG_CONFIRM),     FT_NAME(MSG_RST),
    FT_NAME(MSG_ERRQUEUE), FT_NAME(MSG_NOSIGNAL), FT_NAME(MSG_MORE),        FT_NAME(MSG_CMSG_CLOEXEC),
    FT_NAME(MSG_FASTOPEN), FT_NAME(MSG_ZEROCOPY), Name{"MSG_EOF", MSG_FIN},
};

constexpr std::array kPollBits{
    FT_NAME(POLLIN),     FT_NAME(POLLPRI),    FT_NAME(POLLOUT),    FT_NAME(POLLERR),
    FT_NAME(POLLHUP),    FT_NAME(POLLNVAL),   FT_NAME(POLLRDNORM), FT_NAME(POLLRDBAND),
    FT_NAME(POLLWRNORM), FT_NAME(POLLWRBAND), FT_NAME(POLLMSG),    Name{"POLLRDHUP", 0x2000},
};

constexpr std::array kEpollBits{
    FT_NAME(EPOLLIN),      FT_NAME(EPOLLPRI),          FT_NAME(EPOLLOUT),    FT_NAME(EPOLLERR),
    FT_NAME(EPOLLHUP),     FT_NAME(EPOLLRDNORM),       FT_NAME(EPOLLRDBAND), FT_NAME(EPOLLWRNORM),
    FT_NAME(EPOLLWRBAND),  FT_NAME(EPOLLMSG),          FT_NAME(EPOLLRDHUP),  Name{"EPOLLEXCLUSIVE", 1U << 28U},
    FT_NAME(EPOLLONESHOT), Name{"EPOLLET", 1U << 31U},
};

constexpr std::array kOtherFlags{
    FT_NAME(EPOLL_CTL_ADD), FT_NAME(EPOLL_CTL_DEL),     FT_NAME(EPOLL_CTL_MOD), FT_NAME(EPOLL_CLOEXEC),
    FT_NAME(SPLICE_F_MOVE), FT_NAME(SPLICE_F_NONBLOCK), FT_NAME(SPLICE_F_MORE), FT_NAME(SPLICE_F_GIFT),
};

constexpr std::array kErrors{
    FT_NAME(EPERM),
    FT_NAME(ENOENT),
    FT_NAME(EINTR),
    FT_NAME(EIO),
    FT_NAME(ENXIO),
    FT_NAME(EBADF),
    FT_NAME(EAGAIN),
    FT_NAME(EWOULDBLOCK),
    FT_NAME(ENOMEM),
    FT_NAME(EACCES),
    FT_NAME(EFAULT),
    FT_NAME(EBUSY),
    FT_NAME(EEXIST),
    FT_NAME(ENODEV),
    FT_NAME(EINVAL),
    FT_NAME(ENFILE),
    FT_NAME(EMFILE),
    FT_NAME(ENOTTY),
    FT_NAME(EFBIG),
    FT_NAME(ENOSPC),
    FT_NAME(ESPIPE),
    FT_NAME(EPIPE),
    FT_NAME(EDOM),
    FT_NAME(ERANGE),
    FT_NAME(EDEADLK),
    FT_NAME(ENOSYS),
    FT_NAME(EPROTO),
    FT_NAME(EBADMSG),
    FT_NAME(EOVERFLOW),
    FT_NAME(ENOTSOCK),
    FT_NAME(EDESTADDRREQ),
    FT_NAME(EMSGSIZE),
    FT_NAME(EPROTOTYPE),
    FT_NAME(ENOPROTOOPT),
    FT_NAME(EPROTONOSUPPORT),
    FT_NAME(ESOCKTNOSUPPORT),
    FT_NAME(EOPNOTSUPP),
    FT_NAME(EPFNOSUPPORT),
    FT_NAME(EAFNOSUPPORT),
    FT_NAME(EADDRINUSE),
    FT_NAME(EADDRNOTAVAIL),
    FT_NAME(ENETDOWN),
    FT_NAME(ENETUNREACH),
    FT_NAME(ENETRESET),
    FT_NAME(ECONNABORTED),
    FT_NAME(ECONNRESET),
    FT_NAME(ENOBUFS),
    FT_NAME(EISCONN),
    FT_NAME(ENOTCONN),
    FT_NAME(ESHUTDOWN),
    FT_NAME(ETOOMANYREFS),
    FT_NAME(ETIMEDOUT),
    FT_NAME(ECONNREFUSED),
    FT_NAME(EHOSTDOWN),
    FT_NAME(EHOSTUNREACH),
    FT_NAME(EALREADY),
    FT_NAME(EINPROGRESS),
    FT_NAME(ECANCELED),
    FT_NAME(ENOTSUP),
};
#undef FT_NAME

std::optional<std::int64_t> look_up(std::span<const Name> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Name& one) { return one.name == name; });
  return found == table.end() ? std::nullopt : std::optional(found->value);
}

std::string bit_names(std::span<const Name> table, std::uint32_t bits) {
  std::string text;
  const auto append = [&text](std::string_view more) { text += fmt::format("{}{}", text.empty() ? "" : "|", more); };
  for (const Name& one : table) {
    const auto bit = static_cast<std::uint32_t>(one.value);
    if ((bits & bit) == 0) continue;
    append(one.name);
    bits &= ~bit;
  }
  if (bits != 0) append(fmt::format("{:#x}", bits));
  return text.empty() ? "0" : text;
}

}  // namespace

std::optional<std::int64_t> symbol(std::string_view name) {
  const std::array<std::span<const Name>, 8> tables{kSockets,  kSocketOptions, kTcpOptions, kMessageFlags,
                                                    kPollBits, kEpollBits,     kOtherFlags, kErrors};
  for (const auto table : tables) {
    if (const auto value = look_up(table, name)) return value;
  }
  return std::nullopt;
}

std::string errno_name(int error) {
  const auto found = std::find_if(kErrors.begin(), kErrors.end(), [&](const Name& one) { return one.value == error; });
  return found == kErrors.end() ? std::to_string(error) : std::string(found->name);
}

std::string poll_names(std::uint32_t bits) { return bit_names(kPollBits, bits); }
std::string epoll_names(std::uint32_t bits) { return bit_names(kEpollBits, bits); }

}  // namespace fourtuple::drill
