// UDP ping-pong between two stacks in one process, joined by a wire in memory: nothing to set up, no rights needed.
//
//   ./example_udp_ping_pong
#include <array>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <string>
#include <thread>

#include "drivers/memory/memory.hpp"
#include "fourtuple/runtime.hpp"
#include "fourtuple/udp.hpp"

namespace asio = boost::asio;
namespace udp = fourtuple::udp;

constexpr fourtuple::Port kPort = 5000;
constexpr int kRounds = 5;

fourtuple::InterfaceConfig host(std::uint8_t number) {
  return {.name = "ft0",
          .mac = {{2, 0, 0, 0, 0, number}},
          .address = {fourtuple::Ipv4Address::from_octets(10, 0, 0, number), 24}};
}

// Sends back each datagram with one more word in it.
void pong(udp::socket& socket) {
  std::array<char, 1500> datagram{};
  for (int round = 0; round < kRounds; ++round) {
    udp::endpoint from;
    const std::size_t size = socket.receive_from(asio::buffer(datagram), from);
    const std::string answer = std::string(datagram.data(), size) + " pong";
    socket.send_to(asio::buffer(answer), from);
  }
}

void ping(fourtuple::Runtime& stack, const udp::endpoint& opponent) {
  asio::io_context io;
  udp::socket socket(io, stack, {udp::v4(), 0});  // port 0: any
  std::array<char, 1500> answer{};
  for (int round = 1; round <= kRounds; ++round) {
    socket.send_to(asio::buffer("ping " + std::to_string(round)), opponent);
    const std::size_t size = socket.receive(asio::buffer(answer));
    std::cout << std::string(answer.data(), size) << "\n";
  }
}

int main() {
  // 1. Two stacks, and the wire between them.
  fourtuple::Runtime left;
  fourtuple::Runtime right;
  auto wire = fourtuple::MemoryWire::open({.real_time = true}, left.buffers());
  if (!wire) {
    std::cerr << wire.error().cause << "; " << wire.error().cure << "\n";
    return 1;
  }
  left.attach(wire->end(0), host(4));
  right.attach(wire->end(1), host(5));

  // 2. Each is driven by a thread of its own.
  left.start_thread();
  right.start_thread();

  // 3. Two players with plain blocking calls. The one who answers has a port before the other one serves.
  asio::io_context io;  // names the socket's place; with blocking calls nobody has to run it
  udp::socket opponent(io, left, {udp::v4(), kPort});
  std::jthread player([&opponent] { pong(opponent); });
  ping(right, {asio::ip::make_address("10.0.0.4"), kPort});
}
