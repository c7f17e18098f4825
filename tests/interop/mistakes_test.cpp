// Set-up mistakes: one line with cause and cure, the right exit code, nothing left behind.
#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

struct Mistake {
  const char* name;
  int code;
  std::vector<std::string> arguments;
  const char* says;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class SetUpMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(SetUpMistake, IsToldInOneLine) {
  const Mistake& mistake = GetParam();
  const auto outcome = run_fourtuple(mistake.arguments, 20);
  if (outcome.code == 77 && mistake.code != 77) GTEST_SKIP() << outcome.output;
  EXPECT_EQ(outcome.code, mistake.code) << outcome.output;
  EXPECT_EQ(outcome.output.find("fourtuple: "), 0U) << outcome.output;
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
  EXPECT_NE(outcome.output.find(mistake.says), std::string::npos) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(
    Of, SetUpMistake,
    ::testing::Values(
        Mistake{"UnknownProgram", 2, {"sreve"}, "--help"},
        Mistake{"UnknownOption", 2, {"echo", "--prot", "80"}, "--prot"}, Mistake{"NoFolder", 2, {"serve"}, "DIR"},
        Mistake{"MissingFolder", 2, {"serve", "/no/such/folder"}, "/no/such"},
        Mistake{"BadAddress", 2, {"echo", "--addr", "10.0.0"}, "10.0.0.4/24"},
        Mistake{"NetworkAddress", 2, {"echo", "--addr", "10.0.0.0/24"}, "10.0.0.4/24"},
        Mistake{"BroadcastAddress", 2, {"echo", "--addr", "10.0.0.255/24"}, "10.0.0.4/24"},
        Mistake{"MulticastAddress", 2, {"echo", "--addr", "224.0.0.1/24"}, "10.0.0.4/24"},
        Mistake{"BadGateway", 2, {"echo", "--gateway", "host"}, "10.0.0.1"},
        Mistake{"FarGateway", 2, {"echo", "--gateway", "192.0.2.1"}, "neighbour"},
        Mistake{"GroupMac", 2, {"echo", "--mac", "01:00:00:00:00:01"}, "02:00:00:00:00:04"},
        Mistake{"SmallMtu", 2, {"echo", "--mtu", "67"}, "68"},
        Mistake{"BigPort", 2, {"echo", "--port", "65536"}, "65535"},
        Mistake{"NoRoomForTheControlPort", 2, {"echo", "--port", "65535"}, "65534"},
        Mistake{"TwoLinks", 2, {"echo", "--tap", "t0", "--raw", "e0"}, "--raw"},
        Mistake{"BadTapName", 2, {"echo", "--tap", "a/b"}, "15 characters"},
        Mistake{"LongTapName", 2, {"echo", "--tap", "sixteen-letters-x"}, "15 characters"},
        Mistake{"BadLink", 2, {"echo", "--link=wifi"}, "tap, veth or mem"},
        Mistake{"BadRules", 2, {"echo", "--wire", "flood 5%"}, "flood"},
        Mistake{"NoTrace", 2, {"echo", "--wire", "rate-trace no-such-file"}, "no-such-file"},
        Mistake{"WireOfOneEnd", 2, {"wire", "--a", "tap0"}, "--b"},
        Mistake{"WireToItself", 2, {"wire", "--a", "tap0", "--b", "tap0"}, "same device"},
        Mistake{"WireWithBadRules", 2, {"wire", "flood 5%"}, "flood"},
        Mistake{"FarCommandOnNamedEnds", 2, {"wire", "--a", "tap0", "--b", "tap1", "--far", "true"}, "--far"},
        Mistake{"WireEndOfTheKernel", 1, {"wire", "--a", "lo", "--b", "tap1"}, "lo"},
        Mistake{"NoFarNetwork", 1, {"in-world", "--far", "--", "true"}, "fourtuple wire"},
        Mistake{"NoInterface", 1, {"echo", "--raw", "nosuch0"}, "nosuch0"},
        Mistake{"InterfaceOfTheKernel", 1, {"echo", "--raw", "lo"}, "lo"},
        Mistake{
            "PcapIntoNowhere", 1, {"demo", "--link=mem", "--pcap", "/no/such/folder/x.pcap"}, "/no/such/folder/x.pcap"},
        Mistake{"NobodyToAsk", 1, {"netstat", "-tan", "--pid", "1"}, "fourtuple program"},
        Mistake{"NothingToRecord", 2, {"record"}, "--"},
        Mistake{"RecordingWithoutAKernel", 2, {"record", "--link=mem", "--", "true"}, "--link=mem"},
        Mistake{"RecordingOneCommandAtBothEnds", 2, {"record", "--both-ends", "--", "true"}, "--server"},
        Mistake{"RecordingOfNoProgram", 1, {"record", "--", "no-such-program-here"}, "no-such-program-here"},
        Mistake{"RecordingIntoNowhere", 1, {"record", "--out", "/no/such/folder/x", "--", "true"}, "/no/such/folder/x"},
        Mistake{"NoCommand", 2, {"in-world"}, "--"}, Mistake{"NcWithoutPort", 2, {"nc", "10.0.0.5"}, "PORT"},
        Mistake{"NcBadPort", 2, {"nc", "10.0.0.5", "0"}, "65535"},
        Mistake{"PingNoAddress", 2, {"ping", "kernel"}, "IPv4"}),
    [](const auto& mistake) { return std::string(mistake.param.name); });

TEST(Help, StartsWithExamples) {
  for (const char* program :
       {"demo", "serve", "echo", "nc", "ping", "netstat", "ss", "perf-server", "record", "wire", "in-world"}) {
    const auto outcome = run_fourtuple({program, "--help"});
    EXPECT_EQ(outcome.code, 0) << program;
    EXPECT_EQ(outcome.output.find("Examples:"), 0U) << outcome.output;
  }
}

TEST(CommandAfterDashes, DecidesTheExitCode) {
  const auto outcome = run_fourtuple({"echo", "--", "sh", "-c", "exit 42"});
  if (outcome.code == 77) GTEST_SKIP() << outcome.output;
  EXPECT_EQ(outcome.code, 42) << outcome.output;
}

TEST(CommandAfterDashes, ThatDoesNotExistIsTold) {
  const auto outcome = run_fourtuple({"echo", "--", "no-such-program-here"});
  if (outcome.code == 77) GTEST_SKIP() << outcome.output;
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.output.find("no-such-program-here"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace fourtuple::interop
