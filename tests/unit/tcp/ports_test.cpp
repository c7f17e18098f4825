// Ephemeral ports (RFC 6056): unpredictable, free, from the configured range. S63, S87
#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "tests/unit/tcp/host.hpp"

namespace fourtuple::test {
namespace {

Port connect_from_any_port(Host& host, const Endpoint& remote) {
  const auto id = host.connect(0, remote);
  if (!id) return 0;
  return host.layer().status(*id)->name.local.port;
}

TEST(EphemeralPort, ComesFromTheRange) {  // [RFC6056 3.2]
  tcp::TcpConfig config;
  config.first_ephemeral_port = 40000;
  config.last_ephemeral_port = 40009;
  Host host(config);
  for (int i = 0; i < 10; ++i) {
    const Port port = connect_from_any_port(host, {kPeer, 80});
    EXPECT_GE(port, 40000);
    EXPECT_LE(port, 40009);
  }
}

TEST(EphemeralPort, IsNeverGivenTwiceForOnePeer) {
  Host host;
  std::set<Port> ports;
  for (int i = 0; i < 5000; ++i) ports.insert(connect_from_any_port(host, {kPeer, 80}));
  EXPECT_EQ(ports.size(), 5000U);
}

TEST(EphemeralPort, UsesTheWholeRangeAndThenSaysSo) {
  tcp::TcpConfig config;
  config.first_ephemeral_port = 40000;
  config.last_ephemeral_port = 40099;
  Host host(config);
  std::set<Port> ports;
  for (int i = 0; i < 100; ++i) ports.insert(connect_from_any_port(host, {kPeer, 80}));
  EXPECT_EQ(ports.size(), 100U);
  const auto none_left = host.connect(0, {kPeer, 80});
  ASSERT_FALSE(none_left);
  EXPECT_EQ(none_left.error(), std::errc::address_not_available);
  // Another peer is another four-tuple (S18).
  EXPECT_NE(connect_from_any_port(host, {kPeer, 81}), 0);
}

TEST(EphemeralPort, IsNotPredictableFromTheLastOnes) {  // [RFC6056 3.3.1]
  Host host;
  std::vector<int> steps;
  int last = connect_from_any_port(host, {kPeer, 1});
  for (Port remote = 2; remote < 500; ++remote) {  // other peers: the sequence of one must not tell of another's
    const int port = connect_from_any_port(host, {kPeer, remote});
    steps.push_back(port - last);
    last = port;
  }
  std::sort(steps.begin(), steps.end());
  const auto distinct = std::unique(steps.begin(), steps.end()) - steps.begin();
  EXPECT_GT(distinct, 400);
}

TEST(EphemeralPort, AvoidsAPortThatAListenerHas) {
  tcp::TcpConfig config;
  config.first_ephemeral_port = 40000;
  config.last_ephemeral_port = 40001;
  Host host(config);
  const auto binding = host.bind(kUs, 40000);
  ASSERT_TRUE(binding);
  ASSERT_TRUE(host.listen(*binding));
  EXPECT_EQ(connect_from_any_port(host, {kPeer, 80}), 40001);
}

TEST(EphemeralPort, IsGivenToABindingOnPortZero) {
  Host host;
  std::set<Port> ports;
  for (int i = 0; i < 100; ++i) {
    const auto binding = host.bind(IpAddress{}, 0);
    ASSERT_TRUE(binding);
    const Port port = host.layer().bound_name(*binding).port;
    EXPECT_GE(port, 32768);
    EXPECT_LE(port, 60999);
    ports.insert(port);
  }
  EXPECT_EQ(ports.size(), 100U);
}

}  // namespace
}  // namespace fourtuple::test
