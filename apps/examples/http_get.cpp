// HTTP GET with coroutines: Asio's own reading and writing, over sockets of our stack.
//
//   sudo ip tuntap add tap0 mode tap user $USER
//   sudo ip addr add 10.0.0.5/24 dev tap0 && sudo ip link set tap0 up
//   python3 -m http.server --bind 10.0.0.5 8000 &
//   ./example_http_get tap0 10.0.0.4/24 10.0.0.5 8000 /
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "drivers/tap/tap.hpp"
#include "fourtuple/runtime.hpp"
#include "fourtuple/tcp.hpp"

namespace asio = boost::asio;
namespace tcp = fourtuple::tcp;  // in place of boost::asio::ip::tcp: that is all there is to change

// Connects, asks, and reads to the end of the stream. Errors arrive as exceptions, as Asio's coroutines have it.
asio::awaitable<std::string> get(tcp::endpoint server, std::string host, std::string path) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);

  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);

  std::string response;
  boost::system::error_code end;  // the server closes when it has sent everything: that is no failure
  co_await asio::async_read(socket, asio::dynamic_buffer(response), asio::redirect_error(asio::use_awaitable, end));
  if (end != asio::error::eof) throw boost::system::system_error(end, "read");
  co_return response;
}

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: " << argv[0] << " TAP ADDRESS/LENGTH SERVER PORT PATH\n";
    return 2;
  }
  const auto address = fourtuple::Ipv4Prefix::parse(argv[2]);
  if (!address) {
    std::cerr << "'" << argv[2] << "' is not an address with its prefix length, such as 10.0.0.4/24\n";
    return 2;
  }

  // 1. An event loop, and a stack that it drives.
  asio::io_context io;
  fourtuple::Runtime runtime(io);

  // 2. The stack's link: Ethernet frames to and from the kernel.
  auto tap = fourtuple::TapDriver::open({.name = argv[1]}, runtime.buffers());
  if (!tap) {
    std::cerr << tap.error().cause << "; " << tap.error().cure << "\n";
    return 1;
  }
  runtime.attach(std::move(*tap), {.name = "ft0", .mac = {{2, 0, 0, 0, 0, 4}}, .address = *address});

  // 3. The program.
  int code = 1;
  try {
    const tcp::endpoint server(asio::ip::make_address(argv[3]), static_cast<fourtuple::Port>(std::atoi(argv[4])));
    asio::co_spawn(io, get(server, argv[3], argv[5]), [&](std::exception_ptr failed, const std::string& response) {
      if (failed) std::rethrow_exception(failed);
      std::cout << response;
      code = 0;
    });
    io.run();  // ends when nothing of the program is pending any more
  } catch (const std::exception& error) {
    std::cerr << "no page: " << error.what() << "\n";
  }
  return code;
}
