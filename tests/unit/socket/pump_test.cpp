// Sockets on an io_context that the program runs, in real time: what handlers may do to the pump that runs them.
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>

#include "drivers/memory/memory.hpp"
#include "fourtuple/raw.hpp"
#include "fourtuple/runtime.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::test {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

class Pumped : public ::testing::Test {
 protected:
  Pumped() {
    attach(*near, 0, Ipv4Address::from_octets(10, 0, 0, 4));
    attach(far, 1, Ipv4Address::from_octets(10, 0, 0, 5));
    far.start_thread();
  }
  void attach(Runtime& runtime, int side, Ipv4Address address) {
    InterfaceConfig config;
    config.mac = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(address.value)}};
    config.address = {address, 24};
    runtime.attach(wire.end(side), config);
  }
  static RuntimeOptions options() {
    RuntimeOptions chosen;
    chosen.drain_on_exit = std::chrono::milliseconds(100);
    return chosen;
  }
  // Connects `client` (far) with the socket it answers (near).
  tcp::socket connect(tcp::socket& client) {
    tcp::acceptor acceptor(io, *near, {tcp::v4(), 80});
    tcp::socket server(io, *near);
    client.async_connect({asio::ip::make_address("10.0.0.4"), 80}, [](ErrorCode) {});
    acceptor.async_accept(server, [](ErrorCode) {});
    io.run();
    io.restart();
    EXPECT_TRUE(server.is_open());
    return server;
  }

  BufferPool pool;
  MemoryWire wire = *MemoryWire::open({.real_time = true}, pool);
  asio::io_context io;
  std::unique_ptr<Runtime> near = std::make_unique<Runtime>(io, options());
  Runtime far{options()};
};

TEST_F(Pumped, RunReturnsWhenNoOperationIsPending) {
  tcp::socket client(io, far);
  tcp::socket server = connect(client);
  char octet = 0;
  bool done = false;
  server.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode, std::size_t) { done = true; });
  client.write_some(asio::buffer("x", 1));
  io.run();
  EXPECT_TRUE(done);
}

TEST_F(Pumped, SurvivesAHandlerThatThrows) {
  tcp::socket client(io, far);
  tcp::socket server = connect(client);
  char octet = 0;
  server.async_read_some(asio::buffer(&octet, 1), [](ErrorCode, std::size_t) { throw std::runtime_error("handler"); });
  client.write_some(asio::buffer("x", 1));
  EXPECT_THROW(io.run(), std::runtime_error);
  bool done = false;
  server.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode, std::size_t) { done = true; });
  client.write_some(asio::buffer("y", 1));
  io.restart();
  io.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(octet, 'y');
}

TEST_F(Pumped, SurvivesAHandlerThatEndsTheRuntime) {
  tcp::socket client(io, far);
  tcp::socket server = connect(client);
  char octet = 0;
  ErrorCode second;
  server.async_read_some(asio::buffer(&octet, 1), [&](ErrorCode, std::size_t) {
    server.async_wait(tcp::socket::wait_read, [&](ErrorCode error) { second = error; });
    near.reset();
  });
  client.write_some(asio::buffer("x", 1));
  io.run();
  EXPECT_EQ(second, asio::error::operation_aborted);
  ErrorCode error;
  server.write_some(asio::buffer("x", 1), error);
  EXPECT_EQ(error, asio::error::bad_descriptor);
}

TEST_F(Pumped, MovesBulkWhileBothSidesWrite) {
  tcp::socket client(io, far);
  tcp::socket server = connect(client);
  const std::string data(3000000, 'd');
  std::string to_server(data.size(), '\0');
  std::string to_client(data.size(), '\0');
  asio::async_write(client, asio::buffer(data), [](ErrorCode, std::size_t) {});
  asio::async_write(server, asio::buffer(data), [](ErrorCode, std::size_t) {});
  asio::async_read(client, asio::buffer(to_client), [](ErrorCode, std::size_t) {});
  asio::async_read(server, asio::buffer(to_server), [](ErrorCode, std::size_t) {});
  io.run();
  EXPECT_TRUE(to_server == data);
  EXPECT_TRUE(to_client == data);
}

TEST_F(Pumped, PingsThroughTheIcmpSocket) {
  icmp::socket pinger(io, *near);
  constexpr std::array<std::uint8_t, 8> kEcho{8, 0, 0xf7, 0xf7, 0, 7, 0, 1};
  std::array<std::uint8_t, 100> reply{};
  icmp::endpoint from;
  std::size_t size = 0;
  pinger.async_receive_from(asio::buffer(reply), from, [&](ErrorCode, std::size_t count) { size = count; });
  pinger.send_to(asio::buffer(kEcho), icmp::endpoint(asio::ip::make_address("10.0.0.5"), 0));
  io.run();
  EXPECT_EQ(size, 28U);
  EXPECT_EQ(reply[20], 0);
  EXPECT_EQ(from.address().to_string(), "10.0.0.5");
}

}  // namespace
}  // namespace fourtuple::test
