// When the stack may send an ICMP error.
#include "stack/ip/icmp_policy.hpp"

#include <array>
#include <gtest/gtest.h>

namespace fourtuple::ip {
namespace {

constexpr Instant kNow{std::chrono::hours(1)};

Arrival datagram() {
  Arrival arrival;
  arrival.header.protocol = 99;
  return arrival;
}

TEST(IcmpPolicy, SaysNothingAboutALaterFragment) {  // [RFC1122 3.2.2(e)]
  IcmpPolicy policy({});
  const std::array<std::uint8_t, 28> packet{};
  Arrival arrival = datagram();
  EXPECT_EQ(policy.may_report(arrival, packet, kNow), IcmpPolicy::Verdict::kSend);
  arrival.header.fragment_offset = 8;
  EXPECT_EQ(policy.may_report(arrival, packet, kNow), IcmpPolicy::Verdict::kForbidden);
}

TEST(IcmpPolicy, SaysNothingAboutAnErrorOrWhatMightBeOne) {  // [RFC1122 3.2.2(c)]
  IcmpPolicy policy({});
  std::array<std::uint8_t, 28> packet{};
  Arrival arrival = datagram();
  arrival.header.protocol = wire::ip_protocol::kIcmp;
  packet[arrival.header.header_size] = wire::icmp_type::kUnreachable;
  EXPECT_EQ(policy.may_report(arrival, packet, kNow), IcmpPolicy::Verdict::kForbidden);
  EXPECT_EQ(policy.may_report(arrival, ByteView(packet).first(arrival.header.header_size), kNow),
            IcmpPolicy::Verdict::kForbidden);
  packet[arrival.header.header_size] = wire::icmp_type::kEchoRequest;
  EXPECT_EQ(policy.may_report(arrival, packet, kNow), IcmpPolicy::Verdict::kSend);
}

}  // namespace
}  // namespace fourtuple::ip
