// UDP through a whole stack: datagrams of all lengths and checksums, whole and in fragments, to bound, connected and
// closed ports, while the application sends, reads and closes.
#include <algorithm>
#include <array>

#include "stack/wire/byte_order.hpp"
#include "tests/fuzz/lone_host.hpp"

namespace fourtuple::fuzz {
namespace {

using Bytes = LoneHost::Bytes;

StackConfig config() {
  StackConfig config;
  config.udp.receive_buffer_bytes = 20'000;
  config.ip.max_reassemblies = 8;
  return config;
}

class Sockets {
 public:
  Sockets() : host_(config()) {
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      ids_[i] = *host_.stack.udp_open({}, i + 1);
      (void)host_.stack.udp_bind(ids_[i], {IpAddress{}, static_cast<Port>(7000 + i)});
    }
    (void)host_.stack.udp_connect(ids_[1], {LoneHost::kPeer, 9});
  }

  void step(Input& input) {
    const std::uint8_t what = input.octet();
    const UdpId id = ids_[(what >> 6U) % ids_.size()];
    switch (what % 8) {
      case 0:
        return host_.pass(std::chrono::milliseconds(input.word()));
      case 1:
        return read(id);
      case 2:
        return write(id, input);
      case 3:
        return change(id, input);
      default:
        return hear(input);
    }
  }

 private:
  void hear(Input& input) {
    const std::uint8_t how = input.octet();
    Bytes datagram(8 + input.octet() * std::size_t{how % 4 == 0 ? 16U : 1U});
    wire::store_be16(datagram.data(), how % 8 == 1 ? 9 : input.word());
    wire::store_be16(datagram.data() + 2, static_cast<std::uint16_t>(7000 + how % 5));
    wire::store_be16(datagram.data() + 4, static_cast<std::uint16_t>(datagram.size()));
    if ((how & 16) != 0) wire::store_be16(datagram.data() + 4, input.word());
    if ((how & 32) != 0) wire::store_be16(datagram.data() + 6, input.word());
    if ((how & 32) == 0) repair(datagram);
    wire::Ipv4Header ip;
    ip.protocol = wire::ip_protocol::kUdp;
    ip.source = LoneHost::kPeer;
    ip.destination = (how & 64) != 0 ? Ipv4Address{0x0a0000ff} : LoneHost::kOurs;
    ip.identification = input.octet();
    if ((how & 128) != 0) return hear_fragment(ip, datagram, input);
    host_.deliver(ip, datagram);
  }

  void hear_fragment(wire::Ipv4Header ip, const Bytes& datagram, Input& input) {
    const std::size_t begin = std::min<std::size_t>(input.octet() * std::size_t{8}, datagram.size());
    const std::size_t length = std::min<std::size_t>(input.octet() * std::size_t{8}, datagram.size() - begin);
    ip.fragment_offset = static_cast<std::uint16_t>(begin);
    ip.more_fragments = begin + length < datagram.size();
    host_.deliver(ip, ByteView(datagram).subspan(begin, length));
  }

  static void repair(Bytes& datagram) {
    const auto sum = wire::pseudo_header_sum(LoneHost::kPeer, LoneHost::kOurs, wire::ip_protocol::kUdp,
                                             static_cast<std::uint32_t>(datagram.size()))
                         .add(datagram)
                         .checksum();
    wire::store_be16(datagram.data() + 6, sum == 0 ? 0xffff : sum);
  }

  void read(UdpId id) {
    const auto* const first = host_.stack.udp_peek(id);
    const std::size_t size = first != nullptr ? first->payload.size() : 0;
    const auto datagram = host_.stack.udp_receive(id);
    require((first != nullptr) || !datagram, "what can be read can be peeked at");
    if (datagram) require(datagram->payload.size() == size, "and is the same");
  }

  void write(UdpId id, Input& input) {
    const Bytes octets(input.word());
    const ByteView piece(octets);
    const auto remote = std::optional<Endpoint>({LoneHost::kPeer, input.word()});
    const auto result = host_.stack.udp_send(id, {&piece, 1}, remote, host_.now);
    require(!result || *result == octets.size(), "a datagram is sent whole or not at all");
    require(!result || octets.size() <= 65507, "and is none that IPv4 cannot carry");
  }

  void change(UdpId id, Input& input) {
    const std::uint8_t how = input.octet() % 4;
    if (how == 0) (void)host_.stack.udp_connect(id, {LoneHost::kPeer, input.octet()});
    if (how == 1) host_.stack.udp_disconnect(id);
    if (how == 2) (void)host_.stack.udp_take_error(id);
    if (how == 3) (void)host_.stack.udp_bind(id, {IpAddress{}, input.word()});
  }

  LoneHost host_;
  std::array<UdpId, 4> ids_;
};

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::Input input(data, size);
  fourtuple::fuzz::Sockets sockets;
  while (!input.empty()) sockets.step(input);
  return 0;
}
