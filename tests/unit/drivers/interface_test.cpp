#include "drivers/interface.hpp"

#include <gtest/gtest.h>

#include "drivers/tap/tap.hpp"
#include "tap_link.hpp"

namespace fourtuple {
namespace {

using namespace test;

TEST(KernelInterface, TellsWhatItWasTold){FOURTUPLE_IN_PRIVATE_NETWORK({
  BufferPool pool;
  const auto tap = open_or_skip({.name = "fttest0", .bring_up = false}, pool);
  EXPECT_TRUE(interface::exists("fttest0"));
  EXPECT_TRUE(interface::is_ethernet("fttest0"));
  EXPECT_EQ(interface::kind("fttest0").driver, "tun");
  EXPECT_EQ(interface::kind("fttest0").bus, "tap");
  EXPECT_FALSE(*interface::is_up("fttest0"));
  ASSERT_TRUE(interface::set_mac("fttest0", kPeerMac));
  EXPECT_EQ(*interface::mac("fttest0"), kPeerMac);
  ASSERT_TRUE(interface::set_mtu("fttest0", 1280));
  EXPECT_EQ(*interface::mtu("fttest0"), 1280U);
  EXPECT_TRUE(interface::ipv4_addresses("fttest0").empty());
  ASSERT_TRUE(interface::set_ipv4("fttest0", {kPeerIp, 24}));
  EXPECT_EQ(interface::ipv4_addresses("fttest0"), std::vector{kPeerIp});
  ASSERT_TRUE(interface::set_up("fttest0"));
  EXPECT_TRUE(*interface::is_up("fttest0"));
  ASSERT_TRUE(interface::set_up("fttest0", false));
  EXPECT_FALSE(*interface::is_up("fttest0"));
  EXPECT_TRUE(interface::disable_offloads("fttest0"));
})}

TEST(KernelInterface, SaysWhichOneIsMissing) {
  const auto mtu = interface::mtu("ftnone0");
  ASSERT_FALSE(mtu);
  EXPECT_EQ(mtu.error().cause, "MTU of ftnone0: No such device");
  EXPECT_NE(mtu.error().cure.find("ip link"), std::string::npos);
  EXPECT_FALSE(interface::exists("ftnone0"));
  EXPECT_FALSE(interface::is_ethernet("ftnone0"));
  EXPECT_FALSE(interface::disable_offloads("ftnone0"));
  EXPECT_TRUE(interface::kind("ftnone0").driver.empty());
}

TEST(KernelInterface, IsNotChangedByAnOrdinaryUser) {
  FOURTUPLE_IN_PRIVATE_NETWORK({
    if (::setresuid(65534, 65534, 65534) != 0) skip_child("cannot become another user");
    const auto up = interface::set_up("lo");
    ASSERT_FALSE(up);
    EXPECT_NE(up.error().cure.find("run as root"), std::string::npos);
  })
}

}  // namespace
}  // namespace fourtuple
