// Ping over a raw ICMP socket, ours or the kernel's: both have Asio's shape.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/clients/echo_message.hpp"
#include "apps/clients/ping_report.hpp"
#include "apps/programs/sessions.hpp"

namespace fourtuple::apps {

struct PingPlan {
  Ipv4Address host;
  std::uint32_t count = 4;
  std::size_t payload_bytes = 56;
  Duration interval = std::chrono::seconds(1);
  Duration patience = std::chrono::seconds(1);  // for the last answer
  std::uint16_t id = 0;
};

template <class Socket>
class Pinger : public std::enable_shared_from_this<Pinger<Socket>> {
 public:
  using Print = std::function<void(const std::string&)>;
  using Endpoint = boost::asio::ip::icmp::endpoint;

  Pinger(Socket socket, PingPlan plan, Print print)
      : socket_(std::move(socket)),
        pause_(socket_.get_executor()),
        plan_(plan),
        print_(std::move(print)),
        report_(plan.host, plan.payload_bytes),
        sent_at_(plan.count),
        answered_(plan.count) {}

  // Answers how many requests were answered.
  boost::asio::awaitable<std::uint32_t> run() {
    const auto start = Clock::now();
    print_(report_.head());
    boost::asio::co_spawn(socket_.get_executor(), listen(this->shared_from_this()), boost::asio::detached);
    for (std::uint32_t i = 0; i < plan_.count; ++i) {
      send(i);
      const bool is_last = i + 1 == plan_.count;
      if (!is_last || !answered_[i]) co_await sleep(is_last ? plan_.patience : plan_.interval);
    }
    ErrorCode ignored;
    socket_.close(ignored);
    print_(report_.summary(std::chrono::duration_cast<Duration>(Clock::now() - start)));
    co_return report_.answers();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void send(std::uint32_t number) {
    const auto sequence = static_cast<std::uint16_t>(number + 1);
    const auto request = echo_request(plan_.id, sequence, plan_.payload_bytes);
    const Endpoint to(boost::asio::ip::make_address_v4(plan_.host.value), 0);
    ErrorCode error;
    sent_at_[number] = Clock::now();
    socket_.send_to(boost::asio::buffer(request), to, 0, error);
    report_.sent();
    if (error) print_(report_.failed(sequence, error.message()));
  }

  boost::asio::awaitable<void> sleep(Duration time) {
    pause_.expires_after(std::chrono::duration_cast<Clock::duration>(time));
    co_await pause_.async_wait(kAsTuple);
  }

  static boost::asio::awaitable<void> listen(std::shared_ptr<Pinger> self) {
    std::vector<std::uint8_t> packet(65536);
    Endpoint from;
    for (;;) {
      const auto [error, size] = co_await self->socket_.async_receive_from(boost::asio::buffer(packet), from, kAsTuple);
      if (error == boost::asio::error::operation_aborted) co_return;
      if (error) {
        self->print_(self->report_.failed(0, error.message()));
      } else if (const auto reply = parse_echo_reply(ByteView(packet.data(), size), self->plan_.id)) {
        self->take(*reply);
      }
    }
  }

  void take(const EchoReply& reply) {
    const std::size_t number = static_cast<std::size_t>(reply.sequence) - 1;
    if (number >= sent_at_.size() || sent_at_[number] == Clock::time_point{}) return;
    const auto round_trip = std::chrono::duration_cast<Duration>(Clock::now() - sent_at_[number]);
    print_(report_.answered(reply, round_trip, answered_[number]));
    answered_[number] = true;
    if (number + 1 == plan_.count) pause_.cancel();
  }

  Socket socket_;
  boost::asio::steady_timer pause_;
  PingPlan plan_;
  Print print_;
  PingReport report_;
  std::vector<Clock::time_point> sent_at_;
  std::vector<bool> answered_;
};

}  // namespace fourtuple::apps
