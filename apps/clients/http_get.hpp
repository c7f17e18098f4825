// The smallest HTTP client, over our sockets or the kernel's: both have Asio's shape.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>

#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::apps {

// What follows the head of a response.
[[nodiscard]] inline std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}

// The whole response to GET /, head and body, with `socket` not yet open. Blocks until the server closes; at most
// `limit` octets.
template <class Socket>
[[nodiscard]] SetupResult<std::string> http_get(Socket& socket, Ipv4Address host, Port port,
                                                std::size_t limit = std::size_t{1} << 20) {
  boost::system::error_code error;
  const auto explain = [&](const char* what) {
    return failure(SetupError{.cause = std::string(what) + ": " + error.message(), .cure = "is the server running?"});
  };
  socket.connect({boost::asio::ip::make_address_v4(host.value), port}, error);
  if (error) return explain("cannot connect");
  const std::string request = "GET / HTTP/1.1\r\nHost: " + to_string(host) + "\r\nConnection: close\r\n\r\n";
  boost::asio::write(socket, boost::asio::buffer(request), error);
  if (error) return explain("cannot send the request");
  std::string response;
  std::string piece(16384, '\0');
  while (!error && response.size() < limit) {
    const std::size_t size = socket.read_some(boost::asio::buffer(piece), error);
    response.append(piece, 0, size);
  }
  if (error && error != boost::asio::error::eof) return explain("no whole answer");
  return response;
}

}  // namespace fourtuple::apps
