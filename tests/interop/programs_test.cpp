// The programs as users run them, against the system's own tools.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <unistd.h>

#include "tests/interop/kernel_socket.hpp"
#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

namespace fs = std::filesystem;

class Programs : public ::testing::Test {
 protected:
  Programs() {
    std::string name = (fs::temp_directory_path() / "fourtuple-interop-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    fs::create_directories(folder_ / "site");
    fs::create_directories(folder_ / "inbox");
  }
  ~Programs() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }

  // Runs a shell script beside the program; skips where this machine cannot.
  Outcome with_script(std::vector<std::string> arguments, const std::string& script, int seconds = 100) {
    arguments.insert(arguments.end(), {"--", "sh", "-c", "set -e; cd " + folder_.string() + "; " + script});
    return run_fourtuple(std::move(arguments), seconds);
  }

  void write_pattern(const char* name, std::size_t size) const {
    std::ofstream file(path(name), std::ios::binary);
    const std::size_t piece = std::size_t{1} << 20;
    for (std::size_t at = 0; at < size; at += piece) file << pattern(std::min(piece, size - at), at);
  }

  fs::path folder_;
};

#define FOURTUPLE_EXPECT_SUCCESS(outcome)                     \
  if ((outcome).code == 77) GTEST_SKIP() << (outcome).output; \
  EXPECT_EQ((outcome).code, 0) << (outcome).output

TEST_F(Programs, PingsOfEverySizeAreAnswered) {
  FOURTUPLE_NEEDS_PROGRAM("ping");
  const auto outcome = with_script({"echo"}, R"sh(
    for size in 0 1 7 8 56 1471 1472 1473 2952 2953 8000 16384 40000 65000 65506 65507; do
      ping -q -c 2 -i 0.2 -W 5 -s $size 10.0.0.4 > ping.txt || { echo "size $size"; cat ping.txt; exit 1; }
    done)sh");
  FOURTUPLE_EXPECT_SUCCESS(outcome);
}

TEST_F(Programs, ServeGivesOutAndTakesInBigFilesUnchanged) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  write_pattern("site/big.bin", std::size_t{64} << 20);
  const auto outcome = with_script({"serve", path("site"), "--upload", path("inbox")}, R"sh(
    curl -sS --max-time 60 -o down.bin http://10.0.0.4/big.bin
    cmp down.bin site/big.bin
    curl -sS --max-time 60 -T site/big.bin http://10.0.0.4/up.bin
    cmp inbox/up.bin site/big.bin
    curl -sS --max-time 60 -T - http://10.0.0.4/chunked.bin < site/big.bin
    cmp inbox/chunked.bin site/big.bin)sh");
  FOURTUPLE_EXPECT_SUCCESS(outcome);
}

TEST_F(Programs, ServeDoesTheSameOverABadWire) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  write_pattern("site/big.bin", std::size_t{4} << 20);
  const auto outcome =
      with_script({"serve", path("site"), "--upload", path("inbox"), "--wire", "loss 5%; reorder 20%; duplicate 5%"},
                  R"sh(
    curl -sS --max-time 90 -o down.bin http://10.0.0.4/big.bin
    cmp down.bin site/big.bin
    curl -sS --max-time 90 -T site/big.bin http://10.0.0.4/up.bin
    cmp inbox/up.bin site/big.bin)sh",
                  190);
  FOURTUPLE_EXPECT_SUCCESS(outcome);
}

TEST_F(Programs, ServeKnowsRangesHeadsFoldersAndErrors) {
  FOURTUPLE_NEEDS_PROGRAM("curl");
  std::ofstream(path("site/a.txt")) << "0123456789";
  std::ofstream(path("secret.txt")) << "secret";
  const auto outcome = with_script({"serve", path("site")}, R"sh(
    url=http://10.0.0.4
    status() { curl -sS -o /dev/null -w '%{http_code}' --path-as-is "$@"; }
    test "$(curl -sS -r 2-4 $url/a.txt)" = 234
    test "$(curl -sS -r -3 $url/a.txt)" = 789
    test "$(status -r 10- $url/a.txt)" = 416
    test "$(curl -sSI $url/a.txt | tr -d '\r' | sed -n 's/^Content-Length: //p')" = 10
    curl -sS $url/ | grep -q 'a.txt'
    test "$(status $url/nothing)" = 404
    test "$(status $url/../secret.txt)" = 400
    test "$(status $url/%2e%2e/secret.txt)" = 400
    test "$(status -X DELETE $url/a.txt)" = 405
    test "$(status -T site/a.txt $url/b.txt)" = 200
    test ! -e site/b.txt
    test "$(curl -sS -w '%{num_connects}\n' $url/a.txt $url/a.txt $url/a.txt | tr -d '\n')" = \
      012345678910123456789001234567890)sh");
  FOURTUPLE_EXPECT_SUCCESS(outcome);
}

