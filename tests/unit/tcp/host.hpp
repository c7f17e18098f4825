// A TCP layer with everything that its doors want to be handed, for tests that need no peer.
#pragma once

#include "stack/tcp/layer.hpp"

namespace fourtuple::test {

constexpr Ipv4Address kUs{0x0a000004};
constexpr Ipv4Address kPeer{0x0a000005};

class Host {
 public:
  explicit Host(const tcp::TcpConfig& config = {}, std::uint64_t seed = 1)
      : random_(RandomSource::from_seed(seed)), layer_(config, random_) {}

  [[nodiscard]] tcp::Layer& layer() { return layer_; }
  // What the doors want; what earlier calls sent is thrown away.
  [[nodiscard]] tcp::Context context() {
    outbox_.segments.clear();
    outbox_.notices.clear();
    return {now, random_, {}, outbox_};
  }
  [[nodiscard]] const tcp::Outbox& outbox() const { return outbox_; }

  Result<tcp::Layer::Binding> bind(IpAddress address, Port port, bool reuse_address = false, bool reuse_port = false) {
    auto c = context();
    return layer_.bind({address, port}, reuse_address, reuse_port, c);
  }
  Result<tcp::ListenerId> listen(tcp::Layer::Binding binding, std::uint32_t backlog = 8) {
    return layer_.listen(binding, backlog, {}, 0);
  }
  Result<tcp::ConnectionId> connect(Port local, const Endpoint& remote) {
    auto c = context();
    return layer_.connect({kUs, local}, remote, {1460, 1460, 0}, {}, 0, c);
  }

  Instant now{1h};

 private:
  RandomSource random_;
  tcp::Layer layer_;
  tcp::Outbox outbox_;
};

}  // namespace fourtuple::test
