#include "apps/world/veth.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <vector>

#include "apps/report.hpp"
#include "drivers/descriptor.hpp"

namespace fourtuple::apps {
namespace {

// A netlink message under construction: headers and attributes, each aligned to four octets. [rtnetlink(7)]
class Message {
 public:
  template <class Value>
  void append(const Value& value) {
    append_bytes(std::as_bytes(std::span(&value, 1)));
  }

  void attribute(unsigned short type, std::string_view text) {
    const std::size_t start = open(type);
    append_bytes(std::as_bytes(std::span(text)));
    bytes_.push_back(std::byte{0});
    close(start);
  }

  // Attributes between open() and close() are nested in this one.
  [[nodiscard]] std::size_t open(unsigned short type) {
    const std::size_t start = bytes_.size();
    append(rtattr{.rta_len = 0, .rta_type = type});
    return start;
  }
  void close(std::size_t start) {
    const auto length = static_cast<unsigned short>(bytes_.size() - start);
    std::memcpy(bytes_.data() + start, &length, sizeof(length));
    align();
  }

  [[nodiscard]] std::span<const std::byte> finish() {
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof(length));
    return bytes_;
  }

 private:
  void append_bytes(std::span<const std::byte> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  void align() { bytes_.resize((bytes_.size() + 3) / 4 * 4); }

  std::vector<std::byte> bytes_;
};

Message veth_request(const std::string& name, const std::string& peer) {
  Message message;
  message.append(nlmsghdr{.nlmsg_len = 0,
                          .nlmsg_type = RTM_NEWLINK,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
                          .nlmsg_seq = 1,
                          .nlmsg_pid = 0});
  message.append(ifinfomsg{});
  message.attribute(IFLA_IFNAME, name);
  const std::size_t link_info = message.open(IFLA_LINKINFO);
  message.attribute(IFLA_INFO_KIND, "veth");
  const std::size_t data = message.open(IFLA_INFO_DATA);
  const std::size_t peer_info = message.open(VETH_INFO_PEER);
  message.append(ifinfomsg{});
  message.attribute(IFLA_IFNAME, peer);
  message.close(peer_info);
  message.close(data);
  message.close(link_info);
  return message;
}

// Sends one request to the kernel and answers the errno of its acknowledgement, 0 for success.
int ask_kernel(std::span<const std::byte> request) {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket || ::send(socket.get(), request.data(), request.size(), 0) < 0) return errno;
  std::array<std::byte, 4096> answer{};
  const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  nlmsghdr header{};
  nlmsgerr acknowledgement{};
  if (size < static_cast<ssize_t>(sizeof(header) + sizeof(acknowledgement.error))) return size < 0 ? errno : EPROTO;
  std::memcpy(&header, answer.data(), sizeof(header));
  std::memcpy(&acknowledgement.error, answer.data() + NLMSG_HDRLEN, sizeof(acknowledgement.error));
  return header.nlmsg_type == NLMSG_ERROR ? -acknowledgement.error : EPROTO;
}

}  // namespace

SetupResult<interface::Unit> create_veth_pair(const std::string& name, const std::string& peer) {
  const int error = ask_kernel(veth_request(name, peer).finish());
  if (error == 0) return interface::Unit {
    };
  return failure(SetupError{.cause = fmt::format("no veth pair {} and {}: {}", name, peer, error_text(error)),
                            .cure = error == EEXIST ? "choose another name, or delete it: ip link delete " + name
                                                    : "load the kernel's module: sudo modprobe veth",
                            .environment = error == EOPNOTSUPP || error == EPERM});
}

}  // namespace fourtuple::apps