TEST_F(Programs, NcCarriesBothDirectionsThroughAHalfClose) {
  FOURTUPLE_NEEDS_PROGRAM("nc");
  std::ofstream(path("question")) << "what is the answer?\n";
  const auto outcome = with_script({"echo"}, R"sh(
    nc -N -w 10 10.0.0.4 7 < question > answer
    cmp question answer)sh");
  FOURTUPLE_EXPECT_SUCCESS(outcome);
  const std::string shell = "printf 'over there\\n' | nc -N -w 10 10.0.0.4 7000";
  const auto listening = run({"sh", "-c",
                              "printf 'over here\\n' | " + fourtuple_binary() + " nc -l 7000 -- sh -c \"" + shell +
                                  " > " + path("heard") + "\" 2>/dev/null; cat " + path("heard")});
  EXPECT_EQ(listening.code, 0) << listening.output;
  EXPECT_EQ(listening.output, "over there\nover here\n");
}

TEST_F(Programs, OurPingIsAnsweredByTheKernel) {
  const auto outcome = run_fourtuple({"ping", "-c", "3", "-i", "0.1", "-s", "20000", "10.0.0.5"});
  FOURTUPLE_EXPECT_SUCCESS(outcome);
  EXPECT_NE(outcome.output.find("3 packets transmitted, 3 received, 0% packet loss"), std::string::npos)
      << outcome.output;
}

TEST_F(Programs, PingOfNobodyFails) {
  const auto outcome = run_fourtuple({"ping", "-c", "1", "10.0.0.77"});
  if (outcome.code == 77) GTEST_SKIP() << outcome.output;
  EXPECT_EQ(outcome.code, 1) << outcome.output;
}

TEST_F(Programs, NetstatShowsListenerAndConnectionAsTheKernelsDoes) {
  in_world_of(all_wires().front(), {"serve", "/"}, [](Background& program) {
    auto client = KernelSocket::connect(80);
    ASSERT_TRUE(client.ok());
    client.send("GET");
    const std::string pid = std::to_string(program.pid());
    std::string table;
    for (int i = 0; i < 50 && table.find("ESTABLISHED") == std::string::npos; ++i)
      table = run_fourtuple({"netstat", "-tan", "--pid", pid}).output;
    EXPECT_EQ(table.find("Active Internet connections (servers and established)\n"
                         "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"),
              0U)
        << table;
    EXPECT_NE(table.find("tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"),
              std::string::npos)
        << table;
    EXPECT_NE(table.find("10.0.0.4:80             10.0.0.5:"), std::string::npos) << table;
    EXPECT_NE(run_fourtuple({"ss", "-tan", "--pid", pid}).output.find("ESTAB"), std::string::npos);
  });
}

TEST_F(Programs, InWorldReachesTheProgramFromOutside) {
  Background program({fourtuple_binary(), "echo"}, "over ");
  if (!program.is_ready() && program.exit_code() == 77) GTEST_SKIP() << program.said();
  const auto outcome =
      run_fourtuple({"in-world", "--pid", std::to_string(program.pid()), "--", "cat", "/proc/net/dev"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("0:"), std::string::npos) << outcome.output;
}

TEST_F(Programs, AKilledProgramLeavesNothingAndAClientOfItIsReset) {
  const auto leftovers = [] {
    std::ifstream sockets("/proc/net/unix");
    std::stringstream text;
    text << sockets.rdbuf();
    return text.str();
  };
  std::string pid;
  {
    Background program({fourtuple_binary(), "echo"}, "over ");
    if (!program.is_ready() && program.exit_code() == 77) GTEST_SKIP() << program.said();
    pid = std::to_string(program.pid());
    EXPECT_NE(leftovers().find("@fourtuple/" + pid), std::string::npos);
    program.kill_hard();
  }
  EXPECT_EQ(leftovers().find("@fourtuple/" + pid + "\n"), std::string::npos);
  EXPECT_FALSE(fs::exists("/sys/class/net/ours0"));
}

class Demo : public ::testing::TestWithParam<const char*> {};

TEST_P(Demo, ShowsPingPageBothTablesAndTheLadder) {
  const auto outcome = run_fourtuple({"demo", std::string("--link=") + GetParam()});
  FOURTUPLE_EXPECT_SUCCESS(outcome);
  for (const char* expected : {"0% packet loss", "Hello from a TCP/IP stack in user space.", "LISTEN",
                               "10.0.0.4:80             10.0.0.5:", "ESTABLISHED", "SYN-RECEIVED"})
    EXPECT_NE(outcome.output.find(expected), std::string::npos) << expected << " is missing in:\n" << outcome.output;
}
INSTANTIATE_TEST_SUITE_P(Link, Demo, ::testing::Values("tap", "veth", "mem"));

TEST(Demo, WritesACaptureThatOthersRead) {
  const std::string file =
      (fs::temp_directory_path() / ("fourtuple-demo-" + std::to_string(::getpid()) + ".pcap")).string();
  const auto outcome = run_fourtuple({"demo", "--pcap", file});
  FOURTUPLE_EXPECT_SUCCESS(outcome);
  EXPECT_GT(fs::file_size(file), 500U);
  if (has_program("tcpdump")) {
    EXPECT_NE(run({"tcpdump", "-nr", file}).output.find("10.0.0.4.80 > 10.0.0.5"), std::string::npos);
  }
  fs::remove(file);
}

}  // namespace
}  // namespace fourtuple::interop
