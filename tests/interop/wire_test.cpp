// `fourtuple wire`: foreign stacks over a bad path, and a foreign one with ours.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "apps/world/namespaces.hpp"
#include "drivers/interface.hpp"
#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

namespace fs = std::filesystem;

class BadPath : public ::testing::Test {
 protected:
  BadPath() {
    std::string name = (fs::temp_directory_path() / "fourtuple-wire-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~BadPath() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

#define FOURTUPLE_EXPECT_CODE(outcome, expected)              \
  if ((outcome).code == 77) GTEST_SKIP() << (outcome).output; \
  EXPECT_EQ((outcome).code, expected) << (outcome).output

double smallest_round_trip(const std::string& output) {
  const auto at = output.find("min/avg/max");
  const auto equals = output.find("= ", at);
  return at == std::string::npos ? 0 : std::stod(output.substr(equals + 2));
}

TEST_F(BadPath, DelaysWhatTwoKernelsSay) {
  FOURTUPLE_NEEDS_PROGRAM("ping");
  const auto outcome = run_fourtuple({"wire", "delay 20ms", "--", "ping", "-c", "3", "-i", "0.2", "10.77.0.2"});
  FOURTUPLE_EXPECT_CODE(outcome, 0);
  EXPECT_GE(smallest_round_trip(outcome.output), 40.0) << outcome.output;
}

TEST_F(BadPath, LosesThePacketThatItsRuleNamesAndSaysSo) {
  FOURTUPLE_NEEDS_PROGRAM("ping");
  const auto outcome =
      run_fourtuple({"wire", "out: drop icmp 2 once", "--", "ping", "-c", "3", "-i", "0.2", "-W", "2", "10.77.0.2"});
  FOURTUPLE_EXPECT_CODE(outcome, 0);
  EXPECT_NE(outcome.output.find("3 packets transmitted, 2 received"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("a to b:"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("1 dropped by rule"), std::string::npos) << outcome.output;
}

TEST_F(BadPath, LetsTwoKernelsTalkUnharmedAllTheSame) {
  FOURTUPLE_NEEDS_PROGRAM("nc");
  std::ofstream(path("sent")) << std::string(300'000, 'x') << "the end\n";
  const std::string listen = "nc -l 7000 > " + path("arrived");
  const std::string send = "nc -N 10.77.0.2 7000 < " + path("sent") + "; while ! cmp -s " + path("sent") + " " +
                           path("arrived") + "; do sleep 0.05; done";
  const auto outcome =
      run_fourtuple({"wire", "loss 2%; duplicate 5%; corrupt 1%; reorder 10%; delay 2ms; rate 100mbit; seed 3",
                     "--pcap", path("a.pcap"), "--pcap-b", path("b.pcap"), "--far", listen, "--", "sh", "-c", send});
  FOURTUPLE_EXPECT_CODE(outcome, 0);
  EXPECT_GT(fs::file_size(path("a.pcap")), 300'000U);
  EXPECT_GT(fs::file_size(path("b.pcap")), 300'000U);
}

TEST_F(BadPath, HasAFarNetworkForCommandsFromWithin) {
  FOURTUPLE_NEEDS_PROGRAM("ip");
  const auto outcome =
      run_fourtuple({"wire", "--", fourtuple_binary(), "in-world", "--far", "--", "ip", "-4", "address"});
  FOURTUPLE_EXPECT_CODE(outcome, 0);
  EXPECT_NE(outcome.output.find("10.77.0.2/24"), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.output.find("10.77.0.1/24"), std::string::npos) << outcome.output;
}

TEST_F(BadPath, EndsWithItsCommandAndItsCode) {
  FOURTUPLE_EXPECT_CODE(run_fourtuple({"wire", "--far", "sleep 1000", "--", "sh", "-c", "exit 42"}), 42);
}

TEST_F(BadPath, EndsWhenItsTimeIsOver) { FOURTUPLE_EXPECT_CODE(run_fourtuple({"wire", "--seconds", "0.2"}), 0); }

TEST_F(BadPath, SaysItsNumbersWhenAsked) {
  const auto outcome = run_fourtuple({"wire", "delay 1ms", "--", "sh", "-c", "kill -USR1 $PPID; sleep 0.5"});
  FOURTUPLE_EXPECT_CODE(outcome, 0);
  const auto first = outcome.output.find("a to b:");
  EXPECT_NE(first, std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("a to b:", first + 1), std::string::npos) << outcome.output;
}

TEST_F(BadPath, PrintsItsRulesInTheirStandardForm) {
  std::ofstream(path("rules")) << "# a path\nout: loss 5.0%   # both\nin: loss 5%\n";
  const auto outcome = run_fourtuple({"wire", "--print", path("rules")});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.output, "loss 5%\n");
}

// One kernel on the first device, our stack on the second one's interface, in a network of the test's own.
int ping_our_stack() {
  if (const auto entered = apps::enter_private_network(); !entered) {
    std::cout << entered.error().cause << "\n";
    return kSkipped;
  }
  Background wire({fourtuple_binary(), "wire", "--a", "wa", "--b", "wb", "delay 10ms"}, "in place");
  if (!wire.is_ready()) {
    std::cout << wire.said();
    return kSkipped;
  }
  EXPECT_TRUE(interface::set_ipv4("wa", {Ipv4Address::from_octets(10, 78, 0, 1), 24}));
  Background ours({fourtuple_binary(), "echo", "--raw", "wb", "--addr", "10.78.0.2/24"}, "over ");
  EXPECT_TRUE(ours.is_ready()) << ours.said();
  const auto outcome = run({"ping", "-c", "2", "-i", "0.2", "-W", "5", "10.78.0.2"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_GE(smallest_round_trip(outcome.output), 20.0) << outcome.output;
  return 0;
}

TEST_F(BadPath, JoinsAKernelAndOurStackOnDevicesThatAreNamed) {
  FOURTUPLE_NEEDS_PROGRAM("ping");
  apart(ping_our_stack);
}

}  // namespace
}  // namespace fourtuple::interop
