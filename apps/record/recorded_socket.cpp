#include "apps/record/recorded_socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace fourtuple::record {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr auto kAnswer = asio::as_tuple(asio::use_awaitable);

std::string error_result(const ErrorCode& error) { return fmt::format("\"ERR {}\"", error.message()); }

std::string result_of(const ErrorCode& error) { return error ? error_result(error) : "null"; }

std::string result_of(const ErrorCode& error, std::size_t size) {
  if (error == asio::error::eof) return "0";
  return error ? error_result(error) : std::to_string(size);
}

std::string peer_of(const tcp::socket& socket) {
  ErrorCode error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? error_result(error) : fmt::format("\"{}:{}\"", peer.address().to_string(), peer.port());
}

}  // namespace

std::int64_t wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

HeardCall call_on(int number, std::int64_t start, std::string_view name, std::string argument, std::string result) {
  HeardCall call;
  call.start = start;
  call.took = wall_clock() - start;
  call.socket = static_cast<std::uint64_t>(number);
  call.fd = number;
  call.name = name;
  call.argument = std::move(argument);
  call.result = std::move(result);
  return call;
}

void OwnSockets::add(HeardCall call) {
  call.who = "server";
  if (heard_.calls.size() < kMaxCalls) {
    heard_.calls.push_back(std::move(call));
  } else {
    ++heard_.left_out;
  }
}

void OwnSockets::close(int number) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  const std::int64_t start = wall_clock();
  ErrorCode error;
  found->second->close(error);
  open_.erase(found);
  add(call_on(number, start, "close", "null", result_of(error)));
}

void OwnSockets::close_all() {
  while (!open_.empty()) close(open_.begin()->first);
}

RecordedSocket::RecordedSocket(tcp::socket socket, std::shared_ptr<OwnSockets> all, int listener)
    : socket_(std::make_unique<tcp::socket>(std::move(socket))), all_(std::move(all)), number_(all_->new_number()) {
  HeardCall accept = call_on(listener, wall_clock(), "accept", "null", peer_of(*socket_));
  accept.opened = static_cast<std::uint64_t>(number_);
  accept.opened_fd = number_;
  all_->add(std::move(accept));
  all_->opened(number_, *socket_);
}

RecordedSocket::~RecordedSocket() {
  if (socket_) all_->close(number_);
}

asio::awaitable<RecordedSocket::Transfer> RecordedSocket::read_some(asio::mutable_buffer buffer) {
  const std::int64_t start = wall_clock();
  const auto [error, size] = co_await socket_->async_read_some(buffer, kAnswer);
  add(start, "recv", fmt::format(R"({{"max":{},"flags":0}})", buffer.size()), result_of(error, size));
  co_return Transfer{error, size};
}

asio::awaitable<bool> RecordedSocket::write(std::string_view octets) {
  while (!octets.empty()) {
    const std::int64_t start = wall_clock();
    const asio::const_buffer buffer(octets.data(), octets.size());
    const auto [error, size] = co_await socket_->async_write_some(buffer, kAnswer);
    add(start, "send", fmt::format(R"({{"len":{},"flags":0}})", octets.size()), result_of(error, size));
    if (error) co_return false;
    octets.remove_prefix(size);
  }
  co_return true;
}

void RecordedSocket::set_no_delay() {
  const std::int64_t start = wall_clock();
  ErrorCode error;
  socket_->set_option(tcp::no_delay(true), error);
  add(start, "setsockopt", "\"TCP_NODELAY=1\"", result_of(error));
}

void RecordedSocket::add(std::int64_t start, std::string_view name, std::string argument, std::string result) {
  all_->add(call_on(number_, start, name, std::move(argument), std::move(result)));
}

}  // namespace fourtuple::record
