// The kernel's TCP against ours, over every kind of link.
#include <cerrno>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "tests/interop/kernel_socket.hpp"
#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

class OverEveryWire : public ::testing::TestWithParam<Wire> {
 protected:
  void beside(std::vector<std::string> arguments, const std::function<void(Background&)>& body) {
    in_world_of(GetParam(), std::move(arguments), body);
  }
};

constexpr std::uint16_t kEcho = 7;
constexpr std::uint16_t kControl = 8;
constexpr std::uint16_t kClosed = 9;

// One line to the echo server's control port, one line back.
std::string ask(KernelSocket& control, const std::string& command) {
  control.send(command + "\n");
  std::string answer;
  while (!answer.ends_with('\n')) {
    const std::string more = control.receive(1);
    if (more.empty()) break;
    answer += more;
  }
  return answer;
}

// Waits, for at most ten seconds, until the echo server has `count` connections.
std::string wait_for_count(KernelSocket& control, const std::string& count) {
  std::string answer;
  for (int i = 0; i < 1000 && answer != "STAT echo=" + count + "\n"; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    answer = ask(control, "STAT");
  }
  return answer;
}

TEST_P(OverEveryWire, BytesComeBackInOrderAndTheStreamEndsAfterOurFin) {
  beside({"echo"}, [](Background&) {
    auto socket = KernelSocket::connect(kEcho);
    ASSERT_TRUE(socket.ok()) << socket.error();
    const std::string sent = pattern(std::size_t{8} << 20);
    std::jthread writer([&] {
      socket.send(sent);
      socket.end_sending();
    });
    EXPECT_TRUE(socket.receive_all(sent.size()) == sent);
    EXPECT_EQ(socket.receive(), "");
    EXPECT_EQ(socket.error(), 0);
  });
}

TEST_P(OverEveryWire, ClosedPortRefusesAtOnce) {
  beside({"echo"}, [](Background&) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(KernelSocket::connect(kClosed).error(), ECONNREFUSED);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  });
}

TEST_P(OverEveryWire, AThousandConnectionsLiveAtOnce) {
  beside({"echo"}, [](Background&) {
    std::vector<KernelSocket> sockets;
    for (int i = 0; i < 1000; ++i) {
      sockets.push_back(KernelSocket::connect(kEcho));
      ASSERT_TRUE(sockets.back().ok()) << i << ": errno " << sockets.back().error();
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) sockets[i].send("hello " + std::to_string(i));
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const std::string expected = "hello " + std::to_string(i);
      ASSERT_EQ(sockets[i].receive_all(expected.size()), expected);
    }
    auto control = KernelSocket::connect(kControl);
    EXPECT_EQ(wait_for_count(control, "1000"), "STAT echo=1000\n");
    sockets.clear();
    EXPECT_EQ(wait_for_count(control, "0"), "STAT echo=0\n");
  });
}

TEST_P(OverEveryWire, ControlPortShutsHalfAndGoesOnReading) {
  beside({"echo"}, [](Background&) {
    auto socket = KernelSocket::connect(kEcho);
    auto control = KernelSocket::connect(kControl);
    socket.send("a");
    EXPECT_EQ(socket.receive_all(1), "a");
    control.send("SHUT\n");
    EXPECT_EQ(socket.receive(), "");
    EXPECT_TRUE(socket.send(pattern(100000)));  // taken, and not echoed
    EXPECT_EQ(wait_for_count(control, "1"), "STAT echo=1\n");
    socket.end_sending();
    EXPECT_EQ(wait_for_count(control, "0"), "STAT echo=0\n");
  });
}

TEST_P(OverEveryWire, ControlPortSaysGoodbye) {
  beside({"echo"}, [](Background&) {
    auto socket = KernelSocket::connect(kEcho);
    auto control = KernelSocket::connect(kControl);
    socket.send("a");
    EXPECT_EQ(socket.receive_all(1), "a");
    control.send("BYE\n");
    EXPECT_EQ(socket.receive(), "");
    EXPECT_EQ(socket.error(), 0);
    EXPECT_EQ(wait_for_count(control, "0"), "STAT echo=0\n");
  });
}

