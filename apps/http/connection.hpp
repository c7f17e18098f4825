// One client of the web server: requests in, files out, uploads in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "apps/http/range.hpp"
#include "apps/http/request_parser.hpp"
#include "apps/http/response.hpp"
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

  boost::asio::awaitable<bool> read_until(Done done);
  [[nodiscard]] bool feed(std::string_view bytes, Done done);
  boost::asio::awaitable<void> answer_and_leave(int status);
  boost::asio::awaitable<bool> answer();
  boost::asio::awaitable<bool> answer_download();
  boost::asio::awaitable<bool> answer_upload();
  boost::asio::awaitable<bool> receive_body();
  boost::asio::awaitable<bool> send_folder(const OpenFile& folder, const std::string& path);
  boost::asio::awaitable<bool> send_file(const OpenFile& file, const std::string& path);
  boost::asio::awaitable<bool> send_octets(std::string head, const OpenFile& file, ByteRange range);
  boost::asio::awaitable<bool> send_page(ResponseHead head, std::string page);
  boost::asio::awaitable<bool> send_error(int status, std::string field = {});
  boost::asio::awaitable<bool> send_text(int status, std::string text);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  [[nodiscard]] bool is_head_request() const { return parser_.request().method == "HEAD"; }
  [[nodiscard]] std::string head_text(ResponseHead head) const;
  void touch() { deadline_ = Clock::now() + Site::kPatience; }

  tcp::socket socket_;
  std::shared_ptr<Site> site_;
  RequestParser parser_;
  std::string unparsed_;    // read, and not taken by the parser yet
  int refused_status_ = 0;  // what the parser thinks of the input; 0: nothing bad
  Clock::time_point deadline_;
};

}  // namespace fourtuple::apps::http
