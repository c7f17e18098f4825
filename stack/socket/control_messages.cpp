#include "stack/socket/control_messages.hpp"

#include <algorithm>
#include <cstring>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/time.h>

#include "stack/socket/interface_requests.hpp"
#include "stack/socket/options.hpp"
#include "stack/socket/sockaddr.hpp"

namespace fourtuple::sockets {
namespace {

[[nodiscard]] std::span<const std::byte> data_of(const cmsghdr& header, const std::byte* at) {
  return {at + CMSG_LEN(0), header.cmsg_len - CMSG_LEN(0)};
}

[[nodiscard]] Result<std::uint8_t> read_octet(std::span<const std::byte> data, int least, bool may_be_octet) {
  if (may_be_octet && data.size() == 1) return std::to_integer<std::uint8_t>(data[0]);
  const auto number = read_object<int>(data);
  if (!number || data.size() != sizeof(int) || *number < least || *number > 255) {
    return failure(std::errc::invalid_argument);
  }
  return static_cast<std::uint8_t>(*number);
}

Result<void> read_packet_info(MessageDetails& details, std::span<const std::byte> data, const Stack& stack) {
  const auto info = read_object<in_pktinfo>(data);
  if (!info || data.size() != sizeof(in_pktinfo)) return failure(std::errc::invalid_argument);
  details.source = {ntohl(info->ipi_spec_dst.s_addr)};
  if (info->ipi_ifindex == 0) return {};
  details.interface_index = interface_of_number(info->ipi_ifindex, stack);
  if (!details.interface_index) return failure(std::errc::no_such_device);
  return {};
}

Result<void> read_ip_message(MessageDetails& details, int type, std::span<const std::byte> data, const Stack& stack) {
  switch (type) {
    case IP_PKTINFO:
      return read_packet_info(details, data, stack);
    case IP_TTL:
      return read_octet(data, 1, false).map([&](std::uint8_t ttl) { details.ttl = ttl; });
    case IP_TOS:
      return read_octet(data, 0, true).map([&](std::uint8_t tos) { details.tos = tos; });
    case IP_RETOPTS:
      details.ip_options = read_ip_options(data.first(std::min(data.size(), wire::IpOptions::kMaxSize)));
      if (!details.ip_options) return failure(std::errc::invalid_argument);
      return {};
    default:
      return failure(std::errc::invalid_argument);
  }
}

// SO_MARK and SO_PRIORITY change nothing here; descriptors and credentials are for other families.
Result<void> read_socket_message(int type) {
  const bool is_known = type == SCM_RIGHTS || type == SCM_CREDENTIALS || type == SO_MARK || type == SO_PRIORITY;
  if (!is_known) return failure(std::errc::invalid_argument);
  return {};
}

Result<void> read_one(MessageDetails& details, const cmsghdr& header, std::span<const std::byte> data,
                      const Stack& stack) {
  if (header.cmsg_level == SOL_SOCKET) return read_socket_message(header.cmsg_type);
  if (header.cmsg_level == IPPROTO_IP) return read_ip_message(details, header.cmsg_type, data, stack);
  if (header.cmsg_level != IPPROTO_UDP) return {};
  const auto segment = read_object<std::uint16_t>(data);
  const bool is_segment = header.cmsg_type == UDP_SEGMENT && segment && data.size() == sizeof(std::uint16_t);
  if (!is_segment) return failure(std::errc::invalid_argument);
  details.segment = *segment;
  return {};
}

// Appends messages; what does not fit is cut, as Linux cuts it.
class ControlWriter {
 public:
  explicit ControlWriter(msghdr& message) : message_(message), room_(message.msg_control ? message.msg_controllen : 0) {
    message_.msg_controllen = 0;
  }
  void add_octets(int level, int type, std::span<const std::byte> value) {
    const std::size_t left = room_ - message_.msg_controllen;
    if (left < CMSG_LEN(value.size())) message_.msg_flags |= MSG_CTRUNC;
    if (left < sizeof(cmsghdr)) return;
    auto* const place = static_cast<std::uint8_t*>(message_.msg_control) + message_.msg_controllen;
    const std::size_t space = std::min<std::size_t>(CMSG_SPACE(value.size()), left);
    const std::size_t used = std::min<std::size_t>(CMSG_LEN(value.size()), left);
    cmsghdr header{};
    header.cmsg_len = used;
    header.cmsg_level = level;
    header.cmsg_type = type;
    std::memset(place, 0, space);
    std::memcpy(place, &header, sizeof header);
    if (used > CMSG_LEN(0)) std::memcpy(place + CMSG_LEN(0), value.data(), used - CMSG_LEN(0));
    message_.msg_controllen += space;
  }
  template <class Value>
  void add(int level, int type, const Value& value) {
    add_octets(level, type, std::as_bytes(std::span(&value, 1)));
  }

