// One client of the web server: requests in, files out, uploads in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/http/answers.hpp"
#include "apps/http/request_parser.hpp"
#include "apps/http/site.hpp"
#include "fourtuple/tcp.hpp"

namespace fourtuple::apps::http {

class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(tcp::socket socket, std::shared_ptr<Site> site);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until either side has had enough. The caller keeps this object alive.
  boost::asio::awaitable<void> run();
  // Ends run() soon where nothing has moved for too long.
  void close_if_late(Clock::time_point now);

 private:
  using Done = bool (RequestParser::*)() const;
  using ErrorCode = boost::system::error_code;

  // One request and its answer; false when the connection is over, politely or not.
  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<bool> receive(Done done);
  boost::asio::awaitable<bool> receive_body();
  boost::asio::awaitable<bool> send(Answer& answer);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  boost::asio::awaitable<void> say_farewell();

  [[nodiscard]] bool feed(std::string_view bytes, Done done);
  // What is to be done with the body that follows; an answer where that is clear before it has come.
  [[nodiscard]] std::optional<Answer> prepare();
  // Precondition: the body is complete.
  [[nodiscard]] Answer conclude();
  [[nodiscard]] bool is_upload() const;
  void touch() { deadline_ = Clock::now() + Site::kPatience; }

  tcp::socket socket_;
  std::shared_ptr<Site> site_;
  RequestParser parser_;
  std::optional<Upload> upload_;
  std::string unparsed_;    // read, and not taken by the parser yet
  int refused_status_ = 0;  // what the parser thinks of the input; 0: nothing bad
  Clock::time_point deadline_;
};

}  // namespace fourtuple::apps::http
