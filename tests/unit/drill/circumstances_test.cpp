// Settings and commands of scripts.
#include "apps/drill/circumstances.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include "apps/drill/outcome.hpp"

namespace fourtuple::drill {
namespace {

Circumstances of(const std::string& text) {
  const auto script = packet_script::parse(text, "test.pkt");
  EXPECT_TRUE(script) << (script ? "" : script.error().to_string());
  return circumstances_of(*script);
}

TEST(Setting, NamesTheHost) {
  const auto found = of("--local_ip=10.0.0.7 --remote_ip=10.0.0.8 --mtu=1200 --tolerance_usecs=7000\n0 close(3) = 0\n");
  EXPECT_EQ(found.names.local, Ipv4Address::from_octets(10, 0, 0, 7));
  EXPECT_EQ(found.names.remote, Ipv4Address::from_octets(10, 0, 0, 8));
  EXPECT_EQ(found.mtu, 1200U);
  EXPECT_EQ(found.tolerance, 7ms);
}

TEST(Setting, ThatMakesNoSenseIsRefusedWithItsPlace) {
  try {
    (void)of("--mtu=banana\n0 close(3) = 0\n");
    FAIL() << "it was taken";
  } catch (const ScriptFailure& failure) {
    EXPECT_STREQ(failure.what(), "--mtu takes a number from 68 to 65535, not 'banana'");
    EXPECT_EQ(failure.failure().position.line, 1U);
  }
}

TEST(Setting, OfIpVersionSixSkipsTheScript) {
  EXPECT_TRUE(of("--ip_version=ipv6\n0 close(3) = 0\n").skip);
  EXPECT_FALSE(of("--ip_version=ipv4\n0 close(3) = 0\n").skip);
  EXPECT_FALSE(of("--ip_version=ipv4-mapped-ipv6\n0 close(3) = 0\n").skip);
}

TEST(Command, TurnsSwitchesOfLinux) {
  Circumstances found;
  apply_commands(
      "sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_rmem=\"4096 30000 60000\"; "
      "echo 0 > /proc/sys/net/ipv4/tcp_sack && ip route change 192.0.2.0/24 dev tun0 initcwnd 3",
      found);
  EXPECT_FALSE(found.stack.tcp.timestamps);
  EXPECT_FALSE(found.stack.tcp.sack);
  EXPECT_TRUE(found.stack.tcp.window_scaling);
  EXPECT_EQ(found.stack.tcp.receive_buffer_bytes, 30000U);
  EXPECT_EQ(found.stack.tcp.initial_window_segments, 3U);
  EXPECT_TRUE(found.ignored.empty());
}

TEST(Command, TurnsSwitchesOfFreeBsd) {
  Circumstances found;
  apply_commands("sysctl net.inet.tcp.rfc1323=0\nsysctl net.inet.tcp.delacktime=100\nsysctl net.inet.tcp.msl=500",
                 found);
  EXPECT_FALSE(found.stack.tcp.timestamps);
  EXPECT_FALSE(found.stack.tcp.window_scaling);
  EXPECT_EQ(found.stack.tcp.delayed_ack, 100ms);
  EXPECT_EQ(found.stack.tcp.time_wait, 1s);
}

TEST(Command, ThatOurSocketsKnowIsSetOnThem) {
  Circumstances found;
  apply_commands("sysctl -q net.ipv4.tcp_syn_retries=2", found);
  ASSERT_EQ(found.socket_defaults.size(), 1U);
  EXPECT_EQ(found.socket_defaults[0].name, TCP_SYNCNT);
  EXPECT_EQ(found.socket_defaults[0].value, 2);
}

TEST(Command, ThatMeansNothingIsIgnoredAndNamed) {
  Circumstances found;
  apply_commands("./defaults.sh; sysctl -q net.ipv4.tcp_magic=1 ; rm -rf /\ntrue", found);
  EXPECT_EQ(found.ignored, (std::vector<std::string>{"./defaults.sh", "sysctl -q net.ipv4.tcp_magic=1", "rm -rf /"}));
}

TEST(Command, ThatComesTooLateIsIgnored) {
  const auto found =
      of("0 close(3) = -1 EBADF (Bad file descriptor)\n+0 `sysctl -q net.ipv4.tcp_sack=0`\n+0 close(3) = -1\n");
  EXPECT_TRUE(found.stack.tcp.sack);
  EXPECT_EQ(found.ignored,
            (std::vector<std::string>{"sysctl -q net.ipv4.tcp_sack=0  (it comes after the first call or packet)"}));
}

TEST(Command, OfAnyShapeIsSurvived) {
  for (const std::string text :
       {"", ";", "&&", "\"", "echo", "echo >", "echo 1 >", "sysctl", "sysctl =", "ip", "'a' ;;&&;"}) {
    Circumstances found;
    apply_commands(text, found);
    EXPECT_TRUE(found.stack.tcp.sack) << text;
  }
}

}  // namespace
}  // namespace fourtuple::drill