 private:
  msghdr& message_;
  std::size_t room_;
};

// SCM_TIMESTAMPING: by software, then two that only devices know.
struct Stamps {
  timespec software{};
  timespec unused{};
  timespec hardware{};
};

void write_stamps(ControlWriter& control, const Settings& settings, const Received& received, Instant now) {
  const timespec stamp = time_of_day(received.received_at, now);
  if (settings.timestamp) {
    control.add(SOL_SOCKET, SO_TIMESTAMP, timeval{.tv_sec = stamp.tv_sec, .tv_usec = stamp.tv_nsec / 1000});
  }
  if (settings.timestamp_ns) control.add(SOL_SOCKET, SO_TIMESTAMPNS, stamp);
  constexpr int kWanted = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  if ((settings.timestamping & kWanted) == kWanted) control.add(SOL_SOCKET, SO_TIMESTAMPING, Stamps{stamp, {}, {}});
  if (settings.count_losses && received.lost != 0) control.add(SOL_SOCKET, SO_RXQ_OVFL, received.lost);
}

// ipi_addr is where the packet was sent to, ipi_spec_dst what to answer from: the same unless it went to a group.
[[nodiscard]] in_pktinfo packet_info(const Received& received, const Stack& stack) {
  in_pktinfo info{};
  info.ipi_ifindex = number_of_interface(received.interface_index);
  info.ipi_addr.s_addr = htonl(received.destination.v4().value);
  const Ipv4Address own = stack.is_local(received.destination)
                              ? received.destination.v4()
                              : address_of_interface(received.interface_index, stack).address;
  info.ipi_spec_dst.s_addr = htonl(own.value);
  return info;
}

void write_ip_messages(ControlWriter& control, const Settings& settings, const Received& received, const Stack& stack) {
  if (settings.packet_info) control.add(IPPROTO_IP, IP_PKTINFO, packet_info(received, stack));
  if (settings.recv_ttl) control.add(IPPROTO_IP, IP_TTL, int{received.ttl});
  if (settings.recv_tos) control.add(IPPROTO_IP, IP_TOS, received.tos);
  if (settings.recv_options && !received.ip_options.empty()) {
    control.add_octets(IPPROTO_IP, IP_RECVOPTS, std::as_bytes(std::span(received.ip_options)));
  }
  if (settings.return_options && !received.ip_options.empty()) {
    const auto back = wire::IpOptions::return_route(received.ip_options);
    if (back) control.add_octets(IPPROTO_IP, IP_RETOPTS, std::as_bytes(back->bytes()));
  }
  if (settings.recv_original_destination) {
    control.add(IPPROTO_IP, IP_ORIGDSTADDR, to_sockaddr({received.destination, received.destination_port}));
  }
}

void write_error(ControlWriter& control, const NetworkError& problem) {
  struct {
    sock_extended_err error;
    sockaddr_in offender;
  } report{};
  report.error.ee_errno = static_cast<std::uint32_t>(problem.error);
  report.error.ee_origin = static_cast<std::uint8_t>(problem.origin);
  report.error.ee_type = problem.type;
  report.error.ee_code = problem.code;
  report.error.ee_info = problem.info;
  if (problem.origin == NetworkError::Origin::kIcmp) report.offender = to_sockaddr({problem.offender, 0});
  control.add(IPPROTO_IP, IP_RECVERR, report);
}

}  // namespace

timespec time_of_day(Instant moment, Instant now) {
  const auto since = std::chrono::system_clock::now().time_since_epoch() - (now - moment);
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - whole);
  return {.tv_sec = whole.count(), .tv_nsec = rest.count()};
}

Result<MessageDetails> read_control(const msghdr& message, const Stack& stack) {
  MessageDetails details;
  if (message.msg_control == nullptr) return details;
  const auto* const bytes = static_cast<const std::byte*>(message.msg_control);
  for (std::size_t at = 0; message.msg_controllen - at >= sizeof(cmsghdr);) {
    cmsghdr header{};
    std::memcpy(&header, bytes + at, sizeof header);
    const bool is_sound = header.cmsg_len >= sizeof header && header.cmsg_len <= message.msg_controllen - at;
    if (!is_sound) return failure(std::errc::invalid_argument);
    const auto read = read_one(details, header, data_of(header, bytes + at), stack);
    if (!read) return failure(read.error());
    at += std::min<std::size_t>(CMSG_ALIGN(header.cmsg_len), message.msg_controllen - at);
  }
  return details;
}

void write_control(const Settings& settings, int type, const Received& received, Instant now, const Stack& stack,
                   msghdr& message) {
  ControlWriter control(message);
  if (type == SOCK_STREAM) {
    if (settings.tell_unread) control.add(IPPROTO_TCP, TCP_CM_INQ, static_cast<int>(received.unread));
    return;
  }
  if (received.error) return write_error(control, *received.error);
  write_stamps(control, settings, received, now);
  write_ip_messages(control, settings, received, stack);
}

}  // namespace fourtuple::sockets
