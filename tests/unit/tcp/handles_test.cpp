// Handles outlive what they name, and then they say so: never a stranger's connection, never a crash.
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "tests/unit/tcp/host.hpp"

namespace fourtuple::test {
namespace {

constexpr auto kStale = std::errc::bad_file_descriptor;

// Every call there is, on a handle that names nothing.
void expect_stale(Host& host, tcp::ConnectionId id) {
  auto& layer = host.layer();
  auto context = host.context();
  std::array<std::uint8_t, 4> octets{};
  const ByteView out(octets);
  const ByteSpan in(octets);
  EXPECT_EQ(layer.send(id, {&out, 1}, {}, context).error(), kStale);
  EXPECT_EQ(layer.receive_data(id, {&in, 1}, {}, context).error(), kStale);
  EXPECT_EQ(layer.receive_urgent(id, false, context).error(), kStale);
  EXPECT_EQ(layer.shutdown_send(id, context).error(), kStale);
  EXPECT_EQ(layer.shutdown_receive(id, context).error(), kStale);
  EXPECT_FALSE(layer.status(id).has_value());
  EXPECT_FALSE(layer.info(id, host.now).has_value());
  EXPECT_EQ(layer.options(id), nullptr);
  EXPECT_EQ(layer.inspect(id), nullptr);
  layer.set_options(id, {}, context);
  layer.set_quick_ack(id, true, context);
  layer.set_owner(id, 9);
  layer.disconnect(id, context);
  layer.close(id, context);
  layer.abort(id, context);
  EXPECT_TRUE(host.outbox().segments.empty());
  EXPECT_EQ(layer.broken_invariant(), nullptr);
}

TEST(StaleConnection, IsABadDescriptorForEveryCall) {
  Host host;
  const auto id = host.connect(1000, {kPeer, 80});
  ASSERT_TRUE(id);
  auto context = host.context();
  host.layer().abort(*id, context);
  expect_stale(host, *id);
}

TEST(StaleConnection, NeverNamesALaterOne) {
  Host host;
  std::vector<tcp::ConnectionId> old;
  for (int i = 0; i < 100; ++i) {
    const auto id = host.connect(1000, {kPeer, 80});
    ASSERT_TRUE(id);
    auto context = host.context();
    host.layer().abort(*id, context);
    old.push_back(*id);
  }
  const auto living = host.connect(1000, {kPeer, 80});
  ASSERT_TRUE(living);
  for (const auto id : old) {
    EXPECT_NE(id, *living);
    EXPECT_FALSE(host.layer().status(id).has_value());
  }
  EXPECT_TRUE(host.layer().status(*living).has_value());
}

TEST(NoConnection, IsABadDescriptorToo) {
  Host host;
  expect_stale(host, tcp::ConnectionId{});
  expect_stale(host, tcp::ConnectionId{0xffffffffffffffffU});
  expect_stale(host, tcp::ConnectionId{12345});
}

TEST(StaleListener, AcceptsNothing) {
  Host host;
  const auto binding = host.bind(kUs, 80);
  ASSERT_TRUE(binding);
  const auto listener = host.listen(*binding);
  ASSERT_TRUE(listener);
  auto context = host.context();
  host.layer().close(*listener, context);
  EXPECT_FALSE(host.layer().accept(*listener, context).has_value());
  EXPECT_EQ(host.layer().acceptable(*listener), 0U);
  host.layer().set_backlog(*listener, 5);
  host.layer().set_options(*listener, {});
  host.layer().close(*listener, context);
  EXPECT_EQ(host.layer().broken_invariant(), nullptr);
}

TEST(ReleasedBinding, HasNoName) {
  Host host;
  const auto binding = host.bind(kUs, 80);
  ASSERT_TRUE(binding);
  host.layer().release(*binding);
  EXPECT_EQ(host.layer().bound_name(*binding), Endpoint{});
  EXPECT_FALSE(host.listen(*binding));
  host.layer().release(*binding);
}

}  // namespace
}  // namespace fourtuple::test
