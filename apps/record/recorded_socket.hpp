// A connection of our stack whose calls are written down, as the preloaded object does it for the kernel's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "apps/record/heard_call.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::record {

// Nanoseconds since 1970-01-01 00:00 UTC.
[[nodiscard]] std::int64_t wall_clock();

// A call on one of our sockets that began at `start` and has just ended.
[[nodiscard]] HeardCall call_on(int number, std::int64_t start, std::string_view name, std::string argument,
                                std::string result);

// The sockets of our own services, and the calls that were made on them.
class OwnSockets {
 public:
  // A number for a new socket; it is its descriptor and its name at once.
  [[nodiscard]] int new_number() { return next_number_++; }
  void add(HeardCall call);
  [[nodiscard]] const HeardCalls& heard() const { return heard_; }

  void opened(int number, tcp::socket& socket) { open_[number] = &socket; }
  // Where it is still open.
  void close(int number);
  void close_all();
  [[nodiscard]] bool are_all_closed() const { return open_.empty(); }

 private:
  int next_number_ = 3;  // as if after the three standard streams
  HeardCalls heard_;
  std::map<int, tcp::socket*> open_;
};

class RecordedSocket {
 public:
  struct Transfer {
    boost::system::error_code error;
    std::size_t size = 0;
  };

  // A connection that the listener with this number has just given out.
  RecordedSocket(tcp::socket socket, std::shared_ptr<OwnSockets> all, int listener);
  RecordedSocket(RecordedSocket&& other) noexcept = default;
  RecordedSocket& operator=(RecordedSocket&&) = delete;
  // Closes it.
  ~RecordedSocket();

  // As much as there is; eof at the end of the stream.
  boost::asio::awaitable<Transfer> read_some(boost::asio::mutable_buffer buffer);
  // All of it, in as many calls as it takes; false where the connection ended.
  boost::asio::awaitable<bool> write(std::string_view octets);
  void set_no_delay();

 private:
  void add(std::int64_t start, std::string_view name, std::string argument, std::string result);

  std::unique_ptr<tcp::socket> socket_;  // where `all_` can find it; empty: moved from
  std::shared_ptr<OwnSockets> all_;
  int number_;
};

}  // namespace fourtuple::record
