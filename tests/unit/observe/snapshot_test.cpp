#include <array>
#include <gtest/gtest.h>
#include <string>

#include "stack/core/stack.hpp"
#include "stack/observe/netstat_text.hpp"
#include "stack/observe/rows.hpp"

namespace fourtuple::observe {
namespace {

// A cable that nobody holds the other end of.
class DeadEnd final : public Driver {
 public:
  [[nodiscard]] DriverCapabilities capabilities() const override { return {}; }
  std::size_t receive(std::vector<PacketBuffer>&, std::size_t, Instant) override { return 0; }
  std::size_t send(std::span<const TransmitFrame> frames, Instant) override { return frames.size(); }
  [[nodiscard]] std::string name() const override { return "dead end"; }
};

// A stack at 10.0.0.4 that talks to itself.
class Snapshot : public testing::Test {
 protected:
  Snapshot() {
    InterfaceConfig interface;
    interface.mac = {{2, 0, 0, 0, 0, 4}};
    interface.address = {kAddress, 24};
    stack_.attach(driver_, interface);
  }

  tcp::ListenerId listen(Port port) {
    return stack_.with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({IpAddress{}, port}, false, false, context);
      return layer.listen(binding.value(), 16, {}, 1).value();
    });
  }
  tcp::ConnectionId connect(const Endpoint& local, const Endpoint& remote) {
    const tcp::PathInfo path = stack_.way_to(remote.address)->path;
    const auto id = stack_.with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.connect(local, remote, path, {}, 2, context).value();
    });
    settle();
    return id;
  }
  void settle() {
    for (int i = 0; i < 100; ++i) {
      now_ += 1ms;
      stack_.advance(now_);
    }
  }
  [[nodiscard]] std::string netstat(const NetstatOptions& options) const {
    return netstat_table(snapshot(stack_, now_), options);
  }

  static constexpr Ipv4Address kAddress = Ipv4Address::from_octets(10, 0, 0, 4);
  DeadEnd driver_;
  Instant now_{};
  Stack stack_{StackConfig{}, RandomSource::from_seed(1)};
};

TEST_F(Snapshot, TellsListenerAndBothEndsOfAConnectionWithWhatIsQueued) {
  listen(80);
  const auto client = connect({kAddress, 55715}, {kAddress, 80});
  const std::array<std::uint8_t, 100> data{};
  const ByteView piece(data);
  stack_.with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.send(client, {&piece, 1}, {}, context).has_value();
  });
  settle();
  EXPECT_EQ(netstat({.tcp = true, .all = true}),
            "Active Internet connections (servers and established)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
            "tcp        1      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"
            "tcp        0      0 10.0.0.4:55715          10.0.0.4:80             ESTABLISHED\n"
            "tcp      100      0 10.0.0.4:80             10.0.0.4:55715          ESTABLISHED\n");
}

TEST_F(Snapshot, GivesInfoToConnectionsAndNoneToListeners) {
  listen(80);
  connect({kAddress, 55715}, {kAddress, 80});
  const Rows rows = snapshot(stack_, now_);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_FALSE(rows[0].info);
  ASSERT_TRUE(rows[1].info);
  EXPECT_EQ(rows[1].info->state, TcpState::kEstablished);
  EXPECT_FALSE(snapshot(stack_, now_, false)[1].info);
}

TEST_F(Snapshot, TellsDatagramAndRawSockets) {
  const UdpId bound = stack_.udp_open({}, 7).value();
  ASSERT_TRUE(stack_.udp_bind(bound, {IpAddress{}, 53}));
  const UdpId connected = stack_.udp_open({}, 8).value();
  ASSERT_TRUE(stack_.udp_bind(connected, {kAddress, 4242}));
  ASSERT_TRUE(stack_.udp_connect(connected, {Ipv4Address::from_octets(10, 0, 0, 5), 5353}));
  ASSERT_TRUE(stack_.raw_open(1, {}, 9));
  EXPECT_EQ(netstat({.all = true}),
            "Active Internet connections (servers and established)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
            "udp        0      0 0.0.0.0:53              0.0.0.0:*                          \n"
            "udp        0      0 10.0.0.4:4242           10.0.0.5:5353           ESTABLISHED\n"
            "raw        0      0 0.0.0.0:1               0.0.0.0:*               7          \n");
}

}  // namespace
}  // namespace fourtuple::observe
