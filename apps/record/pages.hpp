// The web server of a recording: pages of any length, and uploads that are read and thrown away.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>

#include "apps/record/recorded_socket.hpp"

namespace fourtuple::record {

// Lines of text, without end, cut after `octets`.
[[nodiscard]] std::string pattern(std::size_t octets);

// GET / answers a short page, GET /N a page of N octets, PUT and POST how much they brought.
boost::asio::awaitable<void> serve_pages(RecordedSocket socket);

}  // namespace fourtuple::record