TEST_P(OverEveryWire, ControlPortConnectsActively) {
  beside({"echo"}, [](Background&) {
    auto listener = KernelSocket::listen(7100);
    ASSERT_TRUE(listener.ok());
    auto control = KernelSocket::connect(kControl);
    EXPECT_EQ(ask(control, "CONNECT 10.0.0.5 7100"), "OK\n");
    auto socket = listener.accept();
    ASSERT_TRUE(socket.ok());
    socket.send("called");
    EXPECT_EQ(socket.receive_all(6), "called");
    EXPECT_EQ(ask(control, "CONNECT 10.0.0.5 7101"), "ERR ECONNREFUSED\n");
  });
}

TEST_P(OverEveryWire, AResetEndsTheConnectionOnTheOtherSide) {
  beside({"echo"}, [](Background&) {
    auto control = KernelSocket::connect(kControl);
    auto socket = KernelSocket::connect(kEcho);
    EXPECT_EQ(wait_for_count(control, "1"), "STAT echo=1\n");
    socket.abort();
    EXPECT_EQ(wait_for_count(control, "0"), "STAT echo=0\n");
  });
}

TEST_P(OverEveryWire, OneAfterTheOtherTwoThousandTimes) {
  beside({"echo"}, [](Background&) {
    for (int i = 0; i < 2000; ++i) {
      auto socket = KernelSocket::connect(kEcho);
      ASSERT_TRUE(socket.ok()) << i << ": errno " << socket.error();
      socket.send("x");
      ASSERT_EQ(socket.receive_all(1), "x") << i;
    }
  });
}

TEST_P(OverEveryWire, PerfServerDiscardsSendsAndEchoes) {
  beside({"perf-server"}, [](Background&) {
    auto discard = KernelSocket::connect(5009);
    EXPECT_TRUE(discard.send(std::string(std::size_t{64} << 20, 'x')));
    auto source = KernelSocket::connect(5019);
    EXPECT_EQ(source.receive_all(std::size_t{64} << 20).size(), std::size_t{64} << 20);
    auto echo = KernelSocket::connect(5007);
    for (int i = 0; i < 100; ++i) {
      echo.send("p");
      ASSERT_EQ(echo.receive_all(1), "p");
    }
  });
}

TEST_P(OverEveryWire, AProgramWithNothingToDoUsesNoProcessor) {
  beside({"echo"}, [](Background& program) {
    std::vector<KernelSocket> idle;
    for (int i = 0; i < 200; ++i) idle.push_back(KernelSocket::connect(kEcho));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double before = program.cpu_seconds();
    std::this_thread::sleep_for(std::chrono::seconds(3));
    EXPECT_LE(program.cpu_seconds() - before, 0.06);
  });
}

INSTANTIATE_TEST_SUITE_P(Wire, OverEveryWire, ::testing::ValuesIn(all_wires()),
                         [](const auto& wire) { return std::string(wire.param.name); });

// A bad wire: losses, disorder and doubles in both directions.
TEST(OverABadWire, EveryByteArrivesAllTheSame) {
  const Wire wire{"Bad", {"--link=tap", "--wire", "loss 5%; reorder 20%; duplicate 5%"}};
  in_world_of(wire, {"echo"}, [](Background&) {
    auto socket = KernelSocket::connect(kEcho);
    ASSERT_TRUE(socket.ok()) << socket.error();
    const std::string sent = pattern(std::size_t{2} << 20);
    std::jthread writer([&] {
      socket.send(sent);
      socket.end_sending();
    });
    EXPECT_TRUE(socket.receive_all(sent.size()) == sent);
    EXPECT_EQ(socket.receive(), "");
  });
}

}  // namespace
}  // namespace fourtuple::interop
