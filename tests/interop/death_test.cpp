// What is left when one side dies without a word, on a TAP device that outlives both.
#include <cerrno>
#include <gtest/gtest.h>
#include <iostream>

#include "apps/report.hpp"
#include "apps/world/namespaces.hpp"
#include "drivers/interface.hpp"
#include "drivers/tap/tap.hpp"
#include "tests/interop/kernel_socket.hpp"
#include "tests/interop/world.hpp"

namespace fourtuple::interop {
namespace {

constexpr const char* kDevice = "ftlast";
constexpr std::uint16_t kEcho = 7;

// A network with a persistent device, the kernel's end at 10.0.0.5.
SetupResult<interface::Unit> make_network() {
  if (const auto entered = apps::enter_private_network(); !entered) return failure(entered.error());
  BufferPool pool;
  const auto device = TapDriver::open({.name = kDevice, .persist = true}, pool);
  if (!device) return failure(device.error());
  if (auto done = interface::set_ipv4(kDevice, *Ipv4Prefix::parse("10.0.0.5/24")); !done) return done;
  return interface::set_up(kDevice);
}

std::vector<std::string> echo_on_the_device() {
  return {fourtuple_binary(), "echo", "--tap", kDevice, "--addr", "10.0.0.4/24"};
}

void in_network(const std::function<void()>& body) {
  apart([&] {
    if (const auto made = make_network(); !made) {
      std::cout << apps::one_line(made.error());
      return kSkipped;
    }
    body();
    return 0;
  });
}

std::string exchange(KernelSocket& socket, const std::string& text) {
  socket.send(text);
  return socket.receive_all(text.size());
}

TEST(KilledStack, ItsSuccessorResetsTheConnectionsItDoesNotKnow) {
  in_network([] {
    auto first = std::make_unique<Background>(echo_on_the_device(), "over ");
    auto socket = KernelSocket::connect(kEcho);
    ASSERT_EQ(exchange(socket, "before"), "before") << first->said();
    first->kill_hard();
    socket.send("nobody listens");
    Background second(echo_on_the_device(), "over ");
    EXPECT_EQ(socket.receive(), "");
    EXPECT_EQ(socket.error(), ECONNRESET);
    auto another = KernelSocket::connect(kEcho);
    EXPECT_EQ(exchange(another, "after"), "after") << second.said();
  });
}

TEST(KilledStack, LeavesAPersistentDeviceUsable) {
  in_network([] {
    for (int i = 0; i < 3; ++i) {
      Background program(echo_on_the_device(), "over ");
      auto socket = KernelSocket::connect(kEcho);
      EXPECT_EQ(exchange(socket, "again"), "again") << program.said();
      program.kill_hard();
    }
    EXPECT_TRUE(interface::exists(kDevice));
  });
}

TEST(TwoStacks, CannotShareATapDevice) {
  in_network([] {
    Background first(echo_on_the_device(), "over ");
    ASSERT_TRUE(first.is_ready()) << first.said();
    const auto second = run(echo_on_the_device());
    EXPECT_EQ(second.code, 1);
    EXPECT_NE(second.output.find(kDevice), std::string::npos) << second.output;
    auto socket = KernelSocket::connect(kEcho);
    EXPECT_EQ(exchange(socket, "still here"), "still here");
  });
}

TEST(KernelsAddress, IsNotTakenByOurStack) {
  in_network([] {
    auto command = echo_on_the_device();
    command.back() = "10.0.0.5/24";
    const auto outcome = run(command);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.output.find("the kernel itself has 10.0.0.5"), std::string::npos) << outcome.output;
  });
}

}  // namespace
}  // namespace fourtuple::interop
